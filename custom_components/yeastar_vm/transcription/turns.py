"""Turns: one at a time, and of those who wait, the first by order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

type Order = Callable[[], float]


class Turns:
    """Whose turn it is to use something."""

    def __init__(self) -> None:
        self._is_used = False
        self._waiting: list[tuple[Order, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def turn(self, order: Order) -> AsyncIterator[None]:
        """Wait for a turn; the lowest order is next, as it is then."""
        if self._is_used:
            await self._wait(order)
        self._is_used = True
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, order: Order) -> None:
        turn = asyncio.get_running_loop().create_future()
        place = order, turn
        self._waiting.append(place)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._waiting.remove(place)
            else:
                self._pass_on()  # It came just then.
            raise

    def _pass_on(self) -> None:
        # Who was cancelled just now is still among them.
        waiting = [place for place in self._waiting if not place[1].done()]
        if not waiting:
            self._is_used = False
            return
        place = min(waiting, key=lambda place: place[0]())
        self._waiting.remove(place)
        place[1].set_result(None)
