"""What the relay has of one clip, from the first play until nobody wants it."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import inf
from typing import Final

from .clip import Clips
from .link import RelayLink

FRESH_TIME: Final = 5 * 60  # seconds in which players get what was fetched before
CACHE_TIME: Final = 15 * 60  # seconds since the last use


@dataclass(slots=True, eq=False)
class Fetch:
    """A fetch that is running.

    `began_at` is when its download began: in the future at first.
    """

    has_link: bool
    began_at: float = inf
    task: asyncio.Task[Clips] = field(init=False)

    def is_newer(self, requested_at: float) -> bool:
        """Return whether it is as good as one with a link that was requested then.

        Without a link, it may still fail for a reason of its own.
        """
        return self.has_link and self.began_at >= requested_at


@dataclass(slots=True, eq=False)
class Slot:
    """One clip: its newest link and fetch, and the audio that was fetched last.

    `began_at` is when the download of the audio began, in the time of `time.monotonic`.
    Players get the audio while it `is_fresh`. `timers` end that, and drop the audio.
    """

    link: RelayLink | None = None
    fetch: Fetch | None = None
    clips: Clips | None = None
    began_at: float = -inf
    is_fresh: bool = field(init=False)
    timers: dict[str, asyncio.TimerHandle] = field(default_factory=dict)

    def take(self, clips: Clips, began_at: float) -> None:
        """Take what was fetched, unless a fetch that began later was faster."""
        if began_at >= self.began_at:
            self.clips, self.began_at = clips, began_at
            self.is_fresh = True
            self._later(FRESH_TIME, self._age)
            self.use()

    def use(self) -> None:
        """Keep the audio for another while."""
        self._later(CACHE_TIME, self.drop)

    def drop(self) -> None:
        """Give the memory of the audio back."""
        self.clips = None
        for timer in self.timers.values():
            timer.cancel()

    def _age(self) -> None:
        self.is_fresh = False

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call something after some seconds, and not before, if it was to be."""
        if timer := self.timers.get(call.__name__):
            timer.cancel()
        loop = asyncio.get_running_loop()
        self.timers[call.__name__] = loop.call_later(seconds, call)


def total_size(slots: Iterable[Slot]) -> int:
    """Return how many bytes of audio slots have, which they may share."""
    distinct = {id(slot.clips): slot.clips for slot in slots if slot.clips}
    return sum(clips.size for clips in distinct.values())
