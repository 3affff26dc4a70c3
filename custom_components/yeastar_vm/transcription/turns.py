"""Turns: one at a time, and of those who wait, the first by order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import heapq
from itertools import count


class Turns:
    """Whose turn it is to use something."""

    def __init__(self) -> None:
        self._is_used = False
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = count()

    @asynccontextmanager
    async def turn(self, order: float) -> AsyncIterator[None]:
        """Wait for a turn; the lowest order is next."""
        if self._is_used:
            await self._wait(order)
        self._is_used = True
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, order: float) -> None:
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (order, next(self._count), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self._pass_on()  # It came just then.
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            *_, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._is_used = False
