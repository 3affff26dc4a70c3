"""Items of the media source."""

from typing import Final

from homeassistant.components.media_player import MediaClass, MediaType
from homeassistant.components.media_source import BrowseMediaSource

from ..const import DOMAIN
from ..exceptions import async_text
from ..pbx import BoxKind, Greeting
from ..references import GreetingReference, media_identifier
from .folders import BoxFolder, Folder, KindFolder, NumbersFolder, PbxFolder
from .pbxs import LoadedPbx

type Items = list[BrowseMediaSource]

FOLDER_CLASS: Final = MediaClass.DIRECTORY
GREETING_CLASS: Final = MediaClass.MUSIC

_TITLES: Final = {BoxKind.EXTENSION: "extensions", BoxKind.GROUP: "groups"}


def folder_item(
    identifier: str | None,
    title: str,
    children: Items | None = None,
    *,
    has_folders: bool = True,
) -> BrowseMediaSource:
    """Return a folder. If it has folders, a search in it can be limited to a class."""
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=identifier,
        media_class=FOLDER_CLASS,
        media_content_type=MediaType.MUSIC,
        title=title,
        can_play=False,
        can_expand=True,
        can_search=True,
        search_media_classes=[FOLDER_CLASS, GREETING_CLASS] if has_folders else None,
        children=children,
    )


def pbx_item(pbx: LoadedPbx, children: Items | None = None) -> BrowseMediaSource:
    """Return the folder of a PBX."""
    return _folder_of(pbx, PbxFolder(), pbx.entry.title, children)


async def kind_item(
    pbx: LoadedPbx, folder: KindFolder, children: Items | None = None
) -> BrowseMediaSource:
    """Return the folder of all boxes of a kind."""
    title = await async_text(pbx.hass, _TITLES[folder.kind])
    return _folder_of(pbx, folder, title, children)


def numbers_item(
    pbx: LoadedPbx, folder: NumbersFolder, children: Items | None = None
) -> BrowseMediaSource:
    """Return the folder of some boxes."""
    return _folder_of(pbx, folder, folder.title, children)


def box_item(
    pbx: LoadedPbx, number: str, children: Items | None = None
) -> BrowseMediaSource:
    """Return the folder of a box."""
    title = pbx.data.directory.title(number)
    return _folder_of(pbx, BoxFolder(number), title, children)


def _folder_of(
    pbx: LoadedPbx, folder: Folder, title: str, children: Items | None
) -> BrowseMediaSource:
    return folder_item(
        f"{pbx.identifier}{folder.path}",
        title,
        children,
        has_folders=not isinstance(folder, BoxFolder),
    )


def greeting_item(
    pbx: LoadedPbx, greeting: Greeting, *, with_number: bool = False
) -> BrowseMediaSource:
    """Return a greeting, with the number of its box where it is not obvious."""
    reference = GreetingReference(greeting.extension, greeting.file)
    title = f"{greeting.extension} · {greeting.file}" if with_number else greeting.file
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=media_identifier(pbx.data.info.serial_number, reference),
        media_class=GREETING_CLASS,
        media_content_type="audio/mpeg",
        title=title,
        can_play=True,
        can_expand=False,
    )
