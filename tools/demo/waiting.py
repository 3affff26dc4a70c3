"""Wait for programs, which tell nobody when they are done."""

import asyncio
from collections.abc import Awaitable, Callable

from .processes import HOST

_SECONDS_BETWEEN_LOOKS = 0.05


async def wait_until(happens: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    """Look again and again; return whether it happened in time."""
    try:
        async with asyncio.timeout(seconds):
            while not await happens():  # noqa: ASYNC110  nobody tells when it does
                await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
    except TimeoutError:
        return False
    return True


async def is_listening(port: int) -> bool:
    """Return whether a program accepts connections."""
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True
