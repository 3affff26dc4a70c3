"""Converted audio, kept by the digest of what it was made from."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from ...audio import MAX_CLIP, Audio
from .clip import Clips

CACHE_TIME: Final = 15 * 60  # seconds since the last use
MAX_CACHE: Final = MAX_CLIP  # bytes


@dataclass(slots=True)
class _Kept:
    """The clips of some audio, and the timer that drops them."""

    clips: Clips
    timer: asyncio.TimerHandle


class AudioCache:
    """The converted audio of one PBX: the same source is converted once."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        convert: Callable[[bytes], Coroutine[Any, Any, Audio]],
    ) -> None:
        self._loop = loop
        self._convert = convert
        self._kept: dict[str, _Kept] = {}
        self._conversions: dict[str, asyncio.Task[Clips]] = {}

    @property
    def size(self) -> int:
        """Return how many bytes are kept."""
        return sum(kept.clips.size for kept in self._kept.values())

    def get(self, digest: str) -> Clips | None:
        """Return the clips of a source with this digest, or None."""
        if (kept := self._kept.pop(digest, None)) is None:
            return None
        kept.timer.cancel()
        self._keep(digest, kept.clips)
        return kept.clips

    async def convert(self, digest: str, source: bytes) -> Clips:
        """Return the clips of a source with this digest.

        One conversion is shared; cancelling a caller does not cancel it.
        """
        if clips := self.get(digest):
            return clips
        if (conversion := self._conversions.get(digest)) is None:
            conversion = self._loop.create_task(self._convert_to_clips(source))
            self._conversions[digest] = conversion
            conversion.add_done_callback(lambda task: self._converted(digest, task))
        await asyncio.wait([conversion])
        return conversion.result()

    def close(self) -> None:
        """Drop everything and cancel the conversions."""
        for conversion in self._conversions.values():
            conversion.cancel()
        self._conversions.clear()
        for digest in list(self._kept):
            self._drop(digest)

    async def _convert_to_clips(self, source: bytes) -> Clips:
        return Clips(await self._convert(source))

    def _converted(self, digest: str, conversion: asyncio.Task[Clips]) -> None:
        is_wanted = self._conversions.pop(digest, None) is conversion
        if conversion.cancelled() or conversion.exception() or not is_wanted:
            return
        clips = conversion.result()
        # What was not used for the longest time makes room.
        while self._kept and self.size + clips.size > MAX_CACHE:
            self._drop(next(iter(self._kept)))
        self._keep(digest, clips)

    def _keep(self, digest: str, clips: Clips) -> None:
        timer = self._loop.call_later(CACHE_TIME, self._drop, digest)
        self._kept[digest] = _Kept(clips, timer)

    def _drop(self, digest: str) -> None:
        self._kept.pop(digest).timer.cancel()
