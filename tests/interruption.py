"""Cancel a coroutine at any of its awaits, as a browser does that goes away."""

import asyncio
from collections.abc import Coroutine, Generator
from functools import partial
import types
from typing import Any


@types.coroutine
def _cancelled_at[T](
    coroutine: Coroutine[Any, Any, T], suspension: int
) -> Generator[Any, Any, T]:
    """Run a coroutine; cancel the task that runs it when it waits for the nth time."""
    steps = coroutine.__await__()
    go_on = partial(steps.send, None)
    waits = 0
    while True:
        try:
            waits_for = go_on()
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        waits += 1
        if waits == suspension:
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

    async def run() -> None:
        await _cancelled_at(coroutine, suspension)

    task = asyncio.create_task(run())
    await asyncio.wait([task])
    if task.cancelled():
        return True
    task.result()
    return False
