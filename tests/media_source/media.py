"""The media browser, as a user walks through it."""

from typing import Any

from homeassistant.components.media_player import MediaClass, SearchMediaQuery
from homeassistant.components.media_source import async_browse_media, async_search_media
from homeassistant.core import HomeAssistant

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
