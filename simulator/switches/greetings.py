"""What uploading, recording, renaming and deleting greetings comes to."""

from dataclasses import dataclass
from enum import StrEnum, auto

from .refusal import Refusal

_MIB = 1024 * 1024


class AskAnswer(StrEnum):
    """What ``is_check`` = ``ask`` is answered where the name exists."""

    DUPLICATE_KEY = auto()
    """40003, as the error table has it."""
    EXIST_TYPE = auto()
    """Success with ``exist_type``, as ``custom_prompt/upload`` has it."""
    SUCCESS = auto()
    """As where the name is free."""


class NameRule(StrEnum):
    """Which names of greetings the PBX takes, without the suffix."""

    DOCUMENTED = auto()
    """At most 250 characters, no space and none of those that the documents name."""
    STRICT = auto()
    """Digits, letters, ``_`` and ``-``, as the documents say of recordings."""
    ANY = auto()


class AfterUpload(StrEnum):
    """Under which suffix a file is stored."""

    CONVERTED = auto()
    """``.wav`` for MP3 and GSM, as lists show no other suffix."""
    KEPT = auto()


@dataclass
class GreetingSwitches:
    """Switches of the changes to greetings."""

    group_greeting_endpoints: bool = True
    """False: the firmware has no ``vm_greeting/*``."""
    greeting_changes_refused: int | None = None
    """An errcode for each change: 10005 no permission, 10009 feature off, 10001."""
    ask_answer: AskAnswer = AskAnswer.DUPLICATE_KEY
    after_upload: AfterUpload = AfterUpload.CONVERTED
    """The bytes stay what was uploaded, since nothing is converted here."""
    upload_rewritten: bool = False
    """Store other bytes than those that came, of the same sound."""
    stored_after: float = 0
    """Seconds from the end of an upload or a recording until it is stored."""
    upload_names: NameRule = NameRule.DOCUMENTED
    """Of uploaded and renamed greetings; recordings are always ``STRICT``."""
    upload_limit: int = 8 * _MIB
    """Bytes of the largest file."""
    too_large: Refusal = Refusal.FILE_SIZE_EXCEEDED
    upload_checks_audio: bool = False
    """Refuse what is not one of the documented encodings, rather than store it."""
    upload_part_order: bool = False
    """Take the parts of an upload only in the order of the documented example."""
    greeting_limit: int | None = None
    """Greetings of one box at most (60002 after that); None: no limit."""
    overwriting_keeps_id: bool = True
    listed_with_suffix: bool = True
    """Show ``file`` of a new or renamed greeting with its suffix."""
    record_overwrites: bool = True
    """False: a recording under a name that exists is refused with 40003."""
    unreachable_recorder: int | None = None
    """An errcode where the recorder is busy or not registered; None: success."""
    rename_rebinds: bool = False
    """Let extensions and presences that use a greeting follow its new name."""
    delete_in_use_refused: bool = False
    """Refuse to delete a greeting that callers hear with 70091."""
    greeting_changes_announced: bool = False
    """Send event 30022 when a greeting of an extension changes."""
