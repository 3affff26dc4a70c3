"""The measurements as a command: its arguments and what it does."""

import argparse
from contextlib import AsyncExitStack
from pathlib import Path
import sys
from tempfile import TemporaryDirectory

from homeassistant.core import HomeAssistant

from tools.demo.console import PROGRAM, say, step
from tools.demo.program import run_until_interrupted

from .browse import measure_browsing
from .card import measure_card
from .effort import QUICK, WHOLE, Effort
from .full import measure_full_mailboxes
from .home import add_player, home_assistant
from .machine import environment
from .mailboxes import measure_mailboxes
from .moving_clock import MovingClock
from .pbx import simulator
from .play import configuration, measure_direct
from .questions import measure_questions
from .refused import measure_refused_uploads
from .relay import measure_memory, measure_throughput
from .relayed import measure_relayed
from .report import Table, document, missed
from .silent import measure_silence
from .start import measure_start
from .upload import measure_uploads
from .written import measure_written

DOCUMENT = Path(__file__).parents[2] / "docs" / "performance.md"

_FEW, _MANY = 100, 10_000  # extensions
_SMALL = ("--extensions", str(_FEW))


def parse(arguments: list[str]) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measure what this integration costs, beside what else there is,"
        f" and write {DOCUMENT.parent.name}/{DOCUMENT.name}.",
    )
    parser.add_argument(
        "part",
        nargs="?",
        choices=["browse", "card", "mailboxes", "upload"],
        help=f"only this, writes nothing; browse is with {_MANY:,} extensions",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="less of each, to see that it runs; writes nothing",
    )
    return parser.parse_args(arguments)


async def run(arguments: list[str]) -> int:
    """Run the measurements until they are done or interrupted; return the status."""
    PROGRAM.set("bench")
    options = parse(arguments)
    return await run_until_interrupted(bench(options.part, quick=options.quick))


async def bench(part: str | None, *, quick: bool) -> None:
    """Measure, print, and write the document where all was measured properly."""
    effort = QUICK if quick else WHOLE
    with TemporaryDirectory(prefix="yeastar-vm-bench-") as name:
        folder = Path(name)
        if part == "browse":
            tables = await _browse(folder, effort.fewer_rounds)
        elif part == "card":
            tables = [await measure_card(folder, effort.rounds)]
        elif part == "mailboxes":
            tables = await _mailboxes(folder, effort)
        elif part == "upload":
            tables = await _upload(folder, effort)
        else:
            tables = await _everything(folder, effort)
    text = document(tables, environment())
    sys.stdout.write(f"\n{text}\n")
    if part is None and not quick:
        DOCUMENT.write_text(text, encoding="utf-8")
        say(f"wrote {DOCUMENT}")
    for goal in missed(tables):
        say(f"missed: {goal.what} is {goal.measured}, and should be {goal.limit}")


async def _browse(folder: Path, rounds: int) -> list[Table]:
    async with AsyncExitStack() as stack:
        with step("start the simulated PBX"):
            pbx = await stack.enter_async_context(
                simulator(folder, "--extensions", str(_MANY))
            )
        with step("start Home Assistant"):
            hass = await stack.enter_async_context(home_assistant(folder / "config"))
        return [await measure_browsing(hass, {_MANY: pbx}, rounds)]


async def _mailboxes(folder: Path, effort: Effort) -> list[Table]:
    async with AsyncExitStack() as stack:
        with step("start Home Assistant"):
            hass = await stack.enter_async_context(home_assistant(folder / "config"))
        return await _all_of_mailboxes(hass, effort)


async def _all_of_mailboxes(hass: HomeAssistant, effort: Effort) -> list[Table]:
    """Measure what mailboxes cost. The clock of Home Assistant is ahead afterwards."""
    at_once = [
        await measure_full_mailboxes(hass, effort.full, min(effort.rounds, 5)),
        await measure_written(hass, effort.rounds),
        await measure_silence(effort.silent),
    ]
    clock = MovingClock()
    asked = await measure_questions(hass, clock, max(effort.extensions), effort.minutes)
    return [*await measure_mailboxes(hass, clock, effort.mailboxes), asked, *at_once]


async def _upload(folder: Path, effort: Effort) -> list[Table]:
    async with AsyncExitStack() as stack:
        with step("start the simulated PBXs"):
            plain = await stack.enter_async_context(
                simulator(folder, "--http", *_SMALL)
            )
            secure = await stack.enter_async_context(simulator(folder, *_SMALL))
        with step("start Home Assistant"):
            hass = await stack.enter_async_context(home_assistant(folder / "config"))
        return [
            await measure_refused_uploads(hass, plain, effort.refused),
            await measure_uploads(
                hass, {"http": plain, "https": secure}, effort.rounds
            ),
        ]


async def _everything(folder: Path, effort: Effort) -> list[Table]:
    async with AsyncExitStack() as stack:
        with step("start the simulated PBXs"):
            plain = await stack.enter_async_context(
                simulator(folder, "--http", *_SMALL)
            )
            pbxs = {
                count: await stack.enter_async_context(
                    simulator(folder, "--extensions", str(count))
                )
                for count in effort.extensions
            }
            by_length = {
                f"{seconds} s": await stack.enter_async_context(
                    simulator(folder, *_SMALL, "--duration", str(seconds))
                )
                for seconds in effort.lengths
            }
        few = pbxs[_FEW]
        by_scheme = {"http": plain, "https": few}
        with step("start Home Assistant"):
            hass = await stack.enter_async_context(
                home_assistant(folder / "config", configuration(by_scheme))
            )
            player = await add_player(hass)
        memory = await measure_memory(hass, player, few)
        return [
            await measure_direct(hass, player, by_scheme, effort.rounds),
            await measure_relayed(hass, player, few, folder, effort.rounds),
            await measure_throughput(
                hass, player, by_length, folder, effort.fewer_rounds
            ),
            memory,
            await measure_browsing(hass, pbxs, effort.fewer_rounds),
            await measure_uploads(hass, by_scheme, effort.rounds),
            await measure_refused_uploads(hass, plain, effort.refused),
            await measure_start(few, effort.starts),
            await measure_card(folder, effort.rounds),
            *await _all_of_mailboxes(hass, effort),  # moves the clock
        ]
