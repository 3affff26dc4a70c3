"""The folders of the media source: how each is called, what is in it, what it finds.

A folder is named by its PBX, and below that by

- nothing: the PBX itself;
- `extensions` or `groups`: all boxes of a kind, if the PBX has groups;
- `extensions/{first}-{last}`: some of the boxes of a kind, if there are many;
- `greetings/{number}`: a box, with its greetings;
- `messages`: all mailboxes that the user may see, if there are some;
- `messages/{number}`: a mailbox, with its messages.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar, Final, override

from homeassistant.components.media_source import BrowseMediaSource

from ..errors.invalid_input import NotAFolder
from ..pbx import Box, BoxKind, number_order
from ..playback.references import GREETINGS, MESSAGES, is_name
from .boxes import (
    Scope,
    list_boxes,
    list_greetings,
    recent_boxes,
    search_boxes,
    search_greetings,
    within,
)
from .items import Items, folder_item, greeting_item
from .messages import message_items, search_messages
from .query import Search
from .shown import ShownPbx

FOLDER_SIZE: Final = 500  # boxes that are shown without folders
MAX_RESULTS: Final = 100

_KINDS: Final = {"extensions": BoxKind.EXTENSION, "groups": BoxKind.GROUP}
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}


class Folder(ABC):
    """A folder of a PBX."""

    has_folders: ClassVar = True

    @property
    @abstractmethod
    def path(self) -> str:
        """Return what follows the PBX in the identifier."""

    @abstractmethod
    def title(self, shown: ShownPbx) -> str:
        """Return the name that a user sees."""

    @abstractmethod
    async def children(self, shown: ShownPbx) -> Items:
        """Return what is in the folder."""

    @abstractmethod
    async def find(self, shown: ShownPbx, search: Search) -> Items:
        """Return everything in the folder that matches."""

    async def search(self, shown: ShownPbx, search: Search) -> Items:
        """Return at most 100 items in the folder that match."""
        return (await self.find(shown, search))[:MAX_RESULTS]

    def item(self, shown: ShownPbx, children: Items | None = None) -> BrowseMediaSource:
        """Return the folder as it is shown."""
        return folder_item(
            f"{shown.pbx.identifier}{self.path}",
            self.title(shown),
            children,
            has_folders=self.has_folders,
        )


@dataclass(frozen=True, slots=True)
class PbxFolder(Folder):
    """A PBX: its extensions, or folders if it has groups or mailboxes, too."""

    path = ""

    @override
    def title(self, shown: ShownPbx) -> str:
        return shown.pbx.entry.title

    @override
    async def children(self, shown: ShownPbx) -> Items:
        extensions = await list_boxes(shown, BoxKind.EXTENSION)
        folders: list[Folder] = [KindFolder(BoxKind.EXTENSION)]
        if await recent_boxes(shown, BoxKind.GROUP):
            folders.append(KindFolder(BoxKind.GROUP))
        if shown.mailboxes:
            folders.append(MailboxesFolder())
        if len(folders) == 1:
            return _box_items(shown, BoxKind.EXTENSION, extensions)
        return [folder.item(shown) for folder in folders]

    @override
    async def find(self, shown: ShownPbx, search: Search) -> Items:
        found = await _find_boxes(shown, tuple(BoxKind), search)
        return found + search_messages(shown, shown.mailboxes, search, with_number=True)


@dataclass(frozen=True, slots=True)
class KindFolder(Folder):
    """All boxes of a kind, or folders of them if there are many."""

    kind: BoxKind

    @property
    @override
    def path(self) -> str:
        return f"/{_NAMES[self.kind]}"

    @override
    def title(self, shown: ShownPbx) -> str:
        return shown.texts[_NAMES[self.kind]]

    @override
    async def children(self, shown: ShownPbx) -> Items:
        return _box_items(shown, self.kind, await list_boxes(shown, self.kind))

    @override
    async def find(self, shown: ShownPbx, search: Search) -> Items:
        return await _find_boxes(shown, (self.kind,), search)


@dataclass(frozen=True, slots=True)
class NumbersFolder(Folder):
    """The boxes of a kind from one number to another."""

    kind: BoxKind
    first: str
    last: str

    @property
    @override
    def path(self) -> str:
        return f"/{_NAMES[self.kind]}/{self.first}-{self.last}"

    def includes(self, number: str) -> bool:
        """Return whether a number lies in this folder."""
        order = number_order(number)
        return number_order(self.first) <= order <= number_order(self.last)

    @override
    def title(self, shown: ShownPbx) -> str:
        return f"{self.first} – {self.last}"  # noqa: RUF001 - a range has an en dash

    @override
    async def children(self, shown: ShownPbx) -> Items:
        # The whole list is not read again for each folder.
        boxes = within(self.includes, await recent_boxes(shown, self.kind))
        return [BoxFolder(box.number).item(shown) for box in boxes]

    @override
    async def find(self, shown: ShownPbx, search: Search) -> Items:
        return await _find_boxes(shown, (self.kind,), search, self.includes)


@dataclass(frozen=True, slots=True)
class BoxFolder(Folder):
    """A box, with its greetings."""

    has_folders = False
    number: str

    @property
    @override
    def path(self) -> str:
        return f"/{GREETINGS}/{self.number}"

    @override
    def title(self, shown: ShownPbx) -> str:
        return shown.pbx.directory.title(self.number)

    @override
    async def children(self, shown: ShownPbx) -> Items:
        greetings = await list_greetings(shown, self.number)
        return [greeting_item(shown, greeting) for greeting in greetings]

    @override
    async def find(self, shown: ShownPbx, search: Search) -> Items:
        if not search.audio:
            return []
        return [
            greeting_item(shown, greeting)
            for greeting in await list_greetings(shown, self.number)
            if greeting.is_named(search.text)
        ]


@dataclass(frozen=True, slots=True)
class MailboxesFolder(Folder):
    """All mailboxes that the user may see."""

    path = f"/{MESSAGES}"

    @override
    def title(self, shown: ShownPbx) -> str:
        return shown.texts["messages"]

    @override
    async def children(self, shown: ShownPbx) -> Items:
        if not (mailboxes := shown.mailboxes):
            raise NotAFolder
        numbers = (mailbox.number for mailbox in mailboxes)
        return [
            MailboxFolder(number).item(shown)
            for number in sorted(numbers, key=number_order)
        ]

    @override
    async def find(self, shown: ShownPbx, search: Search) -> Items:
        return search_messages(shown, shown.mailboxes, search, with_number=True)


@dataclass(frozen=True, slots=True)
class MailboxFolder(Folder):
    """A mailbox, with its messages."""

    has_folders = False
    number: str

    @property
    @override
    def path(self) -> str:
        return f"/{MESSAGES}/{self.number}"

    @override
    def title(self, shown: ShownPbx) -> str:
        return shown.pbx.directory.title(self.number)

    @override
    async def children(self, shown: ShownPbx) -> Items:
        return await message_items(shown, shown.mailbox(self.number))

    @override
    async def find(self, shown: ShownPbx, search: Search) -> Items:
        return search_messages(shown, [shown.mailbox(self.number)], search)


def parse_folder(identifier: str) -> tuple[str, Folder] | None:
    """Return the PBX part and the folder of an identifier, or None."""
    pbx, *below = identifier.split("/", 3)
    match below:
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


def _box_items(shown: ShownPbx, kind: BoxKind, boxes: list[Box]) -> Items:
    """Return the boxes of a kind, or folders of them if there are many."""
    if len(boxes) <= FOLDER_SIZE:
        return [BoxFolder(box.number).item(shown) for box in boxes]
    parts = [
        boxes[start : start + FOLDER_SIZE]
        for start in range(0, len(boxes), FOLDER_SIZE)
    ]
    return [
        NumbersFolder(kind, part[0].number, part[-1].number).item(shown)
        for part in parts
    ]


async def _find_boxes(
    shown: ShownPbx,
    kinds: tuple[BoxKind, ...],
    search: Search,
    scope: Scope | None = None,
) -> Items:
    """Return the boxes that match, or the greetings if there are none.

    If only greetings are wanted, those of boxes that match do, too.
    """
    if not search.folders and not search.audio:
        return []
    found = [await search_boxes(shown, kind, search.text) for kind in kinds]
    matches = within(scope, chain.from_iterable(found))
    if search.folders and (matches or not search.audio):
        return [BoxFolder(box.number).item(shown) for box in matches[:MAX_RESULTS]]
    greetings = await search_greetings(shown, kinds, matches, search.text, scope)
    return [greeting_item(shown, each, with_number=True) for each in greetings]
