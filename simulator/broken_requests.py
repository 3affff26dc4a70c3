"""Requests that end in the middle, so that a client cannot know what became of them."""

from dataclasses import dataclass

from aiohttp import web

from .connections import reset
from .faults import Spoiler
from .lines import Answer


@dataclass(frozen=True)
class AfterActing:
    """Lets the PBX act on a request first, and then spoils its answer."""

    fault: Spoiler

    async def inflict(self, http: web.Request, answer: Answer) -> web.StreamResponse:
        """Act and spoil."""
        acted = answer()
        return await self.fault.inflict(http, lambda: acted)


async def cut_off(http: web.Request, length: int) -> web.StreamResponse:
    """Send a TCP reset once so many bytes of the body of a request have come in."""
    while length > 0 and (chunk := await http.content.read(length)):
        length -= len(chunk)
    if http.transport is not None:
        reset(http.transport)
    return web.Response()
