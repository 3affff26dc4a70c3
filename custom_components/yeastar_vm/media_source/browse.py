"""Browse PBXs, extensions, groups and greetings."""

from typing import Final

from homeassistant.components.media_source import BrowseMediaSource

from ..pbx import Box, BoxKind
from .boxes import list_boxes, list_greetings, recent_boxes
from .folders import BoxFolder, Folder, KindFolder, NumbersFolder, PbxFolder
from .items import Items, box_item, greeting_item, kind_item, numbers_item, pbx_item
from .pbxs import LoadedPbx

FOLDER_SIZE: Final = 500  # boxes that are shown without folders


async def browse_folder(pbx: LoadedPbx, folder: Folder) -> BrowseMediaSource:
    """Return a folder of a PBX with what is in it."""
    match folder:
        case PbxFolder():
            return pbx_item(pbx, await _in_pbx(pbx))
        case KindFolder(kind):
            boxes = _in_kind(pbx, kind, await list_boxes(pbx, kind))
            return await kind_item(pbx, folder, boxes)
        case NumbersFolder(kind):
            # The whole list is not read again for each folder.
            boxes = [
                box_item(pbx, box.number)
                for box in await recent_boxes(pbx, kind)
                if box.number in folder
            ]
            return numbers_item(pbx, folder, boxes)
        case BoxFolder(number):
            greetings = await list_greetings(pbx, number)
            return box_item(pbx, number, [greeting_item(pbx, g) for g in greetings])


async def _in_pbx(pbx: LoadedPbx) -> Items:
    """Return the extensions of a PBX; if it has groups, a folder for each kind."""
    extensions = await list_boxes(pbx, BoxKind.EXTENSION)
    if not await recent_boxes(pbx, BoxKind.GROUP):
        return _in_kind(pbx, BoxKind.EXTENSION, extensions)
    return [await kind_item(pbx, KindFolder(kind)) for kind in BoxKind]


def _in_kind(pbx: LoadedPbx, kind: BoxKind, boxes: list[Box]) -> Items:
    """Return the boxes of a kind, or folders of them if there are many."""
    if len(boxes) <= FOLDER_SIZE:
        return [box_item(pbx, box.number) for box in boxes]
    parts = [
        boxes[start : start + FOLDER_SIZE]
        for start in range(0, len(boxes), FOLDER_SIZE)
    ]
    return [
        numbers_item(pbx, NumbersFolder(kind, part[0].number, part[-1].number))
        for part in parts
    ]
