"""Questions to the PBX, shared by all who ask the same."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from ..pbx import Interrupted
from .tasks import Tasks


class Questions:
    """Ask about boxes by their numbers, with one request at a time.

    Whoever asks while a request is on its way waits for the next one, which is for all
    who wait: what was asked before may be out of date.
    """

    def __init__(
        self, ask: Callable[[list[str]], Awaitable[None]], tasks: Tasks, name: str
    ) -> None:
        """`ask` sends a request for some numbers, and takes over the answer."""
        self._ask = ask
        self._tasks = tasks
        self._name = name
        self._asked: list[str] = []
        self._waiting: dict[str, None] = {}
        self._running: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None

    async def ask(self, numbers: Iterable[str]) -> None:
        """Ask about some boxes; raise a YeastarError."""
        self._waiting |= dict.fromkeys(numbers)
        if self._next is None:
            answer = self._answer(self._running)
            self._next = self._tasks.async_create(answer, self._name)
            self._next.add_done_callback(_note_error)
        await _wait(self._next)

    async def wait_or_ask(self, numbers: Iterable[str]) -> None:
        """Wait for those boxes that somebody asks about, and ask about the others."""
        asked, running = self._asked, self._running
        others = [each for each in numbers if running is None or each not in asked]
        if running:
            await _wait(running)
        if others:
            await self.ask(others)

    async def _answer(self, before: asyncio.Task[None] | None) -> None:
        if before:
            await asyncio.wait([before])
        self._running, self._next = self._next, None
        self._asked, self._waiting = list(self._waiting), {}
        try:
            await self._ask(self._asked)
        finally:
            self._running = None


def _note_error(task: asyncio.Task[None]) -> None:
    """Let an error be no surprise if nobody waits any longer."""
    if not task.cancelled():
        task.exception()


async def _wait(task: asyncio.Task[None]) -> None:
    """Wait for an answer, which is for others, too; raise a YeastarError."""
    await asyncio.wait([task])
    if task.cancelled():
        raise Interrupted
    task.result()
