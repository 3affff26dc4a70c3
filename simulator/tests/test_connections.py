"""How a connection ends, where the PBX does not say that it does."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
import re

import pytest

from simulator import FastForward, PbxSimulator, UnannouncedEnd

from .common import accept_any_certificate


@dataclass
class Connection:
    """One connection of a client that goes on using it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self) -> bytes:
        """Send a request and return the answer; b"" where the connection has ended."""
        self.writer.write(b"GET / HTTP/1.1\r\nHost: pbx\r\n\r\n")
        return await self.answer()

    async def answer(self) -> bytes:
        """Return one answer whole."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return b""
        length = re.search(rb"Content-Length: (\d+)", head)
        assert length
        return head + await self.reader.readexactly(int(length[1]))

    async def ended(self) -> UnannouncedEnd:
        """Wait for the end of the connection and return how it is."""
        try:
            assert await self.reader.read() == b""
        except ConnectionResetError:
            return UnannouncedEnd.RESET
        return UnannouncedEnd.FIN


@pytest.fixture(params=[True, False], ids=["https", "http"])
async def pbx(request: pytest.FixtureRequest) -> AsyncGenerator[PbxSimulator]:
    """Return a PBX that does not announce the end of its connections."""
    async with PbxSimulator(https=request.param) as pbx:
        pbx.switches.announce_close = False
        yield pbx


@pytest.fixture
async def connection(pbx: PbxSimulator) -> AsyncGenerator[Connection]:
    """Return a connection to it."""
    trust = accept_any_certificate() if pbx.https else None
    reader, writer = await asyncio.open_connection("127.0.0.1", pbx.port, ssl=trust)
    yield Connection(reader, writer)
    writer.transport.abort()


async def test_it_is_good_for_no_other_request(
    pbx: PbxSimulator, connection: Connection
) -> None:
    """Which shows when there is one."""
    first = await connection.ask()

    assert first.endswith(b"404")
    assert b"Connection" not in first
    assert await connection.ask() == b""
    assert len(pbx.requests) == 1


@pytest.mark.parametrize("end", [UnannouncedEnd.FIN, UnannouncedEnd.RESET])
async def test_it_ends_by_itself(
    pbx: PbxSimulator, connection: Connection, end: UnannouncedEnd
) -> None:
    """After the answer, which arrives whole, with a reset or without."""
    pbx.switches.unannounced_end = end

    assert (await connection.ask()).endswith(b"404")

    assert await connection.ended() is end


@pytest.mark.parametrize("end", [UnannouncedEnd.FIN, UnannouncedEnd.RESET])
async def test_it_ends_while_it_is_idle(
    pbx: PbxSimulator, connection: Connection, end: UnannouncedEnd
) -> None:
    """Until then it takes requests."""
    time = FastForward()
    pbx.switches.unannounced_end = end
    pbx.switches.idle_seconds = 60
    assert (await connection.ask()).endswith(b"404")
    assert (await connection.ask()).endswith(b"404")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(10):
            await time.until(connection.reader.read())
    assert await time.until(connection.ended()) is end


async def test_it_stays_and_nothing_answers(
    pbx: PbxSimulator, connection: Connection
) -> None:
    """As where a router has forgotten it."""
    time = FastForward()
    pbx.switches.unannounced_end = UnannouncedEnd.DEAF
    assert (await connection.ask()).endswith(b"404")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(60):
            await time.until(connection.ask())


async def test_it_stays_good(pbx: PbxSimulator, connection: Connection) -> None:
    """As of an ordinary web server."""
    pbx.switches.unannounced_end = UnannouncedEnd.NONE

    answers = [await connection.ask() for _ in range(3)]

    assert [answer[-3:] for answer in answers] == [b"404"] * 3


@pytest.mark.usefixtures("freezer")
async def test_a_pbx_stops_while_connections_wait_for_their_end(
    pbx: PbxSimulator, connection: Connection
) -> None:
    """It does not wait for them: time stands still."""
    pbx.switches.unannounced_end = UnannouncedEnd.FIN
    pbx.switches.idle_seconds = 3600
    await connection.ask()

    await pbx.stop()
