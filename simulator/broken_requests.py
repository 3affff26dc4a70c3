"""Requests that end in the middle, so that a client cannot know what became of them."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from .connections import reset
from .faults import Fault, Spoiler
from .lines import Answer


@dataclass(frozen=True)
class AfterActing:
    """Lets the PBX act on a request first, and then spoils its answer."""

    fault: Spoiler

    async def inflict(self, http: web.Request, answer: Answer) -> web.StreamResponse:
        """Act and spoil."""
        acted = answer()
        return await self.fault.inflict(http, lambda: acted)


@dataclass(frozen=True)
class Reboot:
    """Lets the PBX reboot while it answers a request, before or after it acted on it.

    The answer is lost.
    """

    reboot: Callable[[], None]
    acts: bool

    async def inflict(self, http: web.Request, answer: Answer) -> web.StreamResponse:
        """Act or not, and reboot."""
        if self.acts:
            answer()
        self.reboot()
        return await Fault.RESET.inflict(http, answer)


async def cut_off(http: web.Request, length: int) -> web.StreamResponse:
    """Send a TCP reset once so many bytes of the body of a request have come in."""
    while length > 0 and (chunk := await http.content.read(length)):
        length -= len(chunk)
    if http.transport is not None:
        reset(http.transport)
    return web.Response()
