"""Bodies of answers: the whole of one that is short enough, or the start of one.

aiohttp closes the connection of a body that is not read to its end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
import time

import aiohttp


async def read_whole(response: aiohttp.ClientResponse, limit: int) -> bytes | None:
    """Return the whole body; None where it has more than `limit` bytes."""
    if (announced := response.content_length) and announced > limit:
        return None
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > limit:
            return None
    return bytes(content)


async def read_start(response: aiohttp.ClientResponse, size: int) -> bytes:
    """Return the first bytes of the body, and fetch no more of it."""
    content = bytearray()
    async for chunk in response.content.iter_chunked(size):
        content += chunk
        if len(content) >= size:
            break
    return bytes(content[:size])


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """An answer as it came. `seconds` is how long it took.

    The body is None if it was not read: it was too large, or refuses a WebSocket.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    seconds: float


async def read_answer(
    response: aiohttp.ClientResponse, limit: int, started: float
) -> RawAnswer:
    """Return an answer whatever it is, with its body unless that is too large."""
    return _raw(response, await read_whole(response, limit), started)


async def read_answer_start(
    response: aiohttp.ClientResponse, size: int, started: float
) -> RawAnswer:
    """Return an answer whatever it is, with the first bytes of its body."""
    return _raw(response, await read_start(response, size), started)


def _raw(
    response: aiohttp.ClientResponse, body: bytes | None, started: float
) -> RawAnswer:
    seconds = time.monotonic() - started
    return RawAnswer(response.status, response.headers, body, seconds)
