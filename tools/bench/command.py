"""The measurements as a command: its arguments and what it does."""

import argparse
from contextlib import AsyncExitStack
from pathlib import Path
import sys
from tempfile import TemporaryDirectory

from tools.demo.console import PROGRAM, say, step
from tools.demo.program import run_until_interrupted

from .browse import measure_browsing
from .card import measure_card
from .home import add_player, home_assistant
from .machine import environment
from .mailboxes import QUICK, WHOLE, Extent, measure_mailboxes
from .pbx import simulator
from .play import configuration, measure_direct
from .relay import measure_memory, measure_throughput
from .relayed import measure_relayed
from .report import Table, document
from .start import measure_start
from .upload import measure_uploads

DOCUMENT = Path(__file__).parents[2] / "docs" / "performance.md"

_FEW, _SOME, _MANY = 100, 1_000, 10_000  # extensions
_LONG = 300  # seconds of a greeting
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
        help="only two rounds of each, to see that it runs; writes nothing",
    )
    return parser.parse_args(arguments)


async def run(arguments: list[str]) -> int:
    """Run the measurements until they are done or interrupted; return the status."""
    PROGRAM.set("bench")
    options = parse(arguments)
    return await run_until_interrupted(bench(options.part, quick=options.quick))


async def bench(part: str | None, *, quick: bool) -> None:
    """Measure, print, and write the document where all was measured properly."""
    with TemporaryDirectory(prefix="yeastar-vm-bench-") as name:
        folder = Path(name)
        if part == "browse":
            tables = await _browse(folder, 2 if quick else 10)
        elif part == "card":
            tables = [await measure_card(folder, 2 if quick else 20)]
        elif part == "mailboxes":
            tables = await _mailboxes(folder, QUICK if quick else WHOLE)
        elif part == "upload":
            tables = await _upload(folder, 2 if quick else 20)
        else:
            tables = await _everything(
                folder, 2 if quick else 20, QUICK if quick else WHOLE
            )
    text = document(tables, environment())
    sys.stdout.write(f"\n{text}\n")
    if part is None and not quick:
        DOCUMENT.write_text(text, encoding="utf-8")
        say(f"wrote {DOCUMENT}")


async def _browse(folder: Path, rounds: int) -> list[Table]:
    async with AsyncExitStack() as stack:
        with step("start the simulated PBX"):
            pbx = await stack.enter_async_context(
                simulator(folder, "--extensions", str(_MANY))
            )
        with step("start Home Assistant"):
            hass = await stack.enter_async_context(home_assistant(folder / "config"))
        return [await measure_browsing(hass, {_MANY: pbx}, rounds)]


async def _mailboxes(folder: Path, extent: Extent) -> list[Table]:
    async with AsyncExitStack() as stack:
        with step("start Home Assistant"):
            hass = await stack.enter_async_context(home_assistant(folder / "config"))
        return await measure_mailboxes(hass, extent)


async def _upload(folder: Path, rounds: int) -> list[Table]:
    async with AsyncExitStack() as stack:
        with step("start the simulated PBXs"):
            plain = await stack.enter_async_context(
                simulator(folder, "--http", *_SMALL)
            )
            secure = await stack.enter_async_context(simulator(folder, *_SMALL))
        with step("start Home Assistant"):
            hass = await stack.enter_async_context(home_assistant(folder / "config"))
        pbxs = {"http": plain, "https": secure}
        return [await measure_uploads(hass, pbxs, rounds)]


async def _everything(folder: Path, rounds: int, extent: Extent) -> list[Table]:
    async with AsyncExitStack() as stack:
        with step("start the simulated PBXs"):
            plain = await stack.enter_async_context(
                simulator(folder, "--http", *_SMALL)
            )
            pbxs = {
                count: await stack.enter_async_context(
                    simulator(folder, "--extensions", str(count))
                )
                for count in (_FEW, _SOME, _MANY)
            }
            long = await stack.enter_async_context(
                simulator(folder, *_SMALL, "--duration", str(_LONG))
            )
        few = pbxs[_FEW]
        by_scheme = {"http": plain, "https": few}
        with step("start Home Assistant"):
            hass = await stack.enter_async_context(
                home_assistant(folder / "config", configuration(by_scheme))
            )
            player = await add_player(hass)
        memory = await measure_memory(hass, player, few)
        lengths = {"30 s": few, f"{_LONG} s": long}
        return [
            await measure_direct(hass, player, by_scheme, rounds),
            await measure_relayed(hass, player, few, folder, rounds),
            await measure_throughput(
                hass, player, lengths, folder, max(2, rounds // 2)
            ),
            memory,
            await measure_browsing(hass, pbxs, max(2, rounds // 2)),
            await measure_uploads(hass, by_scheme, rounds),
            await measure_start(few, max(1, rounds // 3)),
            await measure_card(folder, rounds),
            *await measure_mailboxes(hass, extent),  # moves the clock
        ]
