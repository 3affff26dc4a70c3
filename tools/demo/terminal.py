"""What a person types while something else goes on."""

import asyncio
from collections.abc import AsyncIterator
import os

_LONGEST_LINE = 4096  # bytes; a terminal has no longer ones


def is_interactive(terminal: int) -> bool:
    """Return whether a file descriptor is a terminal that this program may read."""
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:  # It is something else.
        return False


async def typed_lines(terminal: int) -> AsyncIterator[str]:
    """Yield each line that is typed at a terminal, until Ctrl-D."""
    lines = asyncio.Queue[bytes]()
    loop = asyncio.get_running_loop()
    # A terminal is read from when it has a line, and gives one line at a time. It is
    # not made non-blocking, which its other users would notice.
    loop.add_reader(
        terminal, lambda: lines.put_nowait(os.read(terminal, _LONGEST_LINE))
    )
    try:
        while line := await lines.get():
            yield line.decode(errors="replace").strip()
    finally:
        loop.remove_reader(terminal)
