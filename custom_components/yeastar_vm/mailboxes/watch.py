"""Look for messages whose events have come until the PBX lists them."""

import asyncio
from contextlib import suppress
from math import inf
from typing import Final

from .announcements import LISTED_WITHIN, Announcements
from .messages import MessageCoordinator

# Seconds between two questions for messages that are not listed yet.
PAUSE: Final = 1.5
# A call that was not for a mailbox may have been forwarded to one. All mailboxes are
# asked for then: at once, after some seconds, and when the message is listed at the
# latest.
SECOND_LOOK: Final = 5
# There may be many such calls: so many looks at once, and then one every some seconds,
# which is for all calls until then.
LOOKS_AT_ONCE: Final = 6
LOOK_INTERVAL: Final = 150


class MessageWatch:
    """Ask for messages while some are expected, and not more often than that."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        messages: MessageCoordinator,
        announcements: Announcements,
    ) -> None:
        self._loop = loop
        self._messages = messages
        self._announcements = announcements
        self._changed = asyncio.Event()
        self._must_look = False
        # When all mailboxes are asked for, and for the last time.
        self._looks: list[float] = []
        self._last_look = inf
        # Until when the looks that are planned are enough.
        self._planned_until = -inf
        # When as many looks as at first may be made at once: each takes its interval.
        self._rested_at = -inf

    def expect(self, number: str) -> None:
        """Look for a message that was left in a mailbox."""
        self._announcements.announce(number)
        self._changed.set()

    def look_everywhere(self) -> None:
        """Look for a message that may have been left in any mailbox."""
        now = self._loop.time()
        if now >= self._planned_until:
            self._looks = [now, now + SECOND_LOOK]
            self._planned_until = now + LISTED_WITHIN
        self.look_later()

    def look_later(self) -> None:
        """Look for messages whose events are missed, when they are listed."""
        self._last_look = self._loop.time() + LISTED_WITHIN
        self._changed.set()

    def look_now(self) -> None:
        """Ask for all mailboxes in any case, and look for missed messages later."""
        self._must_look = True
        self.look_later()

    async def run(self) -> None:
        """Look for messages for as long as there are mailboxes."""
        while True:
            self._changed.clear()
            if self._is_look_due() or self._must_look:
                self._must_look = False
                await self._messages.async_refresh()
            if (
                numbers := self._announcements.take_new()
                | self._announcements.missing()
            ):
                await self._messages.async_try_update(numbers)
            with suppress(TimeoutError):
                async with asyncio.timeout_at(self._next_at()):
                    await self._changed.wait()

    def _is_look_due(self) -> bool:
        """Return whether to ask for all mailboxes now."""
        now = self._loop.time()
        if now < self._next_look():
            return False
        self._looks = [at for at in self._looks if at > now]
        if self._last_look <= now:
            self._last_look = inf
        self._rested_at = max(self._rested_at, now) + LOOK_INTERVAL
        return True

    def _next_look(self) -> float:
        """Return when the next look is due: one that is too soon waits."""
        planned = min(*self._looks, self._last_look, inf)
        return max(planned, self._rested_at - (LOOKS_AT_ONCE - 1) * LOOK_INTERVAL)

    def _next_at(self) -> float | None:
        """Return when there is something to do, or None if nothing is known of."""
        next_at = self._next_look()
        if self._announcements.missing():
            next_at = min(next_at, self._loop.time() + PAUSE)
        return None if next_at == inf else next_at
