"""What keeps a client from getting through to the PBX at all.

No endpoint has been named by then, so that an outage concerns all of them.
"""

import asyncio
from collections.abc import Mapping
from enum import StrEnum, auto
from typing import override


class Outage(StrEnum):
    """What whoever connects from now on meets."""

    REFUSED = auto()
    """The port is closed."""
    DEAF = auto()
    """The port takes connections and never says a word."""
    HANDSHAKE_BROKEN_OFF = auto()
    """The port hangs up as soon as it hears something, as of a TLS handshake."""
    CERTIFICATE_CHANGED = auto()
    """The PBX shows another self-signed certificate."""


class HangUp(asyncio.Protocol):
    """Listens to one word of a client and hangs up."""

    _transport: asyncio.Transport

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        self._transport.abort()


STRANGERS: Mapping[Outage, type[asyncio.Protocol]] = {
    Outage.DEAF: asyncio.Protocol,
    Outage.HANDSHAKE_BROKEN_OFF: HangUp,
}
"""Who takes the connections in place of the PBX, where anybody does."""
