"""Cancel a coroutine at any of its awaits, as a browser does that goes away."""

import asyncio
from collections.abc import Coroutine, Generator
from functools import partial
import types
from typing import Any


class Interruption:
    """Cancels the task that runs a coroutine when it waits for the nth time."""

    def __init__(self, suspension: int) -> None:
        """Wait for the nth time, which may never come."""
        self._suspension = suspension
        self._waits = 0

    @property
    def has_come(self) -> bool:
        """Return whether the task was cancelled."""
        return self._waits >= self._suspension

    @types.coroutine
    def run[T](self, coroutine: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
        """Run a coroutine."""
        steps = coroutine.__await__()
        go_on = partial(steps.send, None)
        while True:
            try:
                waits_for = go_on()
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            self._waits += 1
            if self._waits == self._suspension:
                task = asyncio.current_task()
                assert task
                task.cancel()
            try:
                yield waits_for
            except BaseException as err:  # noqa: BLE001 - CancelledError, above all
                go_on = partial(steps.throw, err)
            else:
                go_on = partial(steps.send, None)


async def interrupt(coroutine: Coroutine[Any, Any, Any], suspension: int) -> bool:
    """Run a coroutine in a task, and cancel that when it waits for the nth time.

    Return whether it was cancelled: it may end before.
    """
    interruption = Interruption(suspension)

    async def run() -> None:
        await interruption.run(coroutine)

    task = asyncio.create_task(run())
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()
    return interruption.has_come
