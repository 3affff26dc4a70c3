"""What the dashboard card costs, in a real Chromium and in Home Assistant."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from custom_components.yeastar_vm.frontend.card import FILE
from tools.demo.audio import find_ffmpeg
from tools.demo.console import step
from tools.demo.dashboard import add_dashboard
from tools.demo.home_assistant import HomeAssistant, home_assistant
from tools.demo.processes import free_port
from tools.demo.user import add_pbx
from tools.walkthrough.browser import browser

from .callers import Callers, callers
from .dashboard import Dashboard
from .pbx import FIRST_NUMBER
from .report import Table, at_most, kilobytes, megabytes, milliseconds
from .rounds import p95
from .subscribers import cpu_of, process_of, subscribers

_EXTENSIONS = 1_000
_MAILBOXES = 200
_MANY, _FEW = 500, 5  # messages in the first mailbox and in each of the others
_SECONDS = 30  # of a message
_BROWSERS = 50
_HOUR = 3600
_MESSAGES_OF_AN_HOUR = 60
_MOST_BYTES = 40_000
_MOST_CPU = 1  # percent of a core
_MOST_GROWTH = 1_000_000  # bytes of the page in an hour


@dataclass(frozen=True)
class _Stage:
    """What is measured; `mailboxes` are event entities, by number."""

    people: Callers
    home: HomeAssistant
    process: int
    mailboxes: dict[str, str]

    @property
    def numbers(self) -> list[str]:
        return list(self.mailboxes)


async def measure_card(folder: Path, rounds: int) -> Table:
    """Measure all of it, with a Home Assistant of its own."""
    table = Table(
        "The card",
        f"A PBX of {_EXTENSIONS:,} extensions with {_MAILBOXES} mailboxes, one with"
        f" {_MANY} messages and the others with {_FEW} each, of {_SECONDS} s; Home"
        " Assistant and Chromium are processes of their own. *First rows*: from the"
        " moment at which the dashboard creates the card until the frame with its rows"
        " is done. *A message arrives*: from the moment at which the PBX sends its"
        f" event until the frame with its row is done, on a card of {_MAILBOXES}"
        " mailboxes. *First sound*: from the tap until the position of the audio moves;"
        " it was converted before. *An hour*: a message a minute. The hour is not"
        f" waited for: {_MESSAGES_OF_AN_HOUR} messages arrive one after the other, the"
        " card says the times again after each of them, as it does each minute, and the"
        " page rests for a while before. *CPU* is that of all processes of Chromium,"
        " Home Assistant's frontend included: what the messages took, and for the rest"
        " of the hour what the rest took. *Growth* is that of the objects of the page"
        f" after garbage collection. *A subscription*: what a message takes of Home"
        f" Assistant's process with {_BROWSERS} browsers more than without any, in all"
        " of its threads.",
        ("", "Median", "p95", "Worst"),
    )
    async with AsyncExitStack() as stack:
        stage = await _prepare(stack, folder)
        complaints: list[str] = []
        page = await stack.enter_async_context(browser(stage.home, "en", complaints))
        dashboard = Dashboard(stage.home, page)
        await dashboard.prepare()
        with step(f"card: the first rows of {_MANY} messages"):
            await _measure_first_rows(table, stage, dashboard, rounds)
        with step(f"card: play a message of {_SECONDS} s"):
            await _measure_playing(table, dashboard, rounds)
        with step("card: messages arrive"):
            await _measure_arrivals(table, stage, dashboard, rounds * 3)
        with step("card: an hour"):
            await _measure_hour(table, stage, dashboard, rest=rounds * 3)
        with step(f"card: {_BROWSERS} browsers"):
            await page.close()
            await _measure_subscriptions(table, stage, rounds * 5)
    size = FILE.stat().st_size
    table.rows.append(("size of the file", kilobytes(size), "", ""))
    table.goals.append(
        at_most("card: size of the file", size / 1_000, _MOST_BYTES / 1_000, " kB")
    )
    return table


async def _prepare(stack: AsyncExitStack, folder: Path) -> _Stage:
    with step("card: start the simulated PBX"):
        people = await stack.enter_async_context(callers(_EXTENSIONS, _SECONDS))
    with step("card: start Home Assistant"):
        home = await stack.enter_async_context(
            home_assistant(folder / "card", free_port(), find_ffmpeg())
        )
        await home.sign_in()
        quiet = {"custom_components.yeastar_vm": "warning"}
        await home.post("/api/services/logger/set_level", quiet)
        await add_dashboard(home, "Voicemail")
    with step(f"card: add {_MAILBOXES} mailboxes"):
        entry_id = await add_pbx(home, people.pbx)
        numbers = [str(FIRST_NUMBER + at) for at in range(_MAILBOXES)]
        await people.fill(numbers, _FEW)
        await people.fill(numbers[:1], _MANY)
        for number in numbers:
            shown = await home.start_subentry_flow(entry_id, "mailbox")
            await home.submit(shown, "user", {"number": number})
        entities = [
            each["entity_id"]
            for each in await home.command("config/entity_registry/list")
            if each["platform"] == "yeastar_vm"
        ]
        events = sorted(each for each in entities if each.startswith("event."))
    process = process_of(folder / "card" / "config")
    return _Stage(people, home, process, dict(zip(numbers, events, strict=True)))


async def _measure_first_rows(
    table: Table, stage: _Stage, dashboard: Dashboard, rounds: int
) -> None:
    first = [stage.mailboxes[stage.numbers[0]]]
    await dashboard.show(first)
    seconds = [await dashboard.show_again() for _ in range(rounds)]
    what = f"first rows of {_MANY} messages"
    _add_times(table, what, seconds)
    table.goals.append(at_most(f"card: {what}, p95", p95(seconds) * 1000, 300, " ms"))


async def _measure_playing(table: Table, dashboard: Dashboard, rounds: int) -> None:
    rows = (0, 1)
    for row in rows:
        await dashboard.tap(row)
    seconds = [await dashboard.play(row) for row in islice(cycle(rows), rounds)]
    what = f"from the tap to the first sound of {_SECONDS} s"
    _add_times(table, what, seconds)
    table.goals.append(at_most(f"card: {what}, p95", p95(seconds) * 1000, 200, " ms"))


async def _measure_arrivals(
    table: Table, stage: _Stage, dashboard: Dashboard, rounds: int
) -> None:
    await dashboard.show(list(stage.mailboxes.values()))
    seconds = [
        await dashboard.arrival(stage.people, number)
        for number in islice(cycle(stage.numbers[1:]), rounds)
    ]
    what = f"a message arrives, {_MAILBOXES} mailboxes"
    _add_times(table, what, seconds)
    table.goals.append(at_most(f"card: {what}, p95", p95(seconds) * 1000, 300, " ms"))


async def _measure_hour(
    table: Table, stage: _Stage, dashboard: Dashboard, rest: int
) -> None:
    """Measure on the card that is shown; the page rests for some seconds, too."""
    numbers = list(islice(cycle(stage.numbers[1:]), _MESSAGES_OF_AN_HOUR))
    bytes_before, nodes_before = await dashboard.memory()
    cpu = await dashboard.cpu()
    await asyncio.sleep(rest)
    at_rest = (await dashboard.cpu() - cpu) / rest
    cpu = await dashboard.cpu()
    taken = await dashboard.hour(stage.people, numbers)
    busy = await dashboard.cpu() - cpu
    bytes_after, nodes_after = await dashboard.memory()
    share = (busy + at_rest * (_HOUR - taken)) / _HOUR * 100
    growth = bytes_after - bytes_before
    nodes = nodes_after - nodes_before
    what = f"an hour, {_MAILBOXES} mailboxes, a message a minute"
    table.rows.append((f"{what}: CPU", f"{share:.2f} % of a core", "", ""))
    table.rows.append(
        (f"{what}: growth", f"{megabytes(growth)}, {nodes} nodes", "", "")
    )
    table.goals.append(at_most(f"card: {what}, CPU", share, _MOST_CPU, " % of a core"))
    table.goals.append(
        at_most(f"card: {what}, growth", growth / 1e6, _MOST_GROWTH / 1e6, " MB")
    )


async def _measure_subscriptions(table: Table, stage: _Stage, rounds: int) -> None:
    alone = await _cost(stage, 1, rounds)
    together = await _cost(stage, 1 + _BROWSERS, rounds)
    seconds = together - alone
    what = f"a message for {_BROWSERS} browsers: Home Assistant"
    table.rows.append((what, f"{seconds * 1000:.2f} ms", "", ""))
    table.goals.append(at_most(f"card: {what}", seconds * 1000, 5, " ms"))


async def _cost(stage: _Stage, browsers: int, messages: int) -> float:
    """Return the seconds of Home Assistant for a message that browsers are told of."""
    number, entity_id = next(iter(stage.mailboxes.items()))
    async with subscribers(stage.home, entity_id, browsers) as everybody:
        await stage.people.quiet()
        before = cpu_of(stage.process)
        for _ in range(messages):
            await stage.people.leave([number])
            await everybody.told("change")
            await stage.people.quiet()
        return (cpu_of(stage.process) - before) / messages


def _add_times(table: Table, what: str, seconds: Sequence[float]) -> None:
    times = (median(seconds), p95(seconds), max(seconds))
    table.rows.append((what, *map(milliseconds, times)))
