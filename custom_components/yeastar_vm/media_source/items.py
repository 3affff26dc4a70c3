"""Items of the media source."""

from typing import Final

from homeassistant.components.media_player import MediaClass, MediaType
from homeassistant.components.media_source import BrowseMediaSource

from ..const import DOMAIN
from ..pbx import Greeting
from ..playback.references import GreetingReference, MediaReference, media_identifier
from .shown import ShownPbx

type Items = list[BrowseMediaSource]

FOLDER_CLASS: Final = MediaClass.DIRECTORY
AUDIO_CLASS: Final = MediaClass.MUSIC


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
        search_media_classes=[FOLDER_CLASS, AUDIO_CLASS] if has_folders else None,
        children=children,
    )


def audio_item(
    shown: ShownPbx, reference: MediaReference, title: str, *, with_number: bool = False
) -> BrowseMediaSource:
    """Return what can be played, with the number of its box if it is not obvious."""
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=media_identifier(shown.pbx.info.serial_number, reference),
        media_class=AUDIO_CLASS,
        media_content_type="audio/mpeg",
        title=f"{reference.number} · {title}" if with_number else title,
        can_play=True,
        can_expand=False,
    )


def greeting_item(
    shown: ShownPbx, greeting: Greeting, *, with_number: bool = False
) -> BrowseMediaSource:
    """Return a greeting."""
    reference = GreetingReference(greeting.number, greeting.file)
    return audio_item(shown, reference, greeting.file, with_number=with_number)
