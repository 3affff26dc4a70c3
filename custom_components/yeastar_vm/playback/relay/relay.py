"""The relay of one PBX: fetch audio, convert it, and hand out links to it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import logging
from math import inf
import time
from typing import Final

from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ...audio import Audio, AudioError, Metadata, content_digest, convert, join
from ...errors.issues import async_handle_error
from ...pbx import Interrupted, PlayLink, YeastarClient, YeastarError
from ..references import Reference
from .cache import AudioCache
from .clip import Clip, Clips
from .link import RelayedMedia, RelayLink, RelayLinks, Target
from .watch import async_watch_for_fetch

_LOGGER = logging.getLogger(__name__)

FRESH_TIME: Final = 5 * 60  # seconds in which players get what was fetched before
# A small machine has four cores, and each fetch takes the memory of its audio.
FETCHES_AT_ONCE: Final = 4


@dataclass(slots=True, eq=False)
class _Fetch:
    """A fetch that is running, and when its download began: in the future at first."""

    task: asyncio.Task[Clips] = field(init=False)
    began_at: float = inf
    is_reported: bool = False


@dataclass(frozen=True, slots=True)
class _Fresh:
    """What was fetched last: the digest of the source, and when its download began."""

    digest: str
    began_at: float
    timer: asyncio.TimerHandle


class Relay:
    """The clips of one PBX."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: YeastarClient,
        names: Mapping[str, str],
    ) -> None:
        """`names` are those of the boxes that are known, by number."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._names = names
        self._cache = AudioCache(hass.loop, self._convert)
        self._links = RelayLinks(hass, self)
        self._fresh: dict[Reference, _Fresh] = {}
        self._newest: dict[Reference, _Fetch] = {}
        self._fetches: set[_Fetch] = set()
        self._semaphore = asyncio.Semaphore(FETCHES_AT_ONCE)
        self._closed = False

    @property
    def size(self) -> int:
        """Return how many bytes of audio are kept."""
        return self._cache.size

    async def prepare(self, reference: Reference, link: PlayLink) -> RelayedMedia:
        """Fetch a clip as it is on the PBX now, from a link just obtained.

        Players do not wait then, and errors reach the caller: raise a YeastarError or
        an AudioError. A fetch is shared only if it cannot bring anything older.
        """
        fetch = self._newest.get(reference)
        if fetch is None or fetch.began_at < link.requested_at:
            fetch = self._start(reference, link)
        clips = await self._wait(fetch)
        target = Target(reference, self._metadata(reference), clips.suffix)
        relay_link = self._links.async_create(target)
        clip = clips.get(relay_link.head)
        now = self._hass.loop.time()
        return RelayedMedia(relay_link, clip.content_type, clip.tag, now)

    @callback
    def handed_out(self, media: RelayedMedia, players: Sequence[str]) -> None:
        """Note that players were told to play a clip. Warn if they do not fetch it."""
        if players and not self._closed:
            async_watch_for_fetch(self._hass, media, players)

    async def get(self, link: RelayLink) -> Clip:
        """Return the clip of a link for a player; it is fetched if it is not fresh.

        Raise a YeastarError or an AudioError.
        """
        link.async_fetched(self._hass.loop.time())
        reference = link.target.reference
        clips = None
        if fresh := self._fresh.get(reference):
            clips = self._cache.get(fresh.digest)
        if clips is None:
            fetch = self._newest.get(reference) or self._start(reference, None)
            try:
                clips = await self._wait(fetch)
            except (YeastarError, AudioError) as err:
                self._report(reference, fetch, err)
                raise
        # The format changes when ffmpeg comes or goes.
        return clips.get(link.head if clips.suffix == link.target.suffix else b"")

    @callback
    def forget(self, reference: Reference) -> None:
        """Fetch a clip again for the next player, because its audio has changed."""
        self._newest.pop(reference, None)
        if not self._closed:
            self._keep_fresh(reference, "", time.monotonic())

    @callback
    def close(self) -> None:
        """Forget the links, drop the audio, and cancel what is running."""
        self._closed = True
        self._links.async_forget_all()
        self._cache.close()
        for fetch in self._fetches:
            fetch.task.cancel()
        for fresh in self._fresh.values():
            fresh.timer.cancel()
        self._fresh.clear()

    def _metadata(self, reference: Reference) -> Metadata:
        """Return what players show of a clip."""
        name = self._names.get(reference.number)
        artist = f"{name} ({reference.number})" if name else self._entry.title
        return Metadata(reference.title, artist, self._entry.title)

    def _start(self, reference: Reference, link: PlayLink | None) -> _Fetch:
        if self._closed:
            raise Interrupted
        fetch = _Fetch()
        fetch.task = self._entry.async_create_background_task(
            self._hass, self._fetch(fetch, reference, link), f"fetch {reference}"
        )
        self._newest[reference] = fetch
        self._fetches.add(fetch)
        fetch.task.add_done_callback(lambda _: self._ended(reference, fetch))
        return fetch

    async def _wait(self, fetch: _Fetch) -> Clips:
        """Return what a fetch brings; cancelling a caller does not cancel it."""
        await asyncio.wait([fetch.task])
        if self._closed or fetch.task.cancelled():
            raise Interrupted
        return fetch.task.result()

    @callback
    def _ended(self, reference: Reference, fetch: _Fetch) -> None:
        self._fetches.discard(fetch)
        if self._newest.get(reference) is fetch:
            del self._newest[reference]
        if not fetch.task.cancelled():
            fetch.task.exception()  # Mark as retrieved if all callers were cancelled.

    @callback
    def _report(
        self, reference: Reference, fetch: _Fetch, err: YeastarError | AudioError
    ) -> None:
        """Tell the user once of an error that players meet."""
        if fetch.is_reported or self._closed:
            return
        fetch.is_reported = True
        _LOGGER.warning("%s cannot be relayed: %s", reference, err)
        async_handle_error(self._hass, self._entry, err)

    async def _fetch(
        self, fetch: _Fetch, reference: Reference, link: PlayLink | None
    ) -> Clips:
        if link is None:
            link = await reference.get_link(self._client)
        async with self._semaphore:
            fetch.began_at = time.monotonic()
            source = await self._download(reference, link)
            digest = await content_digest(source)
            clips = await self._cache.convert(digest, source)
        self._keep_fresh(reference, digest, fetch.began_at)
        return clips

    async def _download(self, reference: Reference, link: PlayLink) -> bytes:
        """Return the audio of a reference; `link` leads to its first part."""
        _, *others = reference.parts
        sources = [await self._client.audio.download(link)]
        for part in others:
            link = await part.get_link(self._client)
            sources.append(await self._client.audio.download(link))
        return await join(get_ffmpeg_manager(self._hass).binary, sources)

    async def _convert(self, source: bytes) -> Audio:
        return await convert(get_ffmpeg_manager(self._hass).binary, source)

    @callback
    def _keep_fresh(self, reference: Reference, digest: str, began_at: float) -> None:
        """Let players get this, unless a fetch that began later was faster."""
        if old := self._fresh.get(reference):
            if old.began_at > began_at:
                return
            old.timer.cancel()
        timer = self._hass.loop.call_later(FRESH_TIME, self._fresh.pop, reference)
        self._fresh[reference] = _Fresh(digest, began_at, timer)
