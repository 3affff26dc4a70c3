"""What the relay has of one clip, from the first play until nobody wants it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

from .clip import Clips
from .link import RelayLink


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

    `digest` is that of the source of the audio. `began_at` is when its download began,
    in the time of `time.monotonic`. `timer` drops the audio.
    """

    link: RelayLink | None = None
    fetch: Fetch | None = None
    clips: Clips | None = None
    digest: str = ""
    began_at: float = -inf
    timer: asyncio.TimerHandle | None = None

    def take(self, clips: Clips, digest: str, began_at: float) -> None:
        """Take what was fetched, unless a fetch that began later was faster."""
        if began_at >= self.began_at:
            self.clips, self.digest, self.began_at = clips, digest, began_at

    def drop(self) -> None:
        """Give the memory of the audio back."""
        self.clips = None
        if self.timer:
            self.timer.cancel()


def total_size(slots: Iterable[Slot]) -> int:
    """Return how many bytes of audio slots have, which they may share."""
    distinct = {id(slot.clips): slot.clips for slot in slots if slot.clips}
    return sum(clips.size for clips in distinct.values())
