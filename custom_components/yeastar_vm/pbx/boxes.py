"""Boxes: what has a number, greetings and messages."""

from dataclasses import dataclass
from enum import StrEnum


class BoxKind(StrEnum):
    """The kinds of boxes."""

    EXTENSION = "extension"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Box:
    """A box: an extension or a group voicemail.

    `id` is that of the extension, if the PBX says it. A group that copies its messages
    to its members has none of its own.
    """

    number: str
    name: str
    kind: BoxKind
    id: int | None = None
    has_messages: bool = True
