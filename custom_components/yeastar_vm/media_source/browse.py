"""Browse PBXs, extensions and greetings."""

from typing import Final

from homeassistant.components.media_player import BrowseError
from homeassistant.components.media_source import BrowseMediaSource

from ..exceptions import translated
from ..issues import handled_errors
from ..pbx import Extension, Greeting
from .folders import ExtensionFolder, Folder, NumbersFolder, PbxFolder
from .items import Items, extension_item, greeting_item, numbers_item, pbx_item
from .pbxs import LoadedPbx

FOLDER_SIZE: Final = 500  # extensions that are shown without folders


async def browse_folder(pbx: LoadedPbx, folder: Folder) -> BrowseMediaSource:
    """Return a folder of a PBX with what is in it."""
    match folder:
        case PbxFolder():
            return await _browse_pbx(pbx)
        case NumbersFolder():
            return await _browse_numbers(pbx, folder)
        case ExtensionFolder(number):
            return await _browse_extension(pbx, number)


async def _browse_pbx(pbx: LoadedPbx) -> BrowseMediaSource:
    """Return a PBX with its extensions, or with folders of them if there are many."""
    extensions = await list_extensions(pbx)
    if len(extensions) <= FOLDER_SIZE:
        return pbx_item(pbx, [extension_item(pbx, each.number) for each in extensions])
    parts = [
        extensions[start : start + FOLDER_SIZE]
        for start in range(0, len(extensions), FOLDER_SIZE)
    ]
    folders: Items = [
        numbers_item(pbx, NumbersFolder(part[0].number, part[-1].number))
        for part in parts
    ]
    return pbx_item(pbx, folders)


async def _browse_numbers(pbx: LoadedPbx, folder: NumbersFolder) -> BrowseMediaSource:
    """Return some of the extensions; the whole list is not read for each folder."""
    extensions = pbx.data.directory.recent() or await list_extensions(pbx)
    children: Items = [
        extension_item(pbx, each.number) for each in extensions if each.number in folder
    ]
    return numbers_item(pbx, folder, children)


async def _browse_extension(pbx: LoadedPbx, number: str) -> BrowseMediaSource:
    """Return an extension with its greetings, or say that there is nothing."""
    greetings = await list_greetings(pbx, number)
    return extension_item(pbx, number, [greeting_item(pbx, each) for each in greetings])


async def list_extensions(pbx: LoadedPbx) -> list[Extension]:
    """Return all extensions of a PBX as they are now."""
    with handled_errors(pbx.hass, pbx.entry, BrowseError, greetings=False):
        extensions = await pbx.data.client.list_extensions()
    pbx.data.directory.replace(extensions)
    return extensions


async def list_greetings(pbx: LoadedPbx, number: str) -> list[Greeting]:
    """Return the greetings of an extension; raise BrowseError if there are none."""
    client = pbx.data.client
    with handled_errors(pbx.hass, pbx.entry, BrowseError):
        if greetings := await client.list_greetings(number):
            return greetings
        if await client.find_box(number) is None:
            raise translated(BrowseError, "no_such_extension", extension=number)
    raise translated(BrowseError, "no_greetings", extension=number)
