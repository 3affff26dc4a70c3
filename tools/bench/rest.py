"""What mailboxes cost at the start of Home Assistant, and while nothing happens."""

from dataclasses import dataclass
import gc
from statistics import median
import time
import tracemalloc
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant

from tools.demo.errors import DemoError

from .callers import Callers, Traffic
from .moving_clock import STEP, MovingClock
from .report import Table, at_most, kilobytes, megabytes, milliseconds
from .rounds import p95

_SOCKET = "subscribe"


@dataclass(frozen=True)
class Start:
    """Requests, WebSockets, and how many seconds the start took each time."""

    requests: int
    sockets: int
    seconds: list[float]


@dataclass(frozen=True)
class Rest:
    """What Home Assistant took while time passed.

    Memory is what was allocated since before the start, and not freed.
    """

    requests_of_poll: int
    requests: int
    sockets: int
    sent: int
    received: int
    cpu: float
    memory: int
    memory_after: int


def starts_table() -> Table:
    """Return the table of starts without its rows."""
    return Table(
        "Mailboxes: the start",
        "The PBX is set up in a Home Assistant that knows the mailboxes and has a fresh"
        " token: how long that takes, and what is asked until nothing more is. *Added*"
        " is the time that the mailboxes take more than the PBX alone.",
        ("Extensions", "Mailboxes", "Requests", "WebSockets", "Median", "p95", "Added"),
    )


def rests_table(seconds: int, messages: int) -> Table:
    """Return the table of rest without its rows."""
    return Table(
        "Mailboxes: an hour at rest",
        f"Nobody calls; each mailbox has {messages} messages. The hour is not waited"
        f" for: the clocks of Home Assistant and of the PBX are moved {seconds:,} s"
        f" ahead in steps of {STEP} s, so that each timer is due as often as in that"
        " time. After each step, what is due is really sent and answered: polls,"
        " heartbeats, renewals of the token, and the WebSockets that follow those that"
        " the PBX ends with their token. Requests and bytes are counted at the port of"
        " the PBX, TLS included; each request has a connection of its own. *CPU* is the"
        " time of Home Assistant's process. *Memory* is what Python allocated for the"
        " start and still holds, *After* what it holds when the time has passed. From"
        " these three, those of the PBX alone are taken off.",
        (
            "Extensions",
            "Mailboxes",
            "Requests",
            "WebSockets",
            "Sent",
            "Received",
            "CPU",
            "Memory",
            "After",
        ),
    )


def add_start(
    table: Table, extensions: int, mailboxes: int, start: Start, alone: Start
) -> None:
    """Add a row and its goal; `alone` is the start of the PBX alone."""
    table.rows.append(
        (
            f"{extensions:,}",
            str(mailboxes),
            str(start.requests),
            str(start.sockets),
            milliseconds(median(start.seconds)),
            milliseconds(p95(start.seconds)),
            milliseconds(median(start.seconds) - median(alone.seconds)),
        )
    )
    table.goals.append(
        at_most(
            f"mailboxes: {mailboxes} of {extensions:,} extensions, start: requests",
            start.requests,
            3,
        )
    )


def add_rest(
    table: Table, extensions: int, mailboxes: int, rest: Rest, alone: Rest
) -> None:
    """Add a row and its goal; `alone` is the rest of the PBX alone."""
    table.rows.append(
        (
            f"{extensions:,}",
            str(mailboxes),
            str(rest.requests),
            str(rest.sockets),
            kilobytes(rest.sent),
            kilobytes(rest.received),
            f"{rest.cpu - alone.cpu:.2f} s",
            megabytes(rest.memory - alone.memory),
            megabytes(rest.memory_after - alone.memory_after),
        )
    )
    table.goals.append(
        at_most(
            f"mailboxes: {mailboxes} of {extensions:,} extensions, poll: requests",
            rest.requests_of_poll,
            1,
        )
    )


async def start_again(hass: HomeAssistant, entry: ConfigEntry[Any]) -> float:
    """Set a PBX up as at the start; return how many seconds that took."""
    await hass.config_entries.async_unload(entry.entry_id)
    started = time.perf_counter()
    await hass.config_entries.async_setup(entry.entry_id)
    taken = time.perf_counter() - started
    if entry.state is not ConfigEntryState.LOADED:
        raise DemoError(f"the PBX could not be set up: {entry.reason}")
    return taken


async def measure_starts(
    hass: HomeAssistant, entry: ConfigEntry[Any], people: Callers, rounds: int
) -> Start:
    """Set it up again and again."""
    await start_again(hass, entry)
    before = await people.quiet()
    seconds = [await start_again(hass, entry)]
    requests, sockets = requests_between(before, await people.quiet())
    seconds += [await start_again(hass, entry) for _ in range(rounds - 1)]
    return Start(requests, sockets, seconds)


async def measure_rest(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    people: Callers,
    clock: MovingClock,
    seconds: int,
) -> Rest:
    """Let time pass twice: each allocation is noted the second time, which is slow."""
    await start_again(hass, entry)
    before = await people.quiet()
    if mailboxes := entry.runtime_data.mailboxes:
        await mailboxes.messages.async_refresh()
    polled, _ = requests_between(before, await people.quiet())
    before = await people.quiet()
    cpu = time.process_time()
    await clock.pass_time(seconds, people)
    cpu = time.process_time() - cpu
    after = await people.quiet()
    requests, sockets = requests_between(before, after)
    await hass.config_entries.async_unload(entry.entry_id)
    gc.collect()
    tracemalloc.start()
    try:
        await start_again(hass, entry)
        memory = _allocated()
        await clock.pass_time(seconds, people)
        memory_after = _allocated()
    finally:
        tracemalloc.stop()
    return Rest(
        polled,
        requests,
        sockets,
        after.received - before.received,
        after.sent - before.sent,
        cpu,
        memory,
        memory_after,
    )


def requests_between(before: Traffic, after: Traffic) -> tuple[int, int]:
    """Return how many requests there were between, and how many WebSockets."""
    sockets = after.requests.get(_SOCKET, 0) - before.requests.get(_SOCKET, 0)
    requests = sum(after.requests.values()) - sum(before.requests.values())
    return requests - sockets, sockets


def _allocated() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
