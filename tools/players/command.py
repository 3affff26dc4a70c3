"""The players as a command: its arguments and what it does."""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
import json
from pathlib import Path
import platform
import re
import sys

from homeassistant.const import __version__ as home_assistant_version

from custom_components.yeastar_vm import __file__ as integration
from tools.demo.console import PROGRAM, complain, say, step
from tools.demo.errors import DemoError
from tools.demo.program import run_until_interrupted

from .browsers import BROWSERS
from .devices import DEVICES, Player
from .greetings import GREETINGS
from .installing import install_packages, install_programs
from .plays import Way, play
from .priority import as_nobody
from .report import PlayerReport, document
from .speaker import PROGRAMS
from .stage import Stage, stage

_REPOSITORY = Path(__file__).parents[2]
DOCUMENT = _REPOSITORY / "docs" / "players.md"
FOLDER = _REPOSITORY / ".cache" / "players"

PLAYERS = (*DEVICES, *BROWSERS)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="scripts/players",
        description="Play greetings of a simulated PBX through Home Assistant on real"
        " players, compare what is heard with the greetings, and write"
        f" {DOCUMENT.parent.name}/{DOCUMENT.name}.",
    )
    parser.add_argument(
        "--player",
        action="append",
        choices=[player.key for player in PLAYERS],
        help="only this one, or these; prints the page and writes nothing",
    )
    return parser.parse_args(arguments)


async def run(arguments: list[str]) -> int:
    """Play until the end or an interruption and return the exit status."""
    PROGRAM.set("players")
    options = parse(arguments)
    return await run_until_interrupted(_play_all(options.player))


async def _play_all(chosen: Sequence[str] | None) -> None:
    players = [each for each in PLAYERS if chosen is None or each.key in chosen]
    await _install(players)
    async with stage(FOLDER) as parts:
        reports = [await _play_on(parts, player) for player in players]
    text = document(reports, _environment())
    if chosen is None:
        DOCUMENT.write_text(text, encoding="utf-8")
        say(f"wrote {DOCUMENT}")
    else:
        sys.stdout.write(f"\n{text}\n")
    say(f"the recordings and all logs are in {FOLDER}")
    if wrong := sum(len(report.wrong) for report in reports):
        raise DemoError(f"{wrong} plays were not heard as they should be")


async def _install(players: list[Player]) -> None:
    missing = [player.programs[0] for player in players if player.find() is None]
    await install_programs([PROGRAMS[0], *missing])
    try:
        await install_packages()
    except DemoError as error:
        complain(str(error))  # some players will be left out


async def _play_on(parts: Stage, player: Player) -> PlayerReport:
    """Run one player and play everything on it."""
    if (program := player.find()) is None:
        say(f"{player.name} is left out: it is not installed")
        return PlayerReport(player.name, player.integration, absent="not installed")
    version = await _version(program, player.version)
    report = PlayerReport(
        player.name, player.integration, version, remark=player.remark
    )
    async with AsyncExitStack() as running:
        try:
            with step(f"start {player.name} {version}"):
                device = await running.enter_async_context(player.run(parts, program))
        except DemoError as error:
            say(f"{player.name} is left out: {error}")
            return replace(report, absent=str(error))
        for greeting, way in product(GREETINGS, Way):
            with step(f"play {greeting.encoding} ({way}) on {player.name}"):
                played = await play(parts, device, greeting, way)
            if not played.verdict.right:
                say(f"heard: {played.verdict.words}")
            report.plays.append(played)
    return report


async def _version(program: str, option: str) -> str:
    """Return the first version number that a program tells."""
    process = await asyncio.create_subprocess_exec(
        *(*as_nobody(), program, option),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    match = re.search(r"\d+(\.\d+)+", told.decode(errors="replace"))
    return match[0] if match else "unknown"


def _environment() -> list[tuple[str, str]]:
    manifest = json.loads((Path(integration).parent / "manifest.json").read_text())
    return [
        ("Date", f"{datetime.now(UTC):%Y-%m-%d}"),
        ("System", platform.freedesktop_os_release()["PRETTY_NAME"]),
        ("Home Assistant", home_assistant_version),
        ("This integration", manifest["version"]),
    ]
