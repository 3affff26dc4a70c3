"""Greetings as Home Assistant media: PBX, extension, greeting; always relayed.

Identifiers are `{entry_id}/greetings/{extension}/{file}`, and shorter for what contains
a greeting; `{entry_id}/extensions/{first}-{last}` is a range of a large PBX.
"""

from typing import Final, override

from homeassistant.components.media_player import (
    BrowseError,
    MediaClass,
    MediaType,
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
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN
from .entry import YeastarConfigEntry, YeastarData
from .errors import localized_errors, refused, translated_errors
from .media_id import greeting_identifier, read_identifier
from .pbx import Extension, Greeting, NotFound, number_order
from .views import async_relay_path

FOLDER_SIZE: Final = 500  # extensions that are shown without folders
MAX_RESULTS: Final = 100  # of a search
# Extensions whose greetings a search looks through, with a request for each.
FEW_EXTENSIONS: Final = 100


async def async_get_media_source(hass: HomeAssistant) -> GreetingSource:
    """Return the media source."""
    return GreetingSource(hass)


class GreetingSource(MediaSource):
    """The greetings of all PBXs that are loaded."""

    name = "Yeastar"

    def __init__(self, hass: HomeAssistant) -> None:
        """Start."""
        super().__init__(DOMAIN)
        self.hass = hass

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return a signed link of the relay to a greeting as it is on the PBX now."""
        async with localized_errors(self.hass):
            return await self._resolve(item)

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        """Return what there is to choose from."""
        async with localized_errors(self.hass):
            return await self._browse(item)

    @override
    async def async_search_media(
        self, item: MediaSourceItem, query: SearchMediaQuery
    ) -> SearchMedia:
        """Return the extensions or greetings that match."""
        async with localized_errors(self.hass):
            found = await self._find(item, query.search_query.strip())
        return SearchMedia(result=found[:MAX_RESULTS])

    async def _resolve(self, item: MediaSourceItem) -> PlayMedia:
        if (named := read_identifier(item.identifier or "")) is None:
            raise refused(Unresolvable, "not_a_greeting")
        entry_id, extension, file = named
        entry = self._entry(entry_id, Unresolvable)
        data = entry.runtime_data
        with translated_errors(self.hass, entry, Unresolvable):
            try:
                link = await data.client.get_play_link(extension, file)
            except NotFound:
                raise refused(
                    Unresolvable, "greeting_gone", extension=extension, file=file
                ) from None
            clip = await data.clips.fetch(extension, link)
        path = async_relay_path(self.hass, entry, extension, file, clip.suffix)
        return PlayMedia(path, clip.content_type)

    async def _browse(self, item: MediaSourceItem) -> BrowseMediaSource:
        match (item.identifier or "").split("/", 3):
            case [""]:
                children = [_pbx(entry) for entry in self._entries()]
                return _folder(None, self.name or DOMAIN, children)
            case [entry_id]:
                entry = self._entry(entry_id, BrowseError)
                return _pbx(entry, await self._browse_pbx(entry))
            case [entry_id, "extensions", numbers]:
                entry = self._entry(entry_id, BrowseError)
                return _range(entry, numbers, await self._browse_range(entry, numbers))
            case [entry_id, "greetings", number]:
                entry = self._entry(entry_id, BrowseError)
                return await self._browse_extension(entry, number)
        raise refused(BrowseError, "not_a_folder")

    async def _find(
        self, item: MediaSourceItem, search: str
    ) -> list[BrowseMediaSource]:
        match (item.identifier or "").split("/", 3):
            case [entry_id, "greetings", number]:
                entry = self._entry(entry_id, BrowseError)
                return [
                    _greeting(entry, greeting)
                    for greeting in await self._greetings(entry, number)
                    if greeting.is_named(search)
                ]
            case [""]:
                return await self._search_everywhere(search)
            case [entry_id, *_]:
                entry = self._entry(entry_id, BrowseError)
        return await self._search(entry, search)

    async def _search_everywhere(self, search: str) -> list[BrowseMediaSource]:
        """Return what the PBXs find; raise an error where none of them can search."""
        found: list[BrowseMediaSource] = []
        failures: list[HomeAssistantError] = []
        entries = self._entries()
        for entry in entries:
            try:
                found += await self._search(entry, search)
            except HomeAssistantError as err:
                failures.append(err)
        if failures and len(failures) == len(entries):
            raise failures[0]
        return found

    @callback
    def _entries(self) -> list[YeastarConfigEntry]:
        return self.hass.config_entries.async_loaded_entries(DOMAIN)

    @callback
    def _entry(
        self, entry_id: str, kind: type[HomeAssistantError]
    ) -> YeastarConfigEntry:
        """Return a loaded entry."""
        entry: YeastarConfigEntry | None
        entry = self.hass.config_entries.async_get_entry(entry_id)
        if entry is None or entry.domain != DOMAIN:
            raise refused(kind, "pbx_gone")
        if entry.state is not ConfigEntryState.LOADED:
            raise refused(kind, "pbx_not_loaded", name=entry.title)
        return entry

    async def _browse_pbx(self, entry: YeastarConfigEntry) -> list[BrowseMediaSource]:
        """Return its extensions, or ranges of them where they are many."""
        extensions = await self._extensions(entry)
        if len(extensions) <= FOLDER_SIZE:
            return [_extension(entry, extension.number) for extension in extensions]
        return [
            _range(entry, f"{part[0].number}-{part[-1].number}")
            for start in range(0, len(extensions), FOLDER_SIZE)
            if (part := extensions[start : start + FOLDER_SIZE])
        ]

    async def _browse_range(
        self, entry: YeastarConfigEntry, numbers: str
    ) -> list[BrowseMediaSource]:
        """Return the extensions from one number to another."""
        first, _, last = numbers.partition("-")
        return [
            _extension(entry, extension.number)
            for extension in await self._extensions(entry)
            if number_order(first)
            <= number_order(extension.number)
            <= number_order(last)
        ]

    async def _browse_extension(
        self, entry: YeastarConfigEntry, number: str
    ) -> BrowseMediaSource:
        """Return its greetings, or say that it has none."""
        greetings = await self._greetings(entry, number)
        if not greetings:
            raise refused(BrowseError, "no_greetings", extension=number)
        children = [_greeting(entry, greeting) for greeting in greetings]
        return _extension(entry, number, children)

    async def _extensions(self, entry: YeastarConfigEntry) -> list[Extension]:
        data = entry.runtime_data
        with translated_errors(self.hass, entry, BrowseError, greetings=False):
            return _met(data, await data.client.list_extensions())

    async def _greetings(
        self, entry: YeastarConfigEntry, number: str
    ) -> list[Greeting]:
        with translated_errors(self.hass, entry, BrowseError):
            return await entry.runtime_data.client.list_greetings(number)

    async def _search(
        self, entry: YeastarConfigEntry, search: str
    ) -> list[BrowseMediaSource]:
        """Return the extensions that match, or else, where these are few, greetings."""
        data = entry.runtime_data
        with translated_errors(self.hass, entry, BrowseError, greetings=False):
            if extensions := _met(data, await data.client.search_extensions(search)):
                return [
                    _extension(entry, extension.number)
                    for extension in extensions[:MAX_RESULTS]
                ]
            if await data.client.count_extensions() > FEW_EXTENSIONS:
                return []
            greetings = await data.client.search_greetings(search)
        return [_greeting(entry, found, found.extension) for found in greetings]


def _met(data: YeastarData, extensions: list[Extension]) -> list[Extension]:
    """Remember what extensions are called, since their greetings do not tell."""
    data.names.update({each.number: each.name for each in extensions})
    return extensions


def _folder(
    identifier: str | None,
    title: str,
    children: list[BrowseMediaSource] | None = None,
) -> BrowseMediaSource:
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


def _pbx(
    entry: YeastarConfigEntry, children: list[BrowseMediaSource] | None = None
) -> BrowseMediaSource:
    return _folder(entry.entry_id, entry.title, children)


def _range(
    entry: YeastarConfigEntry,
    numbers: str,
    children: list[BrowseMediaSource] | None = None,
) -> BrowseMediaSource:
    title = numbers.replace("-", " – ")  # noqa: RUF001 - a range has an en dash
    return _folder(f"{entry.entry_id}/extensions/{numbers}", title, children)


def _extension(
    entry: YeastarConfigEntry,
    number: str,
    children: list[BrowseMediaSource] | None = None,
) -> BrowseMediaSource:
    title = _title(number, entry.runtime_data.names.get(number))
    return _folder(f"{entry.entry_id}/greetings/{number}", title, children)


def _greeting(
    entry: YeastarConfigEntry, greeting: Greeting, number: str | None = None
) -> BrowseMediaSource:
    """Return a greeting, with its extension's number where that is not plain."""
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=greeting_identifier(
            entry.entry_id, greeting.extension, greeting.file
        ),
        media_class=MediaClass.MUSIC,
        media_content_type="audio/mpeg",
        title=_title(number, greeting.file),
        can_play=True,
        can_expand=False,
    )


def _title(*parts: str | None) -> str:
    return " · ".join(filter(None, parts))
