"""The boxes of a PBX, and their greetings."""

from ..errors.invalid_input import NoGreetings
from ..errors.issues import Feature
from ..pbx import Box, BoxKind, Extension, Greeting, Group, contains
from .pbxs import ShownPbx


async def list_boxes(shown: ShownPbx, kind: BoxKind) -> list[Box]:
    """Return all boxes of a kind as they are now; no groups if the PBX has none."""
    client = shown.pbx.client
    with shown.pbx.errors():
        if kind is BoxKind.GROUP:
            boxes = [_box(kind, group) for group in await client.groups.all()]
        else:
            boxes = [_box(kind, each) for each in await client.extensions.all()]
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
    boxes = [_box(kind, extension) for extension in extensions]
    shown.pbx.directory.add(boxes)
    return boxes


async def list_greetings(shown: ShownPbx, number: str) -> list[Greeting]:
    """Return the greetings of a box; raise InvalidInput if there are none."""
    pbx = shown.pbx
    with pbx.errors(Feature.GREETINGS):
        if greetings := await pbx.client.greetings.of(number):
            return greetings
        await pbx.box(number)
    raise NoGreetings(number=number)


def _box(kind: BoxKind, found: Extension | Group) -> Box:
    return Box(found.number, found.name, kind)
