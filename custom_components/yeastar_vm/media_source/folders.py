"""The folders of the media source, and their identifiers.

A folder is named by its PBX, and below that by

- nothing: the PBX itself;
- `extensions/{first}-{last}`: some of the extensions of a large PBX;
- `greetings/{number}`: an extension.
"""

from dataclasses import dataclass
from typing import Final

from ..pbx import number_order
from ..references import GREETINGS, is_name

EXTENSIONS: Final = "extensions"


@dataclass(frozen=True, slots=True)
class PbxFolder:
    """A PBX."""

    @property
    def path(self) -> str:
        """Return what follows the PBX in the identifier."""
        return ""


@dataclass(frozen=True, slots=True)
class NumbersFolder:
    """The extensions from one number to another."""

    first: str
    last: str

    @property
    def path(self) -> str:
        """Return what follows the PBX in the identifier."""
        return f"/{EXTENSIONS}/{self.first}-{self.last}"

    @property
    def title(self) -> str:
        """Return the name that a user sees."""
        return f"{self.first} – {self.last}"  # noqa: RUF001 - a range has an en dash

    def __contains__(self, number: str) -> bool:
        """Return whether a number lies in this folder."""
        order = number_order(number)
        return number_order(self.first) <= order <= number_order(self.last)


@dataclass(frozen=True, slots=True)
class ExtensionFolder:
    """An extension."""

    number: str

    @property
    def path(self) -> str:
        """Return what follows the PBX in the identifier."""
        return f"/{GREETINGS}/{self.number}"


type Folder = PbxFolder | NumbersFolder | ExtensionFolder


def parse_folder(identifier: str) -> tuple[str, Folder] | None:
    """Return the PBX part and the folder of an identifier, or None."""
    match identifier.split("/"):
        case [pbx] if pbx:
            return pbx, PbxFolder()
        case [pbx, kind, numbers] if pbx and kind == EXTENSIONS:
            first, _, last = numbers.partition("-")
            if is_name(first) and is_name(last):
                return pbx, NumbersFolder(first, last)
        case [pbx, kind, number] if pbx and kind == GREETINGS and is_name(number):
            return pbx, ExtensionFolder(number)
    return None
