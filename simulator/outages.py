"""What keeps a client from getting through to the PBX at all.

No endpoint has been named by then, so that an outage concerns all of them.
"""

import asyncio
from collections.abc import Mapping
from enum import StrEnum, auto
import socket
from typing import Self, override


class Outage(StrEnum):
    """What whoever connects from now on meets."""

    REFUSED = auto()
    """The port is closed."""
    HANGING = auto()
    """The port neither takes connections nor refuses them."""
    DEAF = auto()
    """The port takes connections and never says a word."""
    HANDSHAKE_BROKEN_OFF = auto()
    """The port hangs up as soon as it hears something, as of a TLS handshake."""
    OTHER_PROTOCOL = auto()
    """The port speaks http where https is meant, and https where http is."""
    CERTIFICATE_CHANGED = auto()
    """The PBX shows another self-signed certificate."""


class Deaf(asyncio.Protocol):
    """Listens to a client and says nothing."""

    transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def hang_up(self) -> None:
        """End the connection."""
        if self.transport:
            self.transport.abort()


class HangUp(Deaf):
    """Listens to one word of a client and hangs up."""

    @override
    def data_received(self, data: bytes) -> None:
        self.hang_up()


STRANGERS: Mapping[Outage, type[Deaf]] = {
    Outage.DEAF: Deaf,
    Outage.HANDSHAKE_BROKEN_OFF: HangUp,
}
"""Who takes the connections in place of the PBX, where anybody does."""


class DeadAddress:
    """An address and port where a connection is neither made nor refused.

    As of a host that is switched off, or of a firewall that drops what it does not
    like. On Linux; its queue of connections is full.
    """

    def __init__(self, host: str, port: int = 0) -> None:
        """Take the port, a free one where it is 0."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=0)
        address = self._listener.getsockname()
        self.port: int = address[1]
        self._callers = [socket.socket(family) for _ in range(_CALLERS)]
        for caller in self._callers:
            caller.setblocking(False)
            caller.connect_ex(address)

    def __enter__(self) -> Self:
        """Do nothing more."""
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Give the port back."""
        self.close()

    def close(self) -> None:
        """Give the port back."""
        for caller in self._callers:
            caller.close()
        self._listener.close()


_CALLERS = 4
"""More than a queue without room for any takes."""
