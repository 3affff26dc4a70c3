"""For how long the event loop stops."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import time

_BETWEEN_LOOKS = 0.001  # seconds


@asynccontextmanager
async def watched_loop() -> AsyncIterator[list[float]]:
    """Note in a list for how many seconds the event loop did not turn, each time.

    Another thread of this process that keeps Python to itself counts, too, and so does
    a garbage collection. What other programs take of the processor does not.
    """
    stops: list[float] = []

    async def watch() -> None:
        while True:
            started, cpu = time.perf_counter(), time.process_time()
            await asyncio.sleep(_BETWEEN_LOOKS)
            waited = time.perf_counter() - started - _BETWEEN_LOOKS
            stops.append(max(0, min(waited, time.process_time() - cpu)))

    watching = asyncio.create_task(watch())
    try:
        yield stops
    finally:
        watching.cancel()
