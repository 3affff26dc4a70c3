"""Greetings and messages as Home Assistant media; always relayed.

Their identifiers are those of references.py, of folders those of folders.py.
"""

from typing import Final, override

from homeassistant.components.media_player import (
    BrowseError,
    SearchMedia,
    SearchMediaQuery,
)
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
)
from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..errors.failures import DeliveryTooSlow
from ..errors.invalid_input import NotAFolder
from ..errors.translated import localized_errors, time_limit
from .folders import Folder, PbxFolder, parse_folder
from .items import folder_item
from .play import resolve
from .query import Search
from .search import search_all
from .shown import ShownPbx, find_shown_pbx, shown_pbxs

# Seconds for all requests of a folder or a search; each has a limit of its own.
TIMEOUT: Final = 60
# Seconds for the link, the download and the conversion.
RESOLVE_TIMEOUT: Final = 120


async def async_get_media_source(hass: HomeAssistant) -> YeastarMediaSource:
    """Set up the media source."""
    return YeastarMediaSource(hass)


class YeastarMediaSource(MediaSource):
    """Provide the greetings and messages of all PBXs that are loaded."""

    name = "Yeastar"

    def __init__(self, hass: HomeAssistant) -> None:
        super().__init__(DOMAIN)
        self.hass = hass

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Resolve a greeting or a message to a link of the relay."""
        async with (
            localized_errors(self.hass, Unresolvable),
            time_limit(RESOLVE_TIMEOUT, DeliveryTooSlow),
        ):
            return await resolve(
                self.hass, item.identifier or "", item.target_media_player
            )

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        """Browse PBXs, their boxes, greetings and messages."""
        async with localized_errors(self.hass, BrowseError), time_limit(TIMEOUT):
            if not item.identifier:
                pbxs = await shown_pbxs(self.hass)
                children = [PbxFolder().item(shown) for shown in pbxs]
                return folder_item(None, self.name or DOMAIN, children)
            shown, folder = await self._find_folder(item.identifier)
            return folder.item(shown, await folder.children(shown))

    @override
    async def async_search_media(
        self, item: MediaSourceItem, query: SearchMediaQuery
    ) -> SearchMedia:
        """Search for boxes, greetings and messages."""
        search = Search.from_query(query)
        async with localized_errors(self.hass, BrowseError), time_limit(TIMEOUT):
            if not item.identifier:
                found = await search_all(self.hass, await shown_pbxs(self.hass), search)
            else:
                shown, folder = await self._find_folder(item.identifier)
                found = await folder.search(shown, search)
        return SearchMedia(result=found)

    async def _find_folder(self, identifier: str) -> tuple[ShownPbx, Folder]:
        """Return the folder of an identifier, and its PBX; raise InvalidInput."""
        if (parsed := parse_folder(identifier)) is None:
            raise NotAFolder
        part, folder = parsed
        return await find_shown_pbx(self.hass, part), folder
