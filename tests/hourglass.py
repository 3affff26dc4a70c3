"""Let time pass while a request waits, so that its limit ends it at once."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, override

from aiohttp import web
from freezegun.api import FrozenDateTimeFactory

from simulator import outages
from simulator.faults import Spoiler
from simulator.lines import Answer

_TURNS: Final = 5  # of the event loop in a second: what is sent arrives in a few


class Hourglass:
    """Moves the frozen clock, second by second, while somebody waits."""

    def __init__(self, clock: FrozenDateTimeFactory) -> None:
        """Move this clock."""
        self._clock = clock

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let time pass for as long as this lasts."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()

    async def _run(self) -> None:
        while True:
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            self._clock.tick(1)


class Waiting:
    """Inflicts a fault, and lets time pass for as long as it holds the answer back."""

    def __init__(self, fault: Spoiler, hourglass: Hourglass) -> None:
        """Inflict `SILENT` or `SLOW`."""
        self._fault = fault
        self._hourglass = hourglass

    async def inflict(self, http: web.Request, answer: Answer) -> web.StreamResponse:
        """Answer late, if at all."""
        with self._hourglass.running():
            return await self._fault.inflict(http, answer)


class Deaf(outages.Deaf):
    """Takes a connection and never says a word; time passes meanwhile."""

    def __init__(self, hourglass: Hourglass) -> None:
        """Wait for a connection."""
        self._running = hourglass.running()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._running.__enter__()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._running.__exit__(None, None, None)


class DeadAddress(outages.DeadAddress):
    """Neither takes connections nor refuses them; time passes meanwhile."""

    def __init__(self, hourglass: Hourglass, host: str, port: int) -> None:
        """Take the port."""
        super().__init__(host, port)
        self._running = hourglass.running()
        self._running.__enter__()

    @override
    def close(self) -> None:
        self._running.__exit__(None, None, None)
        super().close()
