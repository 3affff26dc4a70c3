"""A PBX behind a slow line, or one that takes its time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

type Sleep = Callable[[float], Awaitable[object]]
"""Waits for so many seconds, as ``asyncio.sleep`` does."""
type Answer = Callable[[], web.Response]
"""Lets the PBX act on the request, and returns what it would answer."""

SLEEP: web.AppKey[Sleep] = web.AppKey("sleep")
"""Where an application of a simulator keeps how it waits."""

_TICKS = 10
"""Pieces that are sent in a second, where a second has so many bytes."""


@dataclass(frozen=True)
class Line:
    """Sends an answer at a number of bytes a second, after a delay in seconds."""

    bytes_per_second: float
    delay: float = 0

    async def inflict(self, http: web.Request, answer: Answer) -> web.StreamResponse:
        """Send the whole answer, piece by piece."""
        sleep = http.app[SLEEP]
        if self.delay:
            await sleep(self.delay)
        whole = answer()
        response = await promise(http, whole)
        body = body_of(whole)
        size = max(1, int(self.bytes_per_second / _TICKS))
        for start in range(0, len(body), size):
            piece = body[start : start + size]
            await response.write(piece)
            await sleep(len(piece) / self.bytes_per_second)
        return response


@dataclass(frozen=True)
class Delay:
    """Sends an answer as it is after a delay in seconds."""

    delay: float

    async def inflict(self, http: web.Request, answer: Answer) -> web.StreamResponse:
        """Wait and answer."""
        await http.app[SLEEP](self.delay)
        return answer()


async def promise(http: web.Request, whole: web.Response) -> web.StreamResponse:
    """Send the headers of an answer."""
    response = web.StreamResponse(status=whole.status)
    response.content_type = whole.content_type
    response.content_length = len(body_of(whole))
    await response.prepare(http)
    return response


def body_of(response: web.Response) -> bytes:
    """Return the body of an answer."""
    assert isinstance(response.body, bytes)
    return response.body
