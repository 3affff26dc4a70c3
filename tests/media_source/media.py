"""The media browser, as a user walks through it."""

from typing import Any

from homeassistant.components.media_player import SearchMediaQuery
from homeassistant.components.media_source import async_browse_media
from homeassistant.components.media_source.models import MediaSourceItem
from homeassistant.core import HomeAssistant

ROOT = "media-source://yeastar_vm"


async def browse(hass: HomeAssistant, media_content_id: str) -> dict[str, Any]:
    """Open something; return the titles in it with their media content IDs."""
    opened = await async_browse_media(hass, media_content_id)
    return {child.title: child for child in opened.children or ()}


async def search(hass: HomeAssistant, media_content_id: str, text: str) -> list[str]:
    """Search something; return the titles found."""
    item = MediaSourceItem.from_uri(hass, media_content_id, None)
    found = await item.async_search(SearchMediaQuery(search_query=text))
    return [result.title for result in found.result]
