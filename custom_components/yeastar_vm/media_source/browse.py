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
from .pbxs import ShownPbx

FOLDER_SIZE: Final = 500  # boxes that are shown without folders


async def browse_folder(shown: ShownPbx, folder: Folder) -> BrowseMediaSource:
    """Return a folder of a PBX with what is in it."""
    return folder_item(shown, folder, await _children(shown, folder))


async def _children(shown: ShownPbx, folder: Folder) -> Items:
    """Return what is in a folder of a PBX."""
    match folder:
        case PbxFolder():
            return await _in_pbx(shown)
        case KindFolder(kind):
            return _in_kind(shown, kind, await list_boxes(shown, kind))
        case NumbersFolder(kind):
            # The whole list is not read again for each folder.
            return [
                folder_item(shown, BoxFolder(box.number))
                for box in await recent_boxes(shown, kind)
                if box.number in folder
            ]
        case BoxFolder(number):
            greetings = await list_greetings(shown, number)
            return [greeting_item(shown, greeting) for greeting in greetings]
        case MailboxesFolder():
            return mailbox_items(shown)
        case MailboxFolder(number):
            return await message_items(shown, number)


async def _in_pbx(shown: ShownPbx) -> Items:
    """Return the extensions of a PBX; folders if it has groups or mailboxes, too."""
    extensions = await list_boxes(shown, BoxKind.EXTENSION)
    folders: list[Folder] = [KindFolder(BoxKind.EXTENSION)]
    if await recent_boxes(shown, BoxKind.GROUP):
        folders.append(KindFolder(BoxKind.GROUP))
    if shown.pbx.mailboxes:
        folders.append(MailboxesFolder())
    if len(folders) == 1:
        return _in_kind(shown, BoxKind.EXTENSION, extensions)
    return [folder_item(shown, folder) for folder in folders]


def _in_kind(shown: ShownPbx, kind: BoxKind, boxes: list[Box]) -> Items:
    """Return the boxes of a kind, or folders of them if there are many."""
    if len(boxes) <= FOLDER_SIZE:
        return [folder_item(shown, BoxFolder(box.number)) for box in boxes]
    parts = [
        boxes[start : start + FOLDER_SIZE]
        for start in range(0, len(boxes), FOLDER_SIZE)
    ]
    return [
        folder_item(shown, NumbersFolder(kind, part[0].number, part[-1].number))
        for part in parts
    ]
