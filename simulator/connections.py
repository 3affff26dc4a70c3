"""How a connection ends, as an HTTP server knows it."""

import asyncio
import socket
import struct


def reset(transport: asyncio.BaseTransport) -> None:
    """End a connection with a TCP reset."""
    linger_not = struct.pack("ii", 1, 0)
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
    assert isinstance(transport, asyncio.Transport)
    transport.abort()


def finish(transport: asyncio.BaseTransport) -> None:
    """End a connection on the level of TCP alone, without a word of TLS."""
    transport.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
