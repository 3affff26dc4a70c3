"""A clock that moves from timer to timer, as fast as everything else allows."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
import time
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory

from tests.common import HOUR

_IDLE_TURNS: Final = 3  # of the event loop, in which what is sent arrives
_SHORTEST_STEP: Final = 0.001  # seconds


class Clock:
    """Moves the frozen time of a test, and that of the running event loop with it.

    Time passes only while nothing happens, also not in threads, so that the same
    test takes the same course on a slow machine.
    """

    def __init__(self, freezer: FrozenDateTimeFactory) -> None:
        """Move this frozen time."""
        self._freezer = freezer
        self._loop: Any = asyncio.get_running_loop()
        self._now: float = self._loop.time()
        self._began_at = time.time() - self._now
        self._threads = set[asyncio.Future[Any]]()

    @contextmanager
    def running(self) -> Iterator[None]:
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
            yield
        finally:
            del self._loop.time
            del self._loop.run_in_executor

    async def until(self, when: float) -> None:
        """Let time pass until it is some time, in seconds since the epoch."""
        while True:
            await self._settle()
            if (left := when - self._began_at - self._now) <= _SHORTEST_STEP:
                return
            self._tick(left)

    async def during[T](self, what: Coroutine[Any, Any, T]) -> T:
        """Let time pass as far as something needs it to be done."""
        task = asyncio.create_task(what)
        while True:
            await self._settle()
            if task.done():
                return task.result()
            self._tick()

    def _tick(self, most: float = HOUR) -> None:
        timers = (each.when() for each in self._loop._scheduled if not each._cancelled)
        step = min(most, min(timers, default=self._now + most) - self._now)
        step = max(step, _SHORTEST_STEP)
        self._now += step
        self._freezer.tick(step)

    async def _settle(self) -> None:
        """Wait until nothing happens, here and at the simulated PBX."""
        turns = 0
        while turns < _IDLE_TURNS:
            if self._threads:
                await asyncio.wait(self._threads)
            await asyncio.sleep(0)
            turns = 0 if self._loop._ready or self._threads else turns + 1
