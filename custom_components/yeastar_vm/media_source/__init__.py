"""Greetings as Home Assistant media: PBX, extension, greeting; always relayed.

The identifiers are those of references.py, and shorter for folders;
`{serial number}/extensions/{first}-{last}` is a range of extensions of a large PBX.
"""

from typing import override

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
from ..exceptions import localized_errors, translated
from ..issues import handled_errors
from ..pbx import NotFound
from ..references import (
    GreetingReference,
    MessageReference,
    Reference,
    parse_media_identifier,
)
from .browse import browse_extension, browse_pbx, browse_range
from .items import folder_item, pbx_item
from .pbxs import find_loaded_entry, find_loaded_pbx, loaded_pbxs
from .search import search_all, search_extension, search_pbx

MAX_RESULTS = 100  # of a search


async def async_get_media_source(hass: HomeAssistant) -> YeastarMediaSource:
    """Set up the media source."""
    return YeastarMediaSource(hass)


class YeastarMediaSource(MediaSource):
    """Provide the greetings of all PBXs that are loaded."""

    name = "Yeastar"

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize the media source."""
        super().__init__(DOMAIN)
        self.hass = hass

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Resolve a greeting to a link of the relay."""
        async with localized_errors(self.hass):
            return await self._resolve(item.identifier or "")

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        """Browse PBXs, extensions and greetings."""
        async with localized_errors(self.hass):
            return await self._browse(item.identifier or "")

    @override
    async def async_search_media(
        self, item: MediaSourceItem, query: SearchMediaQuery
    ) -> SearchMedia:
        """Search for extensions or greetings."""
        async with localized_errors(self.hass):
            found = await self._search(
                item.identifier or "", query.search_query.strip()
            )
        return SearchMedia(result=found[:MAX_RESULTS])

    async def _resolve(self, identifier: str) -> PlayMedia:
        if (parsed := parse_media_identifier(identifier)) is None:
            raise translated(Unresolvable, "not_a_greeting")
        pbx, reference = parsed
        entry = find_loaded_entry(self.hass, pbx, Unresolvable)
        data = entry.runtime_data
        if isinstance(reference, MessageReference) and (
            data.mailboxes is None or reference.number not in data.mailboxes.mailboxes
        ):
            raise translated(Unresolvable, "not_a_mailbox", number=reference.number)
        with handled_errors(self.hass, entry, Unresolvable):
            try:
                link = await reference.get_link(data.client)
            except NotFound:
                raise _gone(reference) from None
            media = await data.relay.prepare(reference, link)
        return PlayMedia(media.path, media.content_type)

    async def _browse(self, identifier: str) -> BrowseMediaSource:
        if not identifier:
            pbxs = [pbx_item(pbx) for pbx in loaded_pbxs(self.hass)]
            return folder_item(None, self.name or DOMAIN, pbxs)
        part, *below = identifier.split("/", 3)
        pbx = find_loaded_pbx(self.hass, part)
        match below:
            case []:
                return await browse_pbx(pbx)
            case ["extensions", numbers]:
                return await browse_range(pbx, numbers)
            case ["greetings", number]:
                return await browse_extension(pbx, number)
        raise translated(BrowseError, "not_a_folder")

    async def _search(self, identifier: str, search: str) -> list[BrowseMediaSource]:
        if not identifier:
            return await search_all(loaded_pbxs(self.hass), search)
        part, *below = identifier.split("/", 3)
        pbx = find_loaded_pbx(self.hass, part)
        match below:
            case ["extensions", numbers]:
                return await search_pbx(pbx, search, numbers)
            case ["greetings", number]:
                return await search_extension(pbx, number, search)
        return await search_pbx(pbx, search)


def _gone(reference: Reference) -> Unresolvable:
    """Return the error for something that does not exist on the PBX any longer."""
    match reference:
        case GreetingReference(number, file):
            return translated(
                Unresolvable, "greeting_gone", extension=number, file=file
            )
        case MessageReference():
            return translated(Unresolvable, "message_gone")
