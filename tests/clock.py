"""The time of a test: it stands still, and passes as fast as everything else allows."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
import time
from typing import Any, Final, Self

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

_IDLE_TURNS: Final = 5  # of the event loop, in which what is sent arrives
_SHORTEST_STEP: Final = 0.001  # seconds
# Whatever nobody set a timer for is noticed so soon.
_LONGEST_STEP: Final = 60 * 60


class Clock:
    """The clock of Home Assistant, of the simulated PBX, and of the event loop.

    Time passes only while nothing happens, also not in threads and processes, from one
    timer to the next: the same test takes the same course on a slow machine.
    """

    def __init__(self, freezer: FrozenDateTimeFactory) -> None:
        """Move this frozen time."""
        self._freezer = freezer
        self._loop: Any = asyncio.get_running_loop()
        self._now: float = self._loop.time()
        self._elsewhere = set[asyncio.Future[Any]]()
        """What happens in threads and processes."""

    @contextmanager
    def taken_over(self) -> Iterator[Self]:
        """Take over the clock of the event loop.

        That of frozen time looks at who asks, which would take a third of all time.
        """
        run_in_executor = self._loop.run_in_executor
        subprocess_exec = self._loop.subprocess_exec
        selector = self._loop._selector
        select = selector.select

        def run(executor: Any, call: Callable[..., Any], *args: Any) -> Any:
            future = run_in_executor(executor, call, *args)
            self._wait_for(future)
            return future

        async def start(*args: Any, **kwargs: Any) -> Any:
            transport, protocol = await subprocess_exec(*args, **kwargs)
            self._wait_for(asyncio.ensure_future(transport._wait()))
            return transport, protocol

        def wait(timeout: float | None) -> Any:
            # Timers do not run while something happens elsewhere. Without this, the
            # loop would look at one that is due all the time.
            is_waiting = self._elsewhere and not self._loop._ready
            return select(None if is_waiting else timeout)

        self._loop.time = lambda: self._now
        selector.select = wait
        self._loop.run_in_executor = run
        self._loop.subprocess_exec = start
        try:
            yield self
        finally:
            del self._loop.time
            del selector.select
            del self._loop.run_in_executor
            del self._loop.subprocess_exec

    def _wait_for(self, elsewhere: asyncio.Future[Any]) -> None:
        self._elsewhere.add(elsewhere)
        elsewhere.add_done_callback(self._elsewhere.discard)

    def tick(self, seconds: float) -> None:
        """Let it be later at once, as after a sleep: what was due is late."""
        self._now += seconds
        self._freezer.tick(seconds)

    def move_to(self, when: str | datetime) -> None:
        """Set the time of the day. Timers do not go by it."""
        self._freezer.move_to(when)

    async def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        await self._run_until(self._now + seconds)

    async def until(self, when: float) -> None:
        """Let time pass until it is some time, in seconds since the epoch."""
        await self._run_until(self._now + when - time.time())

    async def during[T](self, what: Awaitable[T]) -> T:
        """Let time pass as far as something needs it to be done."""
        task = asyncio.ensure_future(what)
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
            if self._elsewhere:
                await asyncio.wait(self._elsewhere)
            await asyncio.sleep(0)
            turns = 0 if self._loop._ready or self._elsewhere else turns + 1

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


async def due(hass: HomeAssistant) -> None:
    """Let Home Assistant do what is due by now, and all that follows."""
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done(wait_background_tasks=True)


async def wait(hass: HomeAssistant, clock: Clock, seconds: float) -> None:
    """Let it be later at once, and Home Assistant do what is due then."""
    clock.tick(seconds)
    await due(hass)
