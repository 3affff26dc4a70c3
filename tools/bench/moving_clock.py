"""An hour of Home Assistant without waiting for it."""

import asyncio
import time

from .callers import Callers

STEP = 5  # seconds that the clocks move at once


class MovingClock:
    """Moves the clocks of Home Assistant and of a PBX ahead, step by step.

    Timers are due as if the time had passed, and after each step everything that is
    sent has the time that it takes. The clock of an event loop is not put back.
    """

    def __init__(self) -> None:
        """Take over the clock of the running event loop, and that of the day."""
        self._ahead = 0
        monotonic, now = time.monotonic, time.time
        loop = asyncio.get_running_loop()
        loop.time = lambda: monotonic() + self._ahead  # type: ignore[method-assign]
        time.time = lambda: now() + self._ahead

    async def pass_time(self, seconds: int, people: Callers) -> None:
        """Let time pass, for the PBX as well."""
        for _ in range(seconds // STEP):
            self._ahead += STEP
            await people.move_clock(STEP)
            await people.quiet()
