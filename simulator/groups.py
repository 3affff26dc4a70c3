"""The group voicemails of the PBX.

Vendor's documents: "Query group voicemail list".
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum, auto
from itertools import count
from typing import Protocol

from .model import SimulatedGreeting


class Box(Protocol):
    """An extension or a group: what has a number, greetings and messages."""

    number: str
    name: str
    greetings: list[SimulatedGreeting]
    vm_greeting: str


class GroupType(StrEnum):
    """What a group voicemail belongs to."""

    RING_GROUP = auto()
    QUEUE = auto()
    CUSTOM = auto()


class GroupMode(StrEnum):
    """What becomes of a message: each member gets a copy, or all share it."""

    BROADCAST = auto()
    SHARE = auto()


@dataclass
class SimulatedGroup:
    """One group voicemail.

    ``members`` are numbers of extensions; ``extension_groups`` are further members, the
    extension groups, by name with the numbers of the extensions in them.
    """

    number: str
    name: str
    members: list[str] = field(default_factory=list)
    greetings: list[SimulatedGreeting] = field(default_factory=list)
    _: KW_ONLY
    type: GroupType = GroupType.RING_GROUP
    mode: GroupMode = GroupMode.SHARE
    extension_groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    vm_greeting: str = "follow_system"
    id: int = field(default_factory=count(10).__next__)

    @property
    def everybody(self) -> list[str]:
        """The numbers of all extensions that are members, each once."""
        groups = self.extension_groups.values()
        return list(
            dict.fromkeys([*self.members, *(n for group in groups for n in group)])
        )
