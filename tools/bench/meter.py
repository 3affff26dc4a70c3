"""A port that leads to another one, and counts what goes through it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from tools.demo.processes import HOST

_CHUNK = 64 * 1024


@dataclass
class Meter:
    """A port, and the bytes of the connections to it; ``open`` is how many last."""

    port: int = 0
    received: int = 0
    sent: int = 0
    open: int = 0


@asynccontextmanager
async def metered(port: int) -> AsyncIterator[Meter]:
    """Take connections at another port, and lead them to this one."""
    meter = Meter()

    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        meter.open += 1
        try:
            there, back = await asyncio.open_connection(HOST, port)
            async with asyncio.TaskGroup() as both:
                both.create_task(_pump(reader, back, meter, is_request=True))
                both.create_task(_pump(there, writer, meter, is_request=False))
        finally:
            meter.open -= 1

    server = await asyncio.start_server(lead, HOST, 0)
    meter.port = server.sockets[0].getsockname()[1]
    try:
        yield meter
    finally:
        server.close()


async def _pump(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    meter: Meter,
    *,
    is_request: bool,
) -> None:
    """Pass on what comes until one of the two sides ends."""
    with suppress(ConnectionError):
        while data := await reader.read(_CHUNK):
            if is_request:
                meter.received += len(data)
            else:
                meter.sent += len(data)
            writer.write(data)
            await writer.drain()
    writer.close()
