"""What uploading, recording, renaming and deleting greetings comes to."""

from dataclasses import dataclass

from .refusal import Refusal

_MIB = 1024 * 1024


@dataclass
class GreetingSwitches:
    """Switches of the changes to greetings."""

    group_greeting_endpoints: bool = True
    """False: the firmware has no ``vm_greeting/*``."""
    greeting_changes_refused: int | None = None
    """An errcode for each change: 10005 no permission, 10009 feature off, 10001."""
    upload_rewritten: bool = False
    """Store other bytes than those that came, of the same sound."""
    stored_after: float = 0
    """Seconds from the end of an upload or a recording until it is stored."""
    upload_limit: int = 8 * _MIB
    """Bytes of the largest file."""
    too_large: Refusal = Refusal.FILE_SIZE_EXCEEDED
    greeting_limit: int | None = None
    """Greetings of one box at most (60002 after that); None: no limit."""
    listed_with_suffix: bool = True
    """Show ``file`` of a new or renamed greeting with its suffix."""
    renames_file: bool = True
    """False: a new name is only shown, as ``file``; ``real_filename`` stays."""
    unreachable_recorder: int | None = None
    """An errcode where the recorder is busy or not registered; None: success."""
    delete_in_use_refused: bool = False
    """Refuse to delete a greeting that callers hear with 70091."""
