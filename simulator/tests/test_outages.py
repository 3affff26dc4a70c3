"""What keeps clients from getting through at all."""

import asyncio
from errno import ECONNREFUSED
import time

from aiohttp import ClientConnectorError, ClientTimeout, ConnectionTimeoutError
import pytest

from simulator import (
    Authority,
    DeadAddress,
    FastForward,
    Outage,
    PbxSimulator,
    Weakness,
)

from .common import Client, shown_fingerprint


@pytest.fixture
def https() -> bool:
    """Let the PBX have https."""
    return True


@pytest.mark.parametrize(
    ("outage", "errno"),
    # No certificate has been seen when a handshake is broken off.
    [(Outage.REFUSED, ECONNREFUSED), (Outage.HANDSHAKE_BROKEN_OFF, None)],
)
async def test_a_connection_that_cannot_be_made(
    client: Client, outage: Outage, errno: int | None
) -> None:
    """Until the outage ends, at the same port."""
    await client.pbx.begin_outage(outage)
    with pytest.raises(ClientConnectorError) as raised:
        await client.get("system/information")
    assert errno in (raised.value.errno, None)

    await client.pbx.end_outage()
    assert (await client.get("system/information"))["errcode"] == 0


async def test_a_port_that_says_nothing(client: Client) -> None:
    """It takes the connection."""
    await client.pbx.begin_outage(Outage.DEAF)
    _, writer = await asyncio.open_connection("127.0.0.1", client.pbx.port)
    writer.close()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await client.get("system/information")

    await client.pbx.end_outage()
    assert (await client.get("system/information"))["errcode"] == 0


async def test_a_certificate_changed_for_a_while(pbx: PbxSimulator) -> None:
    """The old one comes back."""
    before = await shown_fingerprint(pbx)

    await pbx.begin_outage(Outage.CERTIFICATE_CHANGED)
    meanwhile = await shown_fingerprint(pbx)
    assert meanwhile == pbx.fingerprint
    await pbx.end_outage()

    assert before != meanwhile
    assert await shown_fingerprint(pbx) == before == pbx.fingerprint


@pytest.mark.parametrize("weakness", [Weakness.RSA_512, Weakness.TLS_1_1])
async def test_other_tls_for_a_while(pbx: PbxSimulator, weakness: Weakness) -> None:
    """A weakness or a certificate is over when the outage is."""
    before = await shown_fingerprint(pbx)
    expected = Authority(time.time()).issue(time.time())

    await pbx.begin_outage(weakness)
    weak = pbx.fingerprint
    await pbx.begin_outage(expected)
    await pbx.end_outage()

    assert len({before, weak, expected.fingerprint}) == 3
    assert await shown_fingerprint(pbx) == before == pbx.fingerprint


async def test_another_certificate_after_an_answer(client: Client) -> None:
    """As any outage."""
    certificate = Authority(time.time()).issue(time.time())
    client.pbx.outages_after["system/information"] = certificate

    await client.get("system/information")

    assert await shown_fingerprint(client.pbx) == certificate.fingerprint


async def test_an_outage_after_an_answer(client: Client) -> None:
    """The answer still comes; nobody gets through after it."""
    client.pbx.outages_after["system/information"] = Outage.REFUSED

    assert (await client.get("extension/list"))["errcode"] == 0
    assert (await client.get("system/information"))["errcode"] == 0
    with pytest.raises(ClientConnectorError):
        await client.get("extension/list")


async def test_a_pbx_can_be_stopped_in_an_outage(pbx: PbxSimulator) -> None:
    """It starts without it."""
    await pbx.begin_outage(Outage.DEAF)
    await pbx.stop()
    await pbx.start()

    assert await shown_fingerprint(pbx) == pbx.fingerprint


async def test_a_port_that_hangs(client: Client) -> None:
    """It neither takes a connection nor refuses it."""
    time = FastForward()
    await client.pbx.begin_outage(Outage.HANGING)

    limit = ClientTimeout(sock_connect=10)
    with pytest.raises(ConnectionTimeoutError):
        await time.until(client.call("GET", "extension/list", timeout=limit))

    await client.pbx.end_outage()
    assert (await client.get("system/information"))["errcode"] == 0


async def test_a_dead_address() -> None:
    """Any address of the loopback interface can be dead beside the PBX."""
    async with PbxSimulator(https=False) as pbx:
        with DeadAddress("127.0.0.9", pbx.port):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await asyncio.open_connection("127.0.0.9", pbx.port)
            _, writer = await asyncio.open_connection("127.0.0.1", pbx.port)
            writer.close()

        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.9", pbx.port)
