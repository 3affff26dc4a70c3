"""The relay of one PBX: a short-lived cache of converted clips."""

import asyncio
from collections.abc import Callable
from typing import Final

from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..audio import MAX_CLIP, AudioError, Clip, convert
from ..pbx import (
    CannotConnect,
    ConnectionFailure,
    PlayLink,
    YeastarClient,
    YeastarError,
)
from ..references import Reference
from .link import RelayedMedia, async_create_link, async_forget_links, link_path

CACHE_TIME: Final = 5 * 60  # seconds
MAX_CACHE: Final = MAX_CLIP  # bytes that all clips of a PBX take
# A small machine has four cores, and each fetch takes the memory of its audio.
FETCHES_AT_ONCE: Final = 4

type ErrorHandler = Callable[[YeastarError | AudioError], None]


class Relay:
    """The clips of one PBX, by reference."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: YeastarClient,
        on_error: ErrorHandler,
    ) -> None:
        """Initialize the relay.

        `on_error` is called with each error that occurs while a player fetches a clip.
        """
        self._hass = hass
        self._entry = entry
        self._client = client
        self._on_error = on_error
        self._cache: dict[Reference, tuple[Clip, asyncio.TimerHandle]] = {}
        self._fetches: dict[Reference, asyncio.Task[Clip]] = {}
        self._semaphore = asyncio.Semaphore(FETCHES_AT_ONCE)
        self._closed = False

    @property
    def size(self) -> int:
        """Return how many bytes are cached."""
        return sum(len(clip.content) for clip, _ in self._cache.values())

    async def prepare(self, reference: Reference, link: PlayLink) -> RelayedMedia:
        """Fetch a clip as it is on the PBX now, from a link just obtained.

        Players do not wait then, and errors reach the caller: raise a YeastarError or
        an AudioError.
        """
        clip = await self._fetch_once(reference, link)
        key, expires_at = async_create_link(self._hass, self, reference)
        path = link_path(key, reference.title, clip.suffix)
        return RelayedMedia(path, clip.content_type, clip.tag, expires_at)

    async def get(self, reference: Reference) -> Clip:
        """Return a clip for a player; it is fetched if it is not cached.

        Raise a YeastarError or an AudioError.
        """
        if cached := self._cache.get(reference):
            return cached[0]
        try:
            return await self._fetch_once(reference, None)
        except (YeastarError, AudioError) as err:
            self._on_error(err)
            raise

    @callback
    def close(self) -> None:
        """Forget the links, clear the cache and cancel pending fetches."""
        self._closed = True
        async_forget_links(self._hass, self)
        for fetch in self._fetches.values():
            fetch.cancel()
        for reference in list(self._cache):
            self._forget(reference)

    async def _fetch_once(self, reference: Reference, link: PlayLink | None) -> Clip:
        """Share one fetch between callers; cancelling a caller does not cancel it."""
        if self._closed:
            raise CannotConnect(ConnectionFailure.CONNECTION_LOST)
        if (fetch := self._fetches.get(reference)) is None:
            fetch = self._entry.async_create_background_task(
                self._hass, self._fetch(reference, link), f"fetch {reference}"
            )
            self._fetches[reference] = fetch
            fetch.add_done_callback(lambda fetch: self._fetched(reference, fetch))
        await asyncio.wait([fetch])
        if fetch.cancelled():
            raise CannotConnect(ConnectionFailure.CONNECTION_LOST)
        return fetch.result()

    @callback
    def _fetched(self, reference: Reference, fetch: asyncio.Task[Clip]) -> None:
        del self._fetches[reference]
        if not fetch.cancelled():
            fetch.exception()  # Mark as retrieved if all callers were cancelled.

    async def _fetch(self, reference: Reference, link: PlayLink | None) -> Clip:
        async with self._semaphore:
            if link is None:
                link = await reference.get_link(self._client)
            source = await self._client.download(link)
            clip = await convert(get_ffmpeg_manager(self._hass).binary, source)
        self._keep(reference, clip)
        return clip

    @callback
    def _keep(self, reference: Reference, clip: Clip) -> None:
        self._forget(reference)
        while self._cache and self.size + len(clip.content) > MAX_CACHE:
            self._forget(next(iter(self._cache)))
        expiry = self._hass.loop.call_later(CACHE_TIME, self._forget, reference)
        self._cache[reference] = (clip, expiry)

    @callback
    def _forget(self, reference: Reference) -> None:
        if cached := self._cache.pop(reference, None):
            cached[1].cancel()
