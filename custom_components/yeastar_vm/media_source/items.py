"""Items of the media source."""

from typing import Final

from homeassistant.components.media_player import MediaClass, MediaType
from homeassistant.components.media_source import BrowseMediaSource

from ..const import DOMAIN
from ..pbx import Greeting
from ..references import GreetingReference, media_identifier
from .folders import ExtensionFolder, NumbersFolder, PbxFolder
from .pbxs import LoadedPbx

type Items = list[BrowseMediaSource]

FOLDER_CLASS: Final = MediaClass.DIRECTORY
GREETING_CLASS: Final = MediaClass.MUSIC


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
    identifier = f"{pbx.identifier}{PbxFolder().path}"
    return folder_item(identifier, pbx.entry.title, children)


def numbers_item(
    pbx: LoadedPbx, folder: NumbersFolder, children: Items | None = None
) -> BrowseMediaSource:
    """Return the folder of some extensions."""
    return folder_item(f"{pbx.identifier}{folder.path}", folder.title, children)


def extension_item(
    pbx: LoadedPbx, number: str, children: Items | None = None
) -> BrowseMediaSource:
    """Return the folder of an extension."""
    return folder_item(
        f"{pbx.identifier}{ExtensionFolder(number).path}",
        pbx.data.directory.title(number),
        children,
        has_folders=False,
    )


def greeting_item(
    pbx: LoadedPbx, greeting: Greeting, *, with_number: bool = False
) -> BrowseMediaSource:
    """Return a greeting, with the number of its extension where it is not obvious."""
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
