"""The time of a test: it stands still, and passes as fast as everything else allows."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
import time
from typing import Any, Final, Self

from freezegun.api import FrozenDateTimeFactory

_IDLE_TURNS: Final = 5  # of the event loop, in which what is sent arrives
_SHORTEST_STEP: Final = 0.001  # seconds
# Whatever nobody set a timer for is noticed so soon.
_LONGEST_STEP: Final = 60 * 60


class Clock:
    """The clock of Home Assistant, of the simulated PBX, and of the event loop.

    Time passes only while nothing happens, also not in threads, from one timer to the
    next: the same test takes the same course on a slow machine.
    """

    def __init__(self, freezer: FrozenDateTimeFactory) -> None:
        """Move this frozen time."""
        self._freezer = freezer
        self._loop: Any = asyncio.get_running_loop()
        self._now: float = self._loop.time()
        self._threads = set[asyncio.Future[Any]]()

    @contextmanager
    def taken_over(self) -> Iterator[Self]:
        """Take over the clock of the event loop.

        That of frozen time looks at who asks, which would take a third of all time.
        """
        run_in_executor = self._loop.run_in_executor

        def run(executor: Any, call: Callable[..., Any], *args: Any) -> Any:
            future = run_in_executor(executor, call, *args)
            self._threads.add(future)
            future.add_done_callback(self._threads.discard)
            return future

        self._loop.time = lambda: self._now
        self._loop.run_in_executor = run
        try:
            yield self
        finally:
            del self._loop.time
            del self._loop.run_in_executor

    def tick(self, seconds: float) -> None:
        """Let it be later at once, as after a sleep: what was due is late."""
        self._now += seconds
        self._freezer.tick(seconds)

    def move_to(self, when: str) -> None:
        """Set the time of the day. Timers do not go by it."""
        self._freezer.move_to(when)

    async def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        await self._run_until(self._now + seconds)

    async def until(self, when: float) -> None:
        """Let time pass until it is some time, in seconds since the epoch."""
        await self._run_until(self._now + when - time.time())

    async def during[T](self, what: Coroutine[Any, Any, T]) -> T:
        """Let time pass as far as something needs it to be done."""
        task = asyncio.create_task(what)
        while True:
            await self.settle()
            if task.done():
                return task.result()
            self._step()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let time pass whenever nothing happens, for as long as this lasts."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()

    async def settle(self) -> None:
        """Wait until nothing happens, here and at the simulated PBX."""
        turns = 0
        while turns < _IDLE_TURNS:
            if self._threads:
                await asyncio.wait(self._threads)
            await asyncio.sleep(0)
            turns = 0 if self._loop._ready or self._threads else turns + 1

    async def _run(self) -> None:
        while True:
            await self.settle()
            self._step()

    async def _run_until(self, end: float) -> None:
        while True:
            await self.settle()
            if (left := end - self._now) <= _SHORTEST_STEP:
                self.tick(max(left, 0))
                await self.settle()
                return
            self._step(left)

    def _step(self, most: float = _LONGEST_STEP) -> None:
        timers = (each.when() for each in self._loop._scheduled if not each._cancelled)
        step = min(most, min(timers, default=self._now + most) - self._now)
        self.tick(max(step, _SHORTEST_STEP))
