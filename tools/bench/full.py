"""What a poll of many mailboxes costs that are full."""

import gc
from statistics import median
import time

from homeassistant.core import HomeAssistant

from tools.demo.console import step
from tools.demo.errors import DemoError

from .callers import callers
from .home import added_pbx
from .mailboxes import add_mailboxes
from .report import Table, at_most, milliseconds
from .rest import start_again
from .stalls import watched_loop

MESSAGES = 500  # what a box holds

_EXTENSIONS = 1_000
_LIMIT = 50  # milliseconds


async def measure_full_mailboxes(
    hass: HomeAssistant, mailboxes: int, rounds: int
) -> Table:
    """Measure polls, and for how long each stops the event loop at most."""
    seconds, stops = [], []
    async with callers(_EXTENSIONS) as people, added_pbx(hass, people.pbx) as entry:
        every = await entry.runtime_data.client.extensions.all()
        numbers = [each.number for each in every[:mailboxes]]
        await add_mailboxes(hass, entry, every[:mailboxes])
        await people.fill(numbers, MESSAGES)
        await start_again(hass, entry)
        await people.quiet()
        messages = entry.runtime_data.mailboxes.messages
        with step(f"poll {mailboxes} mailboxes of {MESSAGES} messages"):
            # The first one, for which all messages are new, is the start.
            await messages.async_refresh()
            gc.collect()
            for _ in range(rounds):
                async with watched_loop() as stopped:
                    started = time.perf_counter()
                    await messages.async_refresh()
                    seconds.append(time.perf_counter() - started)
                stops.append(max(stopped))
        known = sum(len(state.messages) for state in messages.data.values())
        if not messages.last_update_success or known != mailboxes * MESSAGES:
            raise DemoError(f"{known} messages are known after the polls")
    label = f"{mailboxes} mailboxes of {MESSAGES} messages"
    return Table(
        "Mailboxes that are full",
        "A poll of all mailboxes, with every message that they hold, and the longest"
        " time for which the event loop stops in it: nothing else of Home Assistant can"
        " happen then. The worst of all polls may have a garbage collection of all that"
        " Home Assistant has, which Python does once in a while.",
        ("", "A poll", "Longest stop, median of the polls", "Worst"),
        [
            (
                label,
                milliseconds(median(seconds)),
                milliseconds(median(stops)),
                milliseconds(max(stops)),
            )
        ],
        [
            at_most(
                f"{label}, a poll: longest stop of the event loop",
                max(stops) * 1000,
                _LIMIT,
                " ms",
            )
        ],
    )
