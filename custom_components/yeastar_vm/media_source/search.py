"""Search for boxes, greetings and messages."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Final, Self

from homeassistant.components.media_player import BrowseError, SearchMediaQuery
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..errors.failures import SearchFailed
from ..errors.issues import Feature
from ..errors.translated import async_localized_message, translate
from ..pbx import Box, BoxKind, CannotConnect, ConnectionFailure
from ..playback.references import MAX_NAME
from .boxes import list_boxes, list_greetings, recent_boxes, search_boxes
from .folders import (
    BoxFolder,
    Folder,
    KindFolder,
    MailboxesFolder,
    MailboxFolder,
    NumbersFolder,
    PbxFolder,
)
from .items import AUDIO_CLASS, FOLDER_CLASS, Items, folder_item, greeting_item
from .messages import search_messages
from .pbxs import ShownPbx

# A search for greetings sends a request for each box.
MAX_BOXES_TO_ASK: Final = 100
MAX_RESULTS: Final = 100
# Seconds that one PBX can hold up what the others find.
SEARCH_TIMEOUT: Final = 10


@dataclass(frozen=True, slots=True)
class Search:
    """What a user searches for."""

    text: str
    folders: bool
    audio: bool

    @classmethod
    def from_query(cls, query: SearchMediaQuery) -> Self:
        """Read a query of Home Assistant; without a filter, it means everything."""
        classes = query.media_filter_classes or (FOLDER_CLASS, AUDIO_CLASS)
        # Nothing has a longer name.
        possible = len(query.search_query) <= MAX_NAME
        return cls(
            query.search_query.strip(),
            folders=possible and FOLDER_CLASS in classes,
            audio=possible and AUDIO_CLASS in classes,
        )


async def search_all(
    hass: HomeAssistant, pbxs: list[ShownPbx], search: Search
) -> Items:
    """Return what the PBXs find, the same share of each.

    Raise SearchFailed if nothing is found, but not every PBX could be searched.
    """
    if len(pbxs) == 1:
        return await search_folder(pbxs[0], PbxFolder(), search)
    found: list[Items] = []
    failures: list[str] = []
    outcomes = await asyncio.gather(*(_search_in_time(shown, search) for shown in pbxs))
    for shown, outcome in zip(pbxs, outcomes, strict=True):
        if isinstance(outcome, HomeAssistantError):
            message = await async_localized_message(hass, outcome)
            failures.append(f"{shown.pbx.entry.title}: {message}")
            continue
        for item in outcome:
            item.title = f"{item.title} · {shown.pbx.entry.title}"
        found.append(outcome)
    if failures and not any(found):
        raise SearchFailed(errors=" ".join(failures))
    return _fair_shares(found)


async def search_folder(shown: ShownPbx, folder: Folder, search: Search) -> Items:
    """Return what is found in a folder of a PBX."""
    match folder:
        case BoxFolder(number):
            found = await _search_box(shown, number, search)
        case PbxFolder():
            found = await _search_boxes(shown, tuple(BoxKind), None, search)
            found += _search_mailboxes(shown, None, search)
        case KindFolder(kind):
            found = await _search_boxes(shown, (kind,), None, search)
        case NumbersFolder(kind):
            found = await _search_boxes(shown, (kind,), folder, search)
        case MailboxesFolder():
            found = _search_mailboxes(shown, None, search)
        case MailboxFolder(number):
            found = _search_mailboxes(shown, number, search)
    return found[:MAX_RESULTS]


async def _search_in_time(
    shown: ShownPbx, search: Search
) -> Items | HomeAssistantError:
    """Return what a PBX finds, or why it finds nothing."""
    try:
        async with asyncio.timeout(SEARCH_TIMEOUT):
            return await search_folder(shown, PbxFolder(), search)
    except TimeoutError:
        timed_out = CannotConnect(ConnectionFailure.TIMEOUT)
        return translate(timed_out, BrowseError)
    except HomeAssistantError as err:
        return err


def _fair_shares(found: list[Items]) -> Items:
    """Return at most 100 items; what one PBX does not need is left to the others."""
    left = MAX_RESULTS
    shares: dict[int, int] = {}
    for done, place in enumerate(
        sorted(range(len(found)), key=lambda i: len(found[i]))
    ):
        shares[place] = min(len(found[place]), left // (len(found) - done))
        left -= shares[place]
    return list(chain.from_iterable(f[: shares[i]] for i, f in enumerate(found)))


async def _search_boxes(
    shown: ShownPbx,
    kinds: tuple[BoxKind, ...],
    scope: NumbersFolder | None,
    search: Search,
) -> Items:
    """Return the boxes that match, or the greetings if there are none.

    If only greetings are wanted, those of boxes that match do, too.
    """
    if not search.folders and not search.audio:
        return []
    found = [await search_boxes(shown, kind, search.text) for kind in kinds]
    matches = _within(scope, chain.from_iterable(found))
    if search.folders and (matches or not search.audio):
        boxes = matches[:MAX_RESULTS]
        return [folder_item(shown, BoxFolder(box.number)) for box in boxes]
    boxes = await _boxes_to_ask(shown, kinds, scope, matches)
    if not boxes:
        return []
    with shown.pbx.errors(Feature.GREETINGS):
        greetings = await shown.pbx.client.greetings.of_boxes(boxes)
    numbers = {box.number for box in matches}
    return [
        greeting_item(shown, greeting, with_number=True)
        for greeting in greetings
        if greeting.extension in numbers or greeting.is_named(search.text)
    ]


async def _boxes_to_ask(
    shown: ShownPbx,
    kinds: tuple[BoxKind, ...],
    scope: NumbersFolder | None,
    matches: list[Box],
) -> list[Box]:
    """Return the boxes whose greetings are searched: all, or those that match."""
    if scope is None and BoxKind.EXTENSION in kinds:
        with shown.pbx.errors():
            count = await shown.pbx.client.extensions.count()
        if count > MAX_BOXES_TO_ASK:
            return matches[:MAX_BOXES_TO_ASK]
        await list_boxes(shown, BoxKind.EXTENSION)  # as they are now
    lists = [await recent_boxes(shown, kind) for kind in kinds]
    boxes = _within(scope, chain.from_iterable(lists))
    return (boxes if len(boxes) <= MAX_BOXES_TO_ASK else matches)[:MAX_BOXES_TO_ASK]


def _within(scope: NumbersFolder | None, boxes: Iterable[Box]) -> list[Box]:
    """Return boxes, only those of a folder of numbers if there is one."""
    return [box for box in boxes if scope is None or box.number in scope]


async def _search_box(shown: ShownPbx, number: str, search: Search) -> Items:
    """Return the greetings of a box that match."""
    if not search.audio:
        return []
    return [
        greeting_item(shown, greeting)
        for greeting in await list_greetings(shown, number)
        if greeting.is_named(search.text)
    ]


def _search_mailboxes(shown: ShownPbx, number: str | None, search: Search) -> Items:
    """Return the messages that match, of one mailbox or of all."""
    return search_messages(shown, search.text, number) if search.audio else []
