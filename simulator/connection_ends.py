"""The ends of connections of which the PBX says nothing in its answers."""

import asyncio
from weakref import WeakSet

from aiohttp import web

from .connections import finish, reset
from .lines import Sleep
from .switches import Switches, UnannouncedEnd


class ConnectionEnds:
    """Ends connections as ``unannounced_end`` and ``idle_seconds`` say."""

    def __init__(self, switches: Switches, sleep: Sleep) -> None:
        """Take how the PBX waits."""
        self._switches = switches
        self._sleep = sleep
        self._ends: set[asyncio.Task[None]] = set()
        self._used: WeakSet[asyncio.Transport] = WeakSet()

    async def takes_another(self, transport: asyncio.Transport) -> bool:
        """Return whether one more request is answered on a connection."""
        if transport not in self._used:
            self._used.add(transport)
            return True
        match self._switches.unannounced_end:
            case UnannouncedEnd.NEXT_REQUEST:
                return False
            case UnannouncedEnd.DEAF:
                await asyncio.Future[None]()
        return True

    async def answer(self, http: web.Request, response: web.Response) -> None:
        """Send an answer whole, if its connection is to end by itself after a while."""
        if self._switches.announce_close or self._switches.unannounced_end not in (
            UnannouncedEnd.FIN,
            UnannouncedEnd.RESET,
        ):
            return
        await response.prepare(http)
        await response.write_eof()
        end = asyncio.create_task(self._end(http.transport))
        self._ends.add(end)
        end.add_done_callback(self._ends.discard)

    def stop(self) -> None:
        """Leave the connections alone from now on."""
        for end in self._ends:
            end.cancel()

    async def _end(self, transport: asyncio.Transport | None) -> None:
        await self._sleep(self._switches.idle_seconds)
        if transport is None or transport.is_closing():
            return
        if self._switches.unannounced_end is UnannouncedEnd.RESET:
            reset(transport)
        else:
            finish(transport)
