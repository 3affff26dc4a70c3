"""Items of the media source."""

from homeassistant.components.media_player import MediaClass, MediaType
from homeassistant.components.media_source import BrowseMediaSource

from ..const import DOMAIN
from ..pbx import Greeting
from ..references import GREETINGS, GreetingReference, media_identifier
from .pbxs import LoadedPbx

type Items = list[BrowseMediaSource]


def folder_item(
    identifier: str | None, title: str, children: Items | None = None
) -> BrowseMediaSource:
    """Return a folder."""
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=identifier,
        media_class=MediaClass.DIRECTORY,
        media_content_type=MediaType.MUSIC,
        title=title,
        can_play=False,
        can_expand=True,
        can_search=True,
        children=children,
    )


def pbx_item(pbx: LoadedPbx, children: Items | None = None) -> BrowseMediaSource:
    """Return the folder of a PBX."""
    return folder_item(pbx.identifier, pbx.entry.title, children)


def range_item(
    pbx: LoadedPbx, numbers: str, children: Items | None = None
) -> BrowseMediaSource:
    """Return the folder of a range of extensions, such as `1000-1499`."""
    title = numbers.replace("-", " – ")  # noqa: RUF001 - a range has an en dash
    return folder_item(f"{pbx.identifier}/extensions/{numbers}", title, children)


def extension_item(
    pbx: LoadedPbx, number: str, children: Items | None = None
) -> BrowseMediaSource:
    """Return the folder of an extension."""
    return folder_item(
        f"{pbx.identifier}/{GREETINGS}/{number}", pbx.extension_title(number), children
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
        media_class=MediaClass.MUSIC,
        media_content_type="audio/mpeg",
        title=title,
        can_play=True,
        can_expand=False,
    )
