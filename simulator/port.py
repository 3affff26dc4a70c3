"""The port of the PBX: who talks to whoever connects to it."""

import asyncio
from collections.abc import Callable
import ssl
from weakref import WeakSet

from .certificate import Certificate
from .outages import STRANGERS, DeadAddress, Deaf, Outage
from .tls import TlsConnection, TlsOrNot, server_context


class Port:
    """A port of a host; ``number`` 0 takes a free one when it is opened.

    It speaks TLS where it has a ``context``. Both may be changed at any time, and hold
    for whoever connects after that.
    """

    def __init__(
        self, host: str, number: int, answers: Callable[[], asyncio.Protocol]
    ) -> None:
        """Let ``answers`` return who talks to a client."""
        self.host = host
        self.number = number
        self.context: ssl.SSLContext | None = None
        self.explains_http = False
        """Answer http with a page that says so, where https is meant."""
        self._answers = answers
        self._outage: Outage | None = None
        self._server: asyncio.Server | None = None
        self._closed: list[asyncio.Server] = []
        self._dead: DeadAddress | None = None
        self._strangers: WeakSet[Deaf] = WeakSet()

    async def open(self) -> None:
        """Take connections."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._taken, self.host, self.number)
        self.number = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Take no more connections; those that there are go on."""
        if self._server:
            self._server.close()
            self._closed.append(self._server)
            self._server = None

    def stop(self) -> None:
        """Close, and end all connections."""
        self._forget_outage()
        self.close()
        for server in self._closed:
            server.abort_clients()
        self._closed.clear()

    def begin(self, outage: Outage) -> None:
        """Let whoever connects from now on not get through."""
        self._forget_outage()
        self._outage = outage
        if outage in (Outage.REFUSED, Outage.HANGING):
            self.close()
        if outage is Outage.HANGING:
            self._dead = DeadAddress(self.host, self.number)

    async def end(self) -> None:
        """Let everybody get through again."""
        self._forget_outage()
        if self._server is None:
            await self.open()

    def _forget_outage(self) -> None:
        self._outage = None
        for stranger in self._strangers:
            stranger.hang_up()
        if self._dead:
            self._dead.close()
            self._dead = None

    def _taken(self) -> asyncio.BaseProtocol:
        """Return who talks to a client that has connected just now."""
        if self._outage and (kind := STRANGERS.get(self._outage)):
            stranger = kind()
            self._strangers.add(stranger)
            return stranger
        context = self.context
        if self._outage is Outage.OTHER_PROTOCOL:
            context = None if context else server_context(Certificate.create(0))
        if context is None:
            return self._answers()
        tls = TlsConnection(self._answers(), context)
        return TlsOrNot(tls) if self.explains_http else tls
