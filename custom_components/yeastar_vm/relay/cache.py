"""Converted audio, kept by the digest of what it was made from."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from ..audio import MAX_CLIP, Audio

CACHE_TIME: Final = 15 * 60  # seconds since the last use
MAX_CACHE: Final = MAX_CLIP  # bytes


@dataclass(slots=True)
class _Kept:
    """Audio, and the timer that drops it."""

    audio: Audio
    timer: asyncio.TimerHandle


class AudioCache:
    """The converted audio of one PBX: the same source is converted once."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        convert: Callable[[bytes], Coroutine[Any, Any, Audio]],
    ) -> None:
        """Initialize the cache; `convert` makes audio of a source."""
        self._loop = loop
        self._convert = convert
        self._kept: dict[str, _Kept] = {}
        self._conversions: dict[str, asyncio.Task[Audio]] = {}

    @property
    def size(self) -> int:
        """Return how many bytes are kept."""
        return sum(len(kept.audio.content) for kept in self._kept.values())

    def get(self, digest: str) -> Audio | None:
        """Return the audio of a source with this digest, or None."""
        if (kept := self._kept.pop(digest, None)) is None:
            return None
        kept.timer.cancel()
        self._keep(digest, kept.audio)
        return kept.audio

    async def convert(self, digest: str, source: bytes) -> Audio:
        """Return the audio of a source with this digest.

        One conversion is shared; cancelling a caller does not cancel it.
        """
        if audio := self.get(digest):
            return audio
        if (conversion := self._conversions.get(digest)) is None:
            conversion = self._loop.create_task(self._convert(source))
            self._conversions[digest] = conversion
            conversion.add_done_callback(lambda task: self._converted(digest, task))
        await asyncio.wait([conversion])
        return conversion.result()

    def close(self) -> None:
        """Drop everything and cancel the conversions."""
        for conversion in self._conversions.values():
            conversion.cancel()
        for digest in list(self._kept):
            self._drop(digest)

    def _converted(self, digest: str, conversion: asyncio.Task[Audio]) -> None:
        del self._conversions[digest]
        if conversion.cancelled() or conversion.exception():
            return
        audio = conversion.result()
        # What was not used for the longest time makes room.
        while self._kept and self.size + len(audio.content) > MAX_CACHE:
            self._drop(next(iter(self._kept)))
        self._keep(digest, audio)

    def _keep(self, digest: str, audio: Audio) -> None:
        timer = self._loop.call_later(CACHE_TIME, self._drop, digest)
        self._kept[digest] = _Kept(audio, timer)

    def _drop(self, digest: str) -> None:
        self._kept.pop(digest).timer.cancel()
