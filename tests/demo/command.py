"""The demo as a command: its arguments and what it does."""

import argparse
import asyncio

from .audio import compare
from .console import say, step
from .errors import DemoError
from .home_assistant import PASSWORD, USERNAME
from .program import add_port, run_until_interrupted, temporary_system
from .system import System
from .user import (
    ENGINE,
    EXTENSION,
    FILE,
    SPOKEN_FILE,
    add_pbx,
    add_player,
    compare_speech,
    greeting,
    listen,
    play_greeting,
    upload_speech,
)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Play a voicemail greeting of a simulated PBX on a real player"
        " through Home Assistant, make a new one of text, and check what was heard.",
    )
    add_port(parser)
    parser.add_argument(
        "--once",
        action="store_true",
        help="stop after the check, with exit status 0 or 1",
    )
    return parser.parse_args(arguments)


async def run(arguments: list[str]) -> int:
    """Run the demo until it is done or interrupted and return the exit status."""
    options = parse(arguments)
    return await run_until_interrupted(demo(options.port, once=options.once))


async def demo(port: int, *, once: bool) -> None:
    """Play a greeting and check it; then leave everything running unless ``once``."""
    async with temporary_system(port) as parts:
        await _play_and_check(parts)
        if not once:
            await _leave_running(parts)


async def _play_and_check(parts: System) -> None:
    with step("add the player to Home Assistant"):
        entity_id = await add_player(parts.home, parts.player)
    with step("add the PBX and trust its certificate"):
        await add_pbx(parts.home, parts.pbx)
    await _play(parts, entity_id, FILE)
    with step(f"let {ENGINE} speak, and upload it as {SPOKEN_FILE}"):
        uploaded = await upload_speech(parts.home, parts.pbx)
    with step("compare what the PBX has with what was spoken"):
        comparison = await compare_speech(uploaded.audio())
    say(f"uploaded {comparison}")
    await _play(parts, entity_id, SPOKEN_FILE)


async def _play(parts: System, entity_id: str, file: str) -> None:
    with step(f"play {file} of extension {EXTENSION} on {entity_id}"):
        await play_greeting(parts.home, entity_id, file)
    with step("wait until it is played"):
        recording = await listen(parts.player)
    with step("compare what was played with what the PBX has, sample by sample"):
        comparison = await compare(greeting(parts.pbx, file).audio(), recording)
    say(f"played {comparison}")


async def _leave_running(parts: System) -> None:
    say(f"Home Assistant: {parts.home.url} (user {USERNAME}, password {PASSWORD})")
    say(
        f"PBX: {parts.pbx.base_url} (Client ID {parts.pbx.client_id},"
        f" Client Secret {parts.pbx.client_secret})"
    )
    say(f"Home Assistant's log: {parts.home.log}")
    say("Ctrl-C stops everything")
    try:
        await asyncio.wait([parts.home.keeper])
    except asyncio.CancelledError:
        return  # That is how a demo ends that did what it should.
    raise DemoError(f"Home Assistant ended with status {parts.home.keeper.result()}")
