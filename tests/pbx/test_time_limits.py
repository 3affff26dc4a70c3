"""How long a PBX is waited for."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
import ssl
from typing import Final

import pytest

from custom_components.yeastar_vm.pbx import (
    Box,
    BoxKind,
    CannotConnect,
    Connections,
    Disconnected,
    PlayLink,
    YeastarClient,
)
from simulator import Fault, Outage
from simulator.lines import Line
from tests.clock import Clock

from .caller import Caller, stranger

ANN: Final = Box("3201", "Ann Empty", BoxKind.EXTENSION)


def link(client: YeastarClient) -> PlayLink:
    """Return a link of the PBX."""
    return PlayLink(f"{client.base_url}/a.wav", 0, needs_token=False, requested_at=0)


async def ask(client: YeastarClient) -> None:
    """Send a request of the API."""
    await client.system.information()


async def upload(client: YeastarClient) -> None:
    """Send a greeting."""
    await client.greetings.upload(ANN, "holiday", b"RIFF")


async def download(client: YeastarClient) -> None:
    """Fetch audio."""
    await client.audio.download(link(client))


async def read_start(client: YeastarClient) -> None:
    """Fetch the start of audio."""
    await client.audio.read_start(link(client))


async def probe(client: YeastarClient) -> None:
    """Look at the certificate."""
    await client.probe_certificate()


async def listen(client: YeastarClient) -> None:
    """Open a WebSocket."""
    async with aclosing(client.listen()) as events:
        event = await anext(events)
    assert isinstance(event, Disconnected)
    raise event.error


type Ask = Callable[[YeastarClient], Awaitable[None]]


async def seconds_until_timeout(clock: Clock, waiting: Awaitable[None]) -> float:
    """Return how long something waits until it gives up."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    with clock.running(), pytest.raises(CannotConnect, match="timeout"):
        await waiting
    return loop.time() - started


@pytest.mark.parametrize("ask", [ask, upload, download, read_start, probe])
async def test_a_host_that_is_off(signed_in: Caller, clock: Clock, ask: Ask) -> None:
    """A connection is made at once or not at all, also where an answer takes long."""
    await signed_in.pbx.begin_outage(Outage.HANGING)

    assert 10 <= await seconds_until_timeout(clock, ask(signed_in.client)) < 11.1


@pytest.mark.parametrize(
    ("ask", "limit"),
    [(ask, 30), (listen, 30), (download, 30), (read_start, 30), (upload, 300)],
)
async def test_a_pbx_that_does_not_answer(
    signed_in: Caller, clock: Clock, ask: Ask, limit: int
) -> None:
    """Only what is sent to it may take minutes."""
    signed_in.pbx.faults["*"] = Fault.SILENT

    taken = await seconds_until_timeout(clock, ask(signed_in.client))

    assert limit <= taken < limit + 1.1


async def test_a_download_that_does_not_end(signed_in: Caller, clock: Clock) -> None:
    """Something comes all the time, but too little of it."""
    link = await signed_in.client.greetings.play_link("3200", "vm_welcome.wav")
    signed_in.pbx.faults["download"] = Line(bytes_per_second=0.1)

    async def download() -> None:
        await signed_in.client.audio.download(link)

    assert 300 <= await seconds_until_timeout(clock, download()) < 301.1


async def test_a_pbx_whose_certificate_is_trusted(
    signed_in: Caller, clock: Clock
) -> None:
    """It has to answer, too, when its certificate is looked at."""
    pbx = signed_in.pbx
    pbx.faults["*"] = Fault.SILENT
    trusting = ssl.create_default_context(cadata=pbx.certificate_pem)
    connections = Connections(ssl_context=trusting)
    waiting = probe(stranger(connections, pbx.base_url))

    assert 30 <= await seconds_until_timeout(clock, waiting) < 31.1
    await connections.close()
