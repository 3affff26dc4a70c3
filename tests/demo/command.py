"""The demo as a command: its arguments, signals and exit status."""

import argparse
import asyncio
from pathlib import Path
import signal
import tempfile

from .console import complain, say, step
from .errors import DemoError
from .home_assistant import PASSWORD, USERNAME, log_of
from .processes import require_free_port
from .system import System, system
from .walkthrough import (
    EXTENSION,
    FILE,
    add_pbx,
    add_player,
    compare,
    greeting,
    listen,
    play_greeting,
)

_LINES_OF_LOG = 30


def parse(arguments: list[str]) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Play a voicemail greeting of a simulated PBX on a real player"
        " through Home Assistant, and check what was heard.",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=8123,
        help="where Home Assistant listens (default: %(default)s)",
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="stop after the check, with exit status 0 or 1",
    )
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:
        raise argparse.ArgumentTypeError(f"{port} is not a port (1 to 65535)")
    return port


async def demo(port: int, *, once: bool) -> None:
    """Play a greeting and check it; then leave everything running unless ``once``."""
    require_free_port(port)
    with tempfile.TemporaryDirectory(prefix="yeastar-vm-demo-") as name:
        folder = Path(name)
        try:
            async with system(folder, port) as parts:
                await _play_and_check(parts)
                if not once:
                    await _leave_running(parts, folder)
        except DemoError:
            _show_end(log_of(folder))
            raise


async def _play_and_check(parts: System) -> None:
    with step("add the player to Home Assistant"):
        entity_id = await add_player(parts.home, parts.player)
    with step("add the PBX and trust its certificate"):
        await add_pbx(parts.home, parts.pbx)
    with step(f"play {FILE} of extension {EXTENSION} on {entity_id}"):
        await play_greeting(parts.home, entity_id)
    with step("wait until it is played"):
        recording = await listen(parts.player)
    with step("compare what was played with the greeting"):
        comparison = await compare(greeting(parts.pbx).audio(), recording)
    say(f"played {comparison.played}, the greeting is {comparison.original}")


async def _leave_running(parts: System, folder: Path) -> None:
    say(f"Home Assistant: {parts.home.url} (user {USERNAME}, password {PASSWORD})")
    say(
        f"PBX: {parts.pbx.base_url} (Client ID {parts.pbx.client_id},"
        f" Client Secret {parts.pbx.client_secret})"
    )
    say(f"Home Assistant's log: {log_of(folder)}")
    say("Ctrl-C stops everything")
    try:
        await asyncio.wait([parts.home.keeper])
    except asyncio.CancelledError:
        return  # That is how a demo ends that did what it should.
    raise DemoError(f"Home Assistant ended with status {parts.home.keeper.result()}")


def _show_end(log: Path) -> None:
    """Print the last lines of Home Assistant's log, if it was started."""
    if log.exists():
        lines = log.read_text(errors="replace").splitlines()[-_LINES_OF_LOG:]
        complain("\n  ".join(["the end of Home Assistant's log:", *lines]))


async def run(arguments: list[str]) -> int:
    """Run the demo until it is done or interrupted and return the exit status."""
    options = parse(arguments)
    task = asyncio.create_task(demo(options.port, once=options.once))
    signals: list[signal.Signals] = []

    def stop(number: signal.Signals) -> None:
        # A second one must not interrupt the stopping.
        if not signals:
            task.cancel()
        signals.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    try:
        await task
    except DemoError as error:
        complain(str(error))
        return 1
    except asyncio.CancelledError:
        complain("interrupted")
        return 128 + signals[0]
    return 0
