"""Browse PBXs, their boxes, greetings and messages."""

from typing import Final

from homeassistant.components.media_source import BrowseMediaSource

from ..pbx import Box, BoxKind
from .boxes import list_boxes, list_greetings, recent_boxes
from .folders import (
    BoxFolder,
    Folder,
    KindFolder,
    MailboxesFolder,
    MailboxFolder,
    NumbersFolder,
    PbxFolder,
)
from .items import Items, folder_item, greeting_item
from .messages import mailbox_items, message_items
from .pbxs import LoadedPbx

FOLDER_SIZE: Final = 500  # boxes that are shown without folders


async def browse_folder(pbx: LoadedPbx, folder: Folder) -> BrowseMediaSource:
    """Return a folder of a PBX with what is in it."""
    return folder_item(pbx, folder, await _children(pbx, folder))


async def _children(pbx: LoadedPbx, folder: Folder) -> Items:
    """Return what is in a folder of a PBX."""
    match folder:
        case PbxFolder():
            return await _in_pbx(pbx)
        case KindFolder(kind):
            return _in_kind(pbx, kind, await list_boxes(pbx, kind))
        case NumbersFolder(kind):
            # The whole list is not read again for each folder.
            return [
                folder_item(pbx, BoxFolder(box.number))
                for box in await recent_boxes(pbx, kind)
                if box.number in folder
            ]
        case BoxFolder(number):
            greetings = await list_greetings(pbx, number)
            return [greeting_item(pbx, greeting) for greeting in greetings]
        case MailboxesFolder():
            return mailbox_items(pbx)
        case MailboxFolder(number):
            return await message_items(pbx, number)


async def _in_pbx(pbx: LoadedPbx) -> Items:
    """Return the extensions of a PBX; folders if it has groups or mailboxes, too."""
    extensions = await list_boxes(pbx, BoxKind.EXTENSION)
    folders: list[Folder] = [KindFolder(BoxKind.EXTENSION)]
    if await recent_boxes(pbx, BoxKind.GROUP):
        folders.append(KindFolder(BoxKind.GROUP))
    if pbx.data.mailboxes:
        folders.append(MailboxesFolder())
    if len(folders) == 1:
        return _in_kind(pbx, BoxKind.EXTENSION, extensions)
    return [folder_item(pbx, folder) for folder in folders]


def _in_kind(pbx: LoadedPbx, kind: BoxKind, boxes: list[Box]) -> Items:
    """Return the boxes of a kind, or folders of them if there are many."""
    if len(boxes) <= FOLDER_SIZE:
        return [folder_item(pbx, BoxFolder(box.number)) for box in boxes]
    parts = [
        boxes[start : start + FOLDER_SIZE]
        for start in range(0, len(boxes), FOLDER_SIZE)
    ]
    return [
        folder_item(pbx, NumbersFolder(kind, part[0].number, part[-1].number))
        for part in parts
    ]
