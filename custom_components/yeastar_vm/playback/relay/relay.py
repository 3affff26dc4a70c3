"""The relay of one PBX: fetch audio, convert it, and hand out links to it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
import logging
import time
from typing import Final
from weakref import WeakValueDictionary

from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ...audio import (
    MAX_CLIP,
    AudioNotDecodable,
    AudioTooLong,
    Metadata,
    content_digest,
    convert,
    drop_locals,
    join,
)
from ...errors.in_log import in_log
from ...errors.issues import async_handle_error
from ...library import LibraryError
from ...pbx import (
    AudioTooLarge,
    Interrupted,
    NoAudio,
    NotFound,
    PlayLink,
    YeastarClient,
)
from ..references import MessageReference, Reference
from .clip import Clip, Clips
from .collect import Collected, collect
from .link import (
    RelayedMedia,
    RelayLink,
    async_add_link,
    async_end_links,
    async_links_of,
)
from .slot import Fetch, Slot, total_size
from .watch import async_watch_for_request

_LOGGER = logging.getLogger(__name__)

MAX_CACHE: Final = MAX_CLIP  # bytes
# A small machine has four cores, and each fetch takes the memory of its audio.
FETCHES_AT_ONCE: Final = 4

# What is wrong with one clip says nothing of the others.
_OF_ONE_CLIP: Final = (
    AudioNotDecodable,
    AudioTooLarge,
    AudioTooLong,
    NoAudio,
    NotFound,
)


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
        # What was not used for the longest time comes first.
        self._slots: dict[Reference, Slot] = {}
        self._fetches: set[asyncio.Task[Clips]] = set()
        self._semaphore = asyncio.Semaphore(FETCHES_AT_ONCE)
        # By the digest of what is converted.
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        # The errors that the log has: of a clip, or of all.
        self._reported: set[tuple[Reference | None, str]] = set()
        self._closed = False

    @property
    def size(self) -> int:
        """Return how many bytes of audio are kept."""
        return total_size(self._slots.values())

    async def prepare(self, reference: Reference, link: PlayLink) -> RelayedMedia:
        """Fetch a clip as it is on the PBX now, from a link just obtained.

        Players do not wait then, and errors reach the caller: raise a LibraryError. A
        fetch is shared only if it cannot bring anything older.
        """
        fetch = self._slot(reference).fetch
        if fetch is None or not fetch.is_newer(link.requested_at):
            fetch = self._start(reference, link)
        return self._media(reference, await self._wait(fetch))

    async def prepare_several(
        self, messages: Sequence[MessageReference], seconds: float
    ) -> tuple[RelayedMedia, Collected]:
        """Fetch the first of some messages as one clip: what is there in time.

        Raise what is wrong with the first one if none of them has audio that plays.
        """
        began_at = time.monotonic()
        binary = get_ffmpeg_manager(self._hass).binary
        async with self._semaphore:
            collected = await collect(self._client, binary, messages, seconds)
            if not collected.messages:
                raise next(iter(collected.left_out.values()))
            reference = collected.reference
            slot = self._slot(reference)
            clips = await self._keep(slot, reference, collected.source, began_at)
        if self._closed:
            raise Interrupted
        return self._media(reference, clips), collected

    @callback
    def handed_out(self, media: RelayedMedia, players: Sequence[str]) -> None:
        """Note that players were told to play a clip. Warn if they do not ask for it.

        Whoever waits until the clip was heard uses `media.link.on_fetch`.
        """
        if not self._closed:
            async_watch_for_request(self._hass, media, players)

    async def get(self, link: RelayLink) -> Clip:
        """Return the clip of a link for a player; it is fetched if it is not fresh.

        Raise a LibraryError.
        """
        link.async_requested(self._hass.loop.time())
        slot = self._slot(link.reference)
        clips = slot.clips
        if clips is None or not slot.is_fresh:
            fetch = slot.fetch or self._start(link.reference, None)
            try:
                clips = await self._wait(fetch)
            except LibraryError as err:
                self._report(link.reference, err)
                raise
        else:
            slot.use()
        # The format changes when ffmpeg comes or goes.
        return clips.get(link.head if clips.suffix == link.suffix else b"")

    @callback
    def forget(self, reference: Reference) -> None:
        """Serve nothing of what was fetched of a clip.

        The audio of a greeting changes: its links lead to what the PBX has now. That of
        a message does not: it was deleted, and its links end, also those to several
        messages. If the PBX lists it again, it gets a new link.
        """
        ends = isinstance(reference, MessageReference)
        for other, slot in list(self._slots.items()):
            if reference in other.parts:
                slot.drop()
                # What an older fetch still brings is for the old slot.
                self._slots[other] = Slot(link=None if ends else slot.link)
        if ends:
            async_end_links(
                self._hass,
                lambda link: link.relay is self and reference in link.reference.parts,
            )

    @callback
    def forget_messages(self, is_gone: Callable[[MessageReference], bool]) -> None:
        """Serve nothing of those messages that are gone."""
        served = {
            part
            for link in async_links_of(self._hass, self)
            for part in link.reference.parts
            if isinstance(part, MessageReference)
        }
        for message in served:
            if is_gone(message):
                self.forget(message)

    @callback
    def close(self) -> None:
        """End the links, drop the audio, and cancel what is running."""
        self._closed = True
        async_end_links(self._hass, lambda link: link.relay is self)
        for fetch in self._fetches:
            fetch.cancel()
        for slot in self._slots.values():
            slot.drop()
        self._slots.clear()

    def _slot(self, reference: Reference) -> Slot:
        """Return the slot of a clip, as the one that is used last."""
        slot = self._slots.pop(reference, None) or Slot()
        if not self._closed:
            self._slots[reference] = slot
        return slot

    def _media(self, reference: Reference, clips: Clips) -> RelayedMedia:
        """Return a clip as it is handed to players."""
        link = self._link(reference, clips.suffix)
        clip = clips.get(link.head)
        now = self._hass.loop.time()
        return RelayedMedia(link, clip.content_type, clip.tag, now)

    def _link(self, reference: Reference, suffix: str) -> RelayLink:
        """Return a link to a clip: the newest one, if it is recent."""
        slot, metadata = self._slot(reference), self._metadata(reference)
        link = slot.link
        if (
            link is None
            or not link.is_recent
            or (link.metadata, link.suffix) != (metadata, suffix)
        ):
            link = RelayLink(self, reference, metadata, suffix, dt_util.utcnow())
            async_add_link(self._hass, link)
            slot.link = link
            self._forget_unused()
        return link

    def _metadata(self, reference: Reference) -> Metadata:
        """Return what players show of a clip."""
        name = self._names.get(reference.number)
        artist = f"{name} ({reference.number})" if name else self._entry.title
        return Metadata(reference.title, artist, self._entry.title)

    def _start(self, reference: Reference, link: PlayLink | None) -> Fetch:
        """Start a fetch, which is shared by all who want what it brings."""
        if self._closed:
            raise Interrupted
        slot = self._slot(reference)
        slot.fetch = fetch = Fetch(has_link=link is not None)
        fetch.task = self._entry.async_create_background_task(
            self._hass, self._fetch(slot, fetch, reference, link), f"fetch {reference}"
        )
        self._fetches.add(fetch.task)
        fetch.task.add_done_callback(lambda _: self._ended(slot, fetch))
        return fetch

    async def _wait(self, fetch: Fetch) -> Clips:
        """Return what a fetch brings; cancelling a caller does not cancel it."""
        await asyncio.wait([fetch.task])
        if self._closed or fetch.task.cancelled():
            raise Interrupted
        return fetch.task.result()

    @callback
    def _ended(self, slot: Slot, fetch: Fetch) -> None:
        self._fetches.discard(fetch.task)
        if slot.fetch is fetch:
            slot.fetch = None
        if not fetch.task.cancelled() and (err := fetch.task.exception()):
            drop_locals(err)

    async def _fetch(
        self, slot: Slot, fetch: Fetch, reference: Reference, link: PlayLink | None
    ) -> Clips:
        if link is None:
            link = await reference.get_link(self._client)
            fetch.has_link = True
        async with self._semaphore:
            fetch.began_at = time.monotonic()
            source = await self._download(reference, link)
            clips = await self._keep(slot, reference, source, fetch.began_at)
        self._reported = {
            each for each in self._reported if each[0] not in (None, reference)
        }
        return clips

    async def _keep(
        self, slot: Slot, reference: Reference, source: bytes, began_at: float
    ) -> Clips:
        """Convert what was fetched, and keep it for players.

        The same audio is converted once, whichever clips it is of.
        """
        digest = await content_digest(source)
        lock = self._locks.setdefault(digest, asyncio.Lock())
        async with lock:
            clips = self._find(digest) or await self._convert(source, digest)
            if self._slots.get(reference) is slot:
                slot.take(clips, began_at)
                self._make_room(slot)
        return clips

    async def _download(self, reference: Reference, link: PlayLink) -> bytes:
        """Return the audio of a reference; `link` leads to its first part."""
        _, *others = reference.parts
        sources = [await self._client.audio.download(link)]
        for part in others:
            link = await part.get_link(self._client)
            sources.append(await self._client.audio.download(link))
        return await join(get_ffmpeg_manager(self._hass).binary, sources)

    async def _convert(self, source: bytes, digest: str) -> Clips:
        audio = await convert(get_ffmpeg_manager(self._hass).binary, source)
        return Clips(audio, digest)

    def _find(self, digest: str) -> Clips | None:
        """Return the clips of a source that was converted before."""
        for slot in self._slots.values():
            if slot.clips and slot.clips.source_digest == digest:
                return slot.clips
        return None

    def _make_room(self, newest: Slot) -> None:
        """Drop the audio that was not used for the longest time."""
        for slot in self._slots.values():
            if self.size <= MAX_CACHE:
                break
            if slot is not newest:
                slot.drop()

    def _forget_unused(self) -> None:
        """Forget the slots that have nothing that is used again."""
        for reference, slot in list(self._slots.items()):
            is_shared = slot.link and slot.link.is_recent
            if not (slot.clips or slot.fetch or is_shared):
                del self._slots[reference]

    @callback
    def _report(self, reference: Reference, err: LibraryError) -> None:
        """Tell the user once of an error that players meet, until it is over."""
        if self._closed:
            return
        about = reference if isinstance(err, _OF_ONE_CLIP) else None
        if (about, err.key) not in self._reported:
            self._reported.add((about, err.key))
            _LOGGER.warning("%s cannot be relayed: %s", reference, in_log(err))
        async_handle_error(self._hass, self._entry, err)
