"""What the programs around the demo's system have in common."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
import signal
import tempfile

from .console import PROGRAM, complain
from .errors import DemoError
from .home_assistant import log_of
from .processes import require_free_port
from .system import System, system

_LINES_OF_LOG = 30


def add_port(parser: argparse.ArgumentParser) -> None:
    """Let the user choose where Home Assistant listens."""
    parser.add_argument(
        "--port",
        type=_port,
        default=8123,
        help="where Home Assistant listens (default: %(default)s)",
    )


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:
        raise argparse.ArgumentTypeError(f"{port} is not a port (1 to 65535)")
    return port


@asynccontextmanager
async def temporary_system(port: int, *options: str) -> AsyncIterator[System]:
    """Run all parts in a folder that goes with them; `options` are those of `system`.

    Where a step fails, show the end of Home Assistant's log.
    """
    require_free_port(port)
    prefix = f"yeastar-vm-{PROGRAM.get()}-"
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
        folder = Path(name)
        try:
            async with system(folder, port, *options) as parts:
                yield parts
        except DemoError:
            _show_end(log_of(folder))
            raise


def _show_end(log: Path) -> None:
    """Print the last lines of Home Assistant's log, if it was started."""
    if log.exists():
        lines = log.read_text(errors="replace").splitlines()[-_LINES_OF_LOG:]
        complain("\n  ".join(["the end of Home Assistant's log:", *lines]))


async def run_until_interrupted(program: Coroutine[None, None, None]) -> int:
    """Run a program until it is done or interrupted and return the exit status."""
    task = asyncio.create_task(program)
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
