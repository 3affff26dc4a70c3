"""Time that passes as fast as bytes do, for a PBX that is slow."""

import asyncio
from collections.abc import Awaitable, Callable

from freezegun.api import real_monotonic

_ROUNDS = 4
"""Turns of the event loop in which what was sent arrives."""
_STEP = 0.1
_REAL_STEP = 0.001


class FastForward:
    """Moves the clock of the running event loop, instead of waiting.

    A client's time limits go by the same clock, so that they run out when they would.
    ``sleep`` is for ``PbxSimulator.sleep``. ``moved`` is told by how many seconds the
    clock was moved, to move another one along. The clock of a loop is not put back.
    """

    def __init__(self, moved: Callable[[float], object] = lambda _: None) -> None:
        """Take over the clock of the running event loop."""
        self._ahead = 0.0
        self._moved = moved
        self._wakes: list[float] = []
        asyncio.get_running_loop().time = self.time  # type: ignore[method-assign]

    def time(self) -> float:
        """Return the time of the event loop, in seconds."""
        return real_monotonic() + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Let time pass as soon as nobody else sleeps for less."""
        wake = self.time() + seconds
        self._wakes.append(wake)
        try:
            for _ in range(_ROUNDS):
                await asyncio.sleep(0)
            while (left := wake - self.time()) > 0:
                if wake <= min(self._wakes):
                    self._move(left)
                else:
                    await asyncio.sleep(0)
        finally:
            self._wakes.remove(wake)

    async def until[T](self, done: Awaitable[T]) -> T:
        """Let time pass until something is done, a hundred times as fast as it would.

        What a process or a thread does meanwhile seems to take that much longer.
        """
        task = asyncio.ensure_future(done)
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=_REAL_STEP)
                self._move(_STEP)
        finally:
            task.cancel()
        return await task

    def _move(self, seconds: float) -> None:
        self._ahead += seconds
        self._moved(seconds)
