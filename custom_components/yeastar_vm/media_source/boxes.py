"""The boxes of a PBX and their greetings, as the media source shows them."""

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Final

from ..errors.issues import Feature
from ..pbx import Box, BoxKind, Extension, Greeting, contains
from .shown import ShownPbx

type Scope = Callable[[str], bool]
"""Whether a number is among those that a search is limited to."""

# A search for greetings sends a request for each box.
MAX_BOXES_TO_ASK: Final = 100


async def list_boxes(shown: ShownPbx, kind: BoxKind) -> list[Box]:
    """Return all boxes of a kind as they are now; no groups if the PBX has none."""
    client = shown.pbx.client
    with shown.pbx.errors():
        if kind is BoxKind.GROUP:
            boxes = [group.box for group in await client.groups.all()]
        else:
            boxes = [_box(each) for each in await client.extensions.all()]
    shown.pbx.directory.keep(kind, boxes)
    return boxes


async def recent_boxes(shown: ShownPbx, kind: BoxKind) -> list[Box]:
    """Return all boxes of a kind as they were not long ago."""
    if (boxes := shown.pbx.directory.recent(kind)) is not None:
        return boxes
    return await list_boxes(shown, kind)


async def search_boxes(shown: ShownPbx, kind: BoxKind, text: str) -> list[Box]:
    """Return the boxes of a kind that match a text; groups by number and name."""
    if kind is BoxKind.GROUP:
        return [
            group
            for group in await recent_boxes(shown, kind)
            if text in group.number or contains(group.name, text)
        ]
    with shown.pbx.errors():
        extensions = await shown.pbx.client.extensions.search(text)
    boxes = [_box(extension) for extension in extensions]
    shown.pbx.directory.add(boxes)
    return boxes


async def list_greetings(shown: ShownPbx, number: str) -> list[Greeting]:
    """Return the greetings of a box; raise BoxNotFound if it does not exist."""
    with shown.pbx.errors(Feature.GREETINGS):
        return await shown.pbx.greetings(number)


async def search_greetings(
    shown: ShownPbx,
    kinds: tuple[BoxKind, ...],
    matches: list[Box],
    text: str,
    scope: Scope | None,
) -> list[Greeting]:
    """Return the greetings that match a text, and all those of boxes that do.

    `matches` are these boxes. Of many boxes, no others are asked.
    """
    boxes = await _boxes_to_ask(shown, kinds, matches, scope)
    if not boxes:
        return []
    with shown.pbx.errors(Feature.GREETINGS):
        greetings = await shown.pbx.client.greetings.of_boxes(boxes)
    numbers = {box.number for box in matches}
    return [
        greeting
        for greeting in greetings
        if greeting.number in numbers or greeting.is_named(text)
    ]


def within(scope: Scope | None, boxes: Iterable[Box]) -> list[Box]:
    """Return boxes, only those in the scope if there is one."""
    return [box for box in boxes if scope is None or scope(box.number)]


async def _boxes_to_ask(
    shown: ShownPbx,
    kinds: tuple[BoxKind, ...],
    matches: list[Box],
    scope: Scope | None,
) -> list[Box]:
    """Return the boxes whose greetings are searched: all, or those that match."""
    if scope is None and BoxKind.EXTENSION in kinds:
        with shown.pbx.errors():
            count = await shown.pbx.client.extensions.count()
        if count > MAX_BOXES_TO_ASK:
            return matches[:MAX_BOXES_TO_ASK]
        await list_boxes(shown, BoxKind.EXTENSION)  # as they are now
    lists = [await recent_boxes(shown, kind) for kind in kinds]
    boxes = within(scope, chain.from_iterable(lists))
    return (boxes if len(boxes) <= MAX_BOXES_TO_ASK else matches)[:MAX_BOXES_TO_ASK]


def _box(extension: Extension) -> Box:
    return Box(extension.number, extension.name, BoxKind.EXTENSION, extension.id)
