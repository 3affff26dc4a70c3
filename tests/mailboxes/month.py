"""A month of mail at a simulated PBX, with everything that may go wrong."""

from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
import heapq
from itertools import count
from math import inf
import random
from random import Random
import time
from typing import Any, Final

from custom_components.yeastar_vm.mailboxes.announcements import LISTED_WITHIN
from custom_components.yeastar_vm.mailboxes.watch import (
    LOOK_INTERVAL,
    LOOKS_AT_ONCE,
    SECOND_LOOK,
)
from simulator import CallParties, MailboxFullError
from tests.common import HOUR, MINUTE, our_tasks, shown

from .household import EVENTS, Household
from .incidents import INCIDENTS, OF_HTTPS, Incident

POLL_INTERVAL: Final = 15 * MINUTE
DAY: Final = 24 * HOUR
EVERYBODY: Final = "6100"  # a group that gives each member a copy
PRIVATE: Final = "0042"  # no mailbox
CALLED: Final = (*EVENTS, *EVENTS, EVERYBODY, PRIVATE)
DURATIONS: Final = (5, 40, 3 * MINUTE, 12 * MINUTE, 40 * MINUTE, 2 * HOUR)
AUDIO: Final = b"RIFF"
# Seconds. What is not supported or does not exist is looked for again after an hour.
RECOVERY: Final = 70 * MINUTE

# Hours after 4 o'clock, when a day begins: incidents, the end of all, and a look at it.
FIRST_INCIDENT: Final = 1
LAST_INCIDENT: Final = 19
CALM: Final = 21.5
CHECK: Final = 23.9

type Action = Callable[[], Coroutine[Any, Any, None]]


class Month(Household):
    """Lets callers leave messages, and much else happen, by chance.

    The same seed makes the same month.
    """

    def __init__(self, *household: Any) -> None:
        """Begin with empty mailboxes."""
        super().__init__(*household)
        self.incidents = 0
        self._incidents = OF_HTTPS if self.pbx.https else INCIDENTS
        self._schedule: list[tuple[float, int, str, Action]] = []
        self._order = count()
        self._going_on: dict[int, AsyncGenerator[None]] = {}
        # When events named no mailbox.
        self._nameless = set[float]()

    async def run(self, days: int) -> None:
        """Live through the month."""
        await self.clock.during(self.start())
        await self.clock.during(self.add_pbx())
        first = time.time()
        for day in range(days):
            self._plan(first + day * DAY, Random(f"{self.seed} day {day}"))
        while self._schedule:
            when, order, what, action = heapq.heappop(self._schedule)
            await self.clock.until(when)
            # What happens does not depend on how often chance was asked before; pauses
            # of the integration have some chance in them, too.
            self.random.seed(f"{self.seed} {order}")
            random.seed(f"{self.seed} {order}")
            if what:
                self.note(what)
            await self.clock.during(action())
            assert self.ledger.faults == [], self.ledger.faults
        await self.clock.during(self.stop())
        assert our_tasks() == []

    def _plan(self, day: float, chance: Random) -> None:
        """Plan a day that begins at some time; at weekends few people call."""
        at_work = datetime.fromtimestamp(day, UTC).weekday() < 5
        for _ in range(chance.randint(60, 80) if at_work else chance.randint(10, 30)):
            self._at(day + chance.triangular(0, 20, 6) * HOUR, "", self._call)
            self._at(day + chance.uniform(2, 20) * HOUR, "", self._pick_up)
        for _ in range(chance.randint(8, 12) if at_work else chance.randint(2, 5)):
            incident = chance.choice(self._incidents)
            start = day + chance.uniform(FIRST_INCIDENT, LAST_INCIDENT) * HOUR
            self._at(start, incident.__name__, partial(self._begin, incident))
        self._at(day + CALM * HOUR, "calm", self._calm)
        self._at(day + CHECK * HOUR, "check", self._check)

    def _at(self, when: float, what: str, action: Action) -> None:
        heapq.heappush(self._schedule, (when, next(self._order), what, action))

    # What happens

    async def _call(self) -> None:
        """Let one caller or several at once leave a message."""
        for _ in range(self.random.choice((1,) * 9 + (2, 4))):
            box = self.random.choice(CALLED)
            if box not in self.pbx.extensions and box not in self.pbx.groups:
                continue
            announced = self.random.random() < 0.85
            self.ledger.limit = self._limit(box, announced=announced)
            with suppress(MailboxFullError):
                self.pbx.leave_message(
                    box,
                    f"1555{self.random.randrange(10**4):04}",
                    self.random.choice(("", "Anna Weber", 'Zoë, "Zo"')),
                    AUDIO,
                    duration=self.random.randrange(2, 600),
                    announced=announced,
                )

    def _limit(self, box: str, *, announced: bool) -> float:
        """Return within how many seconds a message is owed while all is calm."""
        if not announced:
            return POLL_INTERVAL + 5
        limit = SECOND_LOOK + 2 if box == EVERYBODY else 2
        if box in EVENTS and self.pbx.switches.call_parties is not CallParties.WORDS:
            return limit
        # An event that names no mailbox takes three looks at all of them, the last one
        # when its message is listed at the latest. That one is enough for the events
        # until then. After two, the looks at once may be used up: further ones wait.
        now = time.time()
        recently = now - LOOKS_AT_ONCE * LOOK_INTERVAL
        others = {at for at in self._nameless if recently < at < now}
        self._nameless = others | {now}
        if len(others) > 1:
            return limit + LOOK_INTERVAL
        if any(at > now - LISTED_WITHIN for at in others):
            return limit + LISTED_WITHIN
        return limit

    async def _pick_up(self) -> None:
        """Let somebody hear messages at a phone, and delete some of them."""
        box = self.random.choice(list(EVENTS))
        for message in self.pbx.mailboxes.listed(box):
            if self.random.random() < 0.4:
                self.pbx.read_at_phone(message.msg_id)
            if self.random.random() < 0.3:
                self.pbx.delete_at_phone(message.msg_id)

    async def _begin(self, incident: Incident) -> None:
        """Let an incident begin, and plan its end."""
        self.ledger.calm_since = inf
        self.incidents += 1
        number = self.incidents
        going_on = self._going_on[number] = incident(self)
        await anext(going_on, None)
        duration = self.random.choice(DURATIONS) * self.random.uniform(0.5, 1)
        end = f"end of {incident.__name__}"
        self._at(time.time() + duration, end, partial(self._end, number))

    async def _end(self, number: int) -> None:
        if going_on := self._going_on.pop(number, None):
            await anext(going_on, None)
        if not self._going_on and await self.put_right():
            self.ledger.calm_since = time.time() + RECOVERY

    async def _calm(self) -> None:
        """Let all that is going on end, and the user do what there is to do."""
        for number in list(self._going_on):
            await self._end(number)
        self.pbx.lift_blocks()
        await self.start()
        if not await self.put_right():
            self._at(time.time() + 5 * MINUTE, "calm", self._calm)

    async def _check(self) -> None:
        """See that each message was told of, and that the sensors are right."""
        assert (untold := self.ledger.untold()) == [], untold
        for number, event in EVENTS.items():
            sensor = event.replace("event.", "sensor.").removesuffix("message")
            unread = shown(self.hass, f"{sensor}unread_messages")
            assert (number, unread) == (number, str(self.ledger.unread(number)))
        assert len(self.failed_logins) <= self.changed_secrets
        assert len(our_tasks()) <= 2
