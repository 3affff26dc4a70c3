"""Media players that do more than remember what they were told to play."""

from collections.abc import Awaitable, Callable
from typing import Any, override

from homeassistant.components.media_player import (
    BrowseMedia,
    MediaPlayerEntityFeature,
    async_process_play_media_url,
)
from homeassistant.components.media_source import (
    async_browse_media,
    async_resolve_media,
)

from .common import Player


class FetchingPlayer(Player):
    """A player that has fetched what it is told to play when it says so."""

    fetch: Callable[[str], Awaitable[object]]

    @override
    async def async_play_media(
        self, media_type: str, media_id: str, **kwargs: Any
    ) -> None:
        await super().async_play_media(media_type, media_id, **kwargs)
        await self.fetch(media_id)


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
