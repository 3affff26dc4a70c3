"""Child processes that never outlive the demo, and the ports that they listen on."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
import ctypes
from functools import partial
import os
from pathlib import Path
import signal
import socket
import sys

from .errors import DemoError

HOST = "127.0.0.1"

_PR_SET_PDEATHSIG = 1
_SECONDS_TO_STOP = 20

_libc = ctypes.CDLL(None)


@asynccontextmanager
async def running(
    *command: str, output: Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a command, its output added to a file, and stop it at the end."""
    end_with_parent = partial(_end_with_parent, os.getpid())
    with output.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            env=environment,
            # Ctrl-C is for the demo alone, which then stops its children in order.
            start_new_session=True,
            preexec_fn=end_with_parent if sys.platform == "linux" else None,
        )
    try:
        yield process
    finally:
        await _stop(process)


def _end_with_parent(parent: int) -> None:
    """Have the kernel end this process when the demo is gone, even if killed."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # It was killed just before that.
        os._exit(1)


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_SECONDS_TO_STOP):
            await process.wait()
    except TimeoutError:
        pass
    finally:  # Also where somebody cannot wait for that.
        if process.returncode is None:
            process.kill()
            await process.wait()


def require_free_port(port: int) -> None:
    """Raise DemoError where a server could not listen on the port."""
    with socket.socket() as listener:
        # A port that was in use until just now is free, as it is for the server.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            raise DemoError(
                f"port {port} cannot be used ({error.strerror}):"
                " choose another one with --port"
            ) from error


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
    return port
