"""The media browser, as a user walks through it."""

from typing import Any, override

from homeassistant.components.media_player import (
    BrowseMedia,
    MediaClass,
    MediaPlayerEntityFeature,
    SearchMediaQuery,
    async_process_play_media_url,
)
from homeassistant.components.media_source import (
    async_browse_media,
    async_resolve_media,
    async_search_media,
)
from homeassistant.core import HomeAssistant

from tests.common import Player

ROOT = "media-source://yeastar_vm"


async def browse(hass: HomeAssistant, media_content_id: str) -> dict[str, Any]:
    """Open something; return what is in it by title."""
    opened = await async_browse_media(hass, media_content_id)
    return {child.title: child for child in opened.children or ()}


async def search(
    hass: HomeAssistant,
    media_content_id: str,
    text: str,
    only: list[MediaClass] | None = None,
) -> list[str]:
    """Search something; return the titles found."""
    query = SearchMediaQuery(search_query=text, media_filter_classes=only)
    found = await async_search_media(hass, media_content_id, query)
    return [result.title for result in found.result]


class MediaSourcePlayer(Player):
    """A player that browses and resolves media sources, as those of core do."""

    def __init__(self, name: str) -> None:
        """Make a player that can browse."""
        features = MediaPlayerEntityFeature
        super().__init__(name, features.PLAY_MEDIA | features.BROWSE_MEDIA)

    @override
    async def async_browse_media(
        self, media_content_type: str | None = None, media_content_id: str | None = None
    ) -> BrowseMedia:
        """Show what has audio."""
        return await async_browse_media(
            self.hass,
            media_content_id,
            content_filter=lambda item: item.media_content_type.startswith("audio/"),
        )

    @override
    async def async_play_media(
        self, media_type: str, media_id: str, **kwargs: Any
    ) -> None:
        """Remember the URL that would be sent to the device."""
        media = await async_resolve_media(self.hass, media_id, self.entity_id)
        url = async_process_play_media_url(self.hass, media.url)
        await super().async_play_media(media.mime_type, url, **kwargs)
