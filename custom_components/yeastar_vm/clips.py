"""Greetings fetched for players: one fetch however many ask, kept a few minutes."""

import asyncio
from dataclasses import dataclass
from typing import Final

from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .audio import MAX_CLIP, Clip, convert
from .pbx import CannotConnect, ConnectionFailure, PlayLink, YeastarClient

KEEP: Final = 5 * 60  # seconds that a clip stays in memory
MAX_KEPT: Final = MAX_CLIP  # bytes that all clips of a PBX take
# A small machine has four cores, and each fetch takes the memory of its audio.
FETCHES_AT_ONCE: Final = 4

type _Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Kept:
    clip: Clip
    expiry: asyncio.TimerHandle


class ClipStore:
    """The clips of one PBX, by extension and file."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, client: YeastarClient
    ) -> None:
        """Start empty."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._kept: dict[_Key, _Kept] = {}
        self._fetches: dict[_Key, asyncio.Task[Clip]] = {}
        self._polite = asyncio.Semaphore(FETCHES_AT_ONCE)
        self._closed = False

    @property
    def size(self) -> int:
        """Return how many bytes are kept."""
        return sum(len(kept.clip.content) for kept in self._kept.values())

    async def get(self, extension: str, file: str) -> Clip:
        """Return a greeting as a player gets it, fetched where it is not kept.

        Raise a YeastarError or an AudioError where that is not possible.
        """
        if kept := self._kept.get((extension, file)):
            return kept.clip
        return await self._fetch_once(extension, file, None)

    async def fetch(self, extension: str, link: PlayLink) -> Clip:
        """Return a greeting as it is on the PBX now, from a link just obtained."""
        return await self._fetch_once(extension, link.file, link)

    @callback
    def close(self) -> None:
        """Forget all clips, end the fetches under way and begin no other."""
        self._closed = True
        for fetch in self._fetches.values():
            fetch.cancel()
        for key in list(self._kept):
            self._forget(key)

    async def _fetch_once(
        self, extension: str, file: str, link: PlayLink | None
    ) -> Clip:
        """Fetch for all who wait; one who gives up waiting does not end it."""
        if self._closed:
            raise CannotConnect(ConnectionFailure.CONNECTION_LOST)
        key = (extension, file)
        if (fetch := self._fetches.get(key)) is None:
            fetch = self._entry.async_create_background_task(
                self._hass, self._fetch(key, link), f"fetch greeting of {extension}"
            )
            self._fetches[key] = fetch
            fetch.add_done_callback(lambda fetch: self._fetched(key, fetch))
        await asyncio.wait([fetch])
        if fetch.cancelled():
            raise CannotConnect(ConnectionFailure.CONNECTION_LOST)
        return fetch.result()

    @callback
    def _fetched(self, key: _Key, fetch: asyncio.Task[Clip]) -> None:
        del self._fetches[key]
        if not fetch.cancelled():
            fetch.exception()  # seen here, where nobody waits for it any more

    async def _fetch(self, key: _Key, link: PlayLink | None) -> Clip:
        async with self._polite:
            if link is None:
                link = await self._client.get_play_link(*key)
            source = await self._client.download(link)
            clip = await convert(get_ffmpeg_manager(self._hass).binary, source)
        self._keep(key, clip)
        return clip

    @callback
    def _keep(self, key: _Key, clip: Clip) -> None:
        self._forget(key)
        while self._kept and self.size + len(clip.content) > MAX_KEPT:
            self._forget(next(iter(self._kept)))
        expiry = self._hass.loop.call_later(KEEP, self._forget, key)
        self._kept[key] = _Kept(clip, expiry)

    @callback
    def _forget(self, key: _Key) -> None:
        if kept := self._kept.pop(key, None):
            kept.expiry.cancel()
