"""Hold back what the simulated PBX answers, to choose what happens meanwhile."""

import asyncio

from aiohttp import web

from simulator import PbxSimulator
from simulator.lines import Answer


class Gate:
    """Stands before one endpoint; it inflicts as a `Fault` does.

    The PBX acts on a request when it arrives, or, where it is `busy`, when the gate is
    opened. `waiting` counts the requests that were stopped.
    """

    def __init__(self, pbx: PbxSimulator, endpoint: str, *, busy: bool = False) -> None:
        """Close the gate."""
        self.waiting = 0
        self._faults = pbx.faults
        self._endpoint = endpoint
        self._busy = busy
        self._arrival = asyncio.Condition()
        self._opened = asyncio.Event()
        pbx.faults[endpoint] = self

    async def arrived(self, requests: int = 1) -> None:
        """Wait until so many requests have arrived."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: self.waiting >= requests)

    def open(self) -> None:
        """Let all answers go, and hold no more of them."""
        if self._faults.get(self._endpoint) is self:
            del self._faults[self._endpoint]
        self._opened.set()

    async def inflict(self, http: web.Request, answer: Answer) -> web.StreamResponse:
        """Answer once the gate is open."""
        response = None if self._busy else answer()
        async with self._arrival:
            self.waiting += 1
            self._arrival.notify_all()
        await self._opened.wait()
        return response or answer()
