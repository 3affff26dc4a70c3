"""The boxes of a PBX, and their greetings."""

from homeassistant.components.media_player import BrowseError

from ..errors.exceptions import translated
from ..errors.issues import handled_errors
from ..pbx import Box, BoxKind, Extension, Greeting, Group, contains
from .pbxs import LoadedPbx


async def list_boxes(pbx: LoadedPbx, kind: BoxKind) -> list[Box]:
    """Return all boxes of a kind as they are now; no groups if the PBX has none."""
    client = pbx.data.client
    with handled_errors(pbx.hass, pbx.entry, BrowseError, greetings=False):
        if kind is BoxKind.GROUP:
            boxes = [_box(kind, group) for group in await client.groups.all()]
        else:
            boxes = [_box(kind, each) for each in await client.extensions.all()]
    pbx.data.directory.keep(kind, boxes)
    return boxes


async def recent_boxes(pbx: LoadedPbx, kind: BoxKind) -> list[Box]:
    """Return all boxes of a kind as they were not long ago."""
    if (boxes := pbx.data.directory.recent(kind)) is not None:
        return boxes
    return await list_boxes(pbx, kind)


async def search_boxes(pbx: LoadedPbx, kind: BoxKind, text: str) -> list[Box]:
    """Return the boxes of a kind that match a text; groups by number and name."""
    if kind is BoxKind.GROUP:
        return [
            group
            for group in await recent_boxes(pbx, kind)
            if text in group.number or contains(group.name, text)
        ]
    with handled_errors(pbx.hass, pbx.entry, BrowseError, greetings=False):
        extensions = await pbx.data.client.extensions.search(text)
    boxes = [_box(kind, extension) for extension in extensions]
    pbx.data.directory.add(boxes)
    return boxes


async def list_greetings(pbx: LoadedPbx, number: str) -> list[Greeting]:
    """Return the greetings of a box; raise BrowseError if there are none."""
    client = pbx.data.client
    with handled_errors(pbx.hass, pbx.entry, BrowseError):
        if greetings := await client.greetings.of(number):
            return greetings
        if await client.find_box(number) is None:
            raise translated(BrowseError, "no_such_extension", extension=number)
    raise translated(BrowseError, "no_greetings", extension=number)


def _box(kind: BoxKind, found: Extension | Group) -> Box:
    return Box(found.number, found.name, kind)
