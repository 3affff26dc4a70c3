"""What the PBX does later, by its own clock."""

import asyncio
from collections.abc import Callable
import heapq
from itertools import count


class Timeline:
    """Actions and when they are due, in seconds since the epoch.

    They run when the PBX is asked for something after that, and between ``start`` and
    ``stop`` by a timer, too. A test that moves the clock calls ``run_due``.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """Take the clock of the PBX."""
        self._clock = clock
        self._actions: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._due: float | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def now(self) -> float:
        """The time; for an action, the one that it was due at."""
        return self._clock() if self._due is None else self._due

    def start(self) -> None:
        """Run what is due by a timer of the running event loop from now on."""
        self._loop = asyncio.get_running_loop()
        self._set_timer()

    def stop(self) -> None:
        """Leave no timer behind."""
        self._loop = None
        self._cancel_timer()

    def at(self, when: float, action: Callable[[], None]) -> None:
        """Let an action happen at ``when``, after those of the same time."""
        heapq.heappush(self._actions, (when, next(self._order), action))
        self._set_timer()

    def run_due(self) -> None:
        """Run the actions that are due, in the order of their times."""
        while self._actions and self._actions[0][0] <= self._clock():
            self._due, _, action = heapq.heappop(self._actions)
            action()
        self._due = None
        self._set_timer()

    def _set_timer(self) -> None:
        self._cancel_timer()
        if self._loop is not None and self._actions:
            delay = max(0, self._actions[0][0] - self._clock())
            self._timer = self._loop.call_later(delay, self.run_due)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
