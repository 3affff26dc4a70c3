"""How long it takes from the event of the PBX to the event in Home Assistant."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import chain, cycle, islice
from statistics import median
import time

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback

from tools.demo.errors import DemoError

from .callers import Callers
from .report import Table, at_most, milliseconds
from .rounds import p95

_AT_ONCE = 50
_DELAYS = (0.2, 0.5, 0.8, 1.1, 1.4, 1.9, 2.5, 3.6, 4.7, 6)  # seconds
_LIMIT = 250  # milliseconds
_LIMIT_LATER = 2  # seconds
_LOST = 60  # seconds after which a message is no longer expected

_WITH_EVENT = "listed with its event"
_LATER = "listed later"


def arrivals_table() -> Table:
    """Return the table without its rows."""
    return Table(
        "Mailboxes: a message arrives",
        "From the moment at which the PBX sends the event of a message until the event"
        f" entity of its mailbox has another state. *{_LATER}*: the PBX lists the"
        f" message {_DELAYS[0]:g} to {_DELAYS[-1]:g} s after its event, and the time is"
        " from then on. *At once*: each message is in another mailbox, as far as there"
        " are so many. The PBX has a self-signed certificate.",
        ("Extensions", "Mailboxes", "Messages", "", "Median", "p95", "Worst"),
    )


async def add_arrivals(
    table: Table,
    hass: HomeAssistant,
    people: Callers,
    extensions: int,
    numbers: Sequence[str],
    rounds: int,
) -> None:
    """Measure with a PBX of so many extensions, whose mailboxes have these numbers."""
    mailboxes = len(numbers)
    arrivals = Arrivals(hass)
    at_once = numbers[:_AT_ONCE]
    delays = _DELAYS[:rounds]
    ways = {
        ("1 at a time", _WITH_EVENT): [
            await arrivals.seconds(await people.leave([number]))
            for number in islice(cycle(numbers), rounds * 5)
        ],
        (f"{len(delays)} at once", _LATER): [
            await arrivals.seconds(
                await people.leave(list(islice(cycle(numbers), len(delays))), delays)
            )
            for _ in range(max(1, rounds // 5))
        ],
    }
    if len(at_once) > 1:
        ways[f"{len(at_once)} at once", _WITH_EVENT] = [
            await arrivals.seconds(await people.leave(at_once)) for _ in range(rounds)
        ]
    arrivals.stop()
    for (messages, listed), each in ways.items():
        seconds = list(chain.from_iterable(each))
        table.rows.append(
            (
                f"{extensions:,}",
                str(mailboxes),
                messages,
                listed,
                milliseconds(median(seconds)),
                milliseconds(p95(seconds)),
                milliseconds(max(seconds)),
            )
        )
        what = (
            f"mailboxes: {mailboxes} of {extensions:,} extensions, {messages}, {listed}"
        )
        table.goals.append(
            at_most(f"{what}, worst", max(seconds), _LIMIT_LATER, " s")
            if listed is _LATER
            else at_most(f"{what}, p95", p95(seconds) * 1000, _LIMIT, " ms")
        )


class Arrivals:
    """When the event entities told of messages, by the ID of the message."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._told: dict[str, float] = {}
        self._changed = asyncio.Event()
        self.stop = hass.bus.async_listen(EVENT_STATE_CHANGED, self._note)

    @callback
    def _note(self, event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new and (message_id := new.attributes.get("message_id")):
            self._told.setdefault(message_id, time.monotonic())
            self._changed.set()

    async def seconds(self, left: Mapping[str, float]) -> list[float]:
        """Wait for messages; return how long each took since it was listed."""
        try:
            async with asyncio.timeout(_LOST):
                while not left.keys() <= self._told.keys():
                    await self._changed.wait()
                    self._changed.clear()
        except TimeoutError:
            raise DemoError("a message was not told of") from None
        return [self._told[each] - listed_at for each, listed_at in left.items()]
