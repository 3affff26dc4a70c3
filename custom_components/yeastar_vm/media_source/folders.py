"""The folders of the media source, and their identifiers.

A folder is named by its PBX, and below that by

- nothing: the PBX itself;
- `extensions` or `groups`: all boxes of a kind, if the PBX has groups;
- `extensions/{first}-{last}`: some of the boxes of a kind, if there are many;
- `greetings/{number}`: a box, with its greetings;
- `messages`: all mailboxes, if the user added some;
- `messages/{number}`: a mailbox, with its messages.
"""

from dataclasses import dataclass
from typing import Final

from ..pbx import BoxKind, number_order
from ..playback.references import GREETINGS, MESSAGES, is_name

_KINDS: Final = {"extensions": BoxKind.EXTENSION, "groups": BoxKind.GROUP}
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class PbxFolder:
    """A PBX."""

    path = ""


@dataclass(frozen=True, slots=True)
class KindFolder:
    """All boxes of a kind."""

    kind: BoxKind

    @property
    def path(self) -> str:
        """Return what follows the PBX in the identifier."""
        return f"/{_NAMES[self.kind]}"


@dataclass(frozen=True, slots=True)
class NumbersFolder:
    """The boxes of a kind from one number to another."""

    kind: BoxKind
    first: str
    last: str

    @property
    def path(self) -> str:
        """Return what follows the PBX in the identifier."""
        return f"/{_NAMES[self.kind]}/{self.first}-{self.last}"

    @property
    def title(self) -> str:
        """Return the name that a user sees."""
        return f"{self.first} – {self.last}"  # noqa: RUF001 - a range has an en dash

    def __contains__(self, number: str) -> bool:
        """Return whether a number lies in this folder."""
        order = number_order(number)
        return number_order(self.first) <= order <= number_order(self.last)


@dataclass(frozen=True, slots=True)
class BoxFolder:
    """A box, with its greetings."""

    number: str

    @property
    def path(self) -> str:
        """Return what follows the PBX in the identifier."""
        return f"/{GREETINGS}/{self.number}"


@dataclass(frozen=True, slots=True)
class MailboxesFolder:
    """All mailboxes."""

    path = f"/{MESSAGES}"


@dataclass(frozen=True, slots=True)
class MailboxFolder:
    """A mailbox."""

    number: str

    @property
    def path(self) -> str:
        """Return what follows the PBX in the identifier."""
        return f"/{MESSAGES}/{self.number}"


type Folder = (
    PbxFolder | KindFolder | NumbersFolder | BoxFolder | MailboxesFolder | MailboxFolder
)


def parse_folder(identifier: str) -> tuple[str, Folder] | None:
    """Return the PBX part and the folder of an identifier, or None."""
    pbx, *below = identifier.split("/", 3)
    match below:
        case _ if not pbx:
            return None
        case []:
            return pbx, PbxFolder()
        case [name] if name in _KINDS:
            return pbx, KindFolder(_KINDS[name])
        case [name, numbers] if name in _KINDS:
            first, _, last = numbers.partition("-")
            if is_name(first) and is_name(last):
                return pbx, NumbersFolder(_KINDS[name], first, last)
        case [name, number] if name == GREETINGS and is_name(number):
            return pbx, BoxFolder(number)
        case [name] if name == MESSAGES:
            return pbx, MailboxesFolder()
        case [name, number] if name == MESSAGES and is_name(number):
            return pbx, MailboxFolder(number)
    return None
