"""Connections, certificates, and what the PBX remembers of a request."""

import asyncio
import re
import ssl

from aiohttp import ClientConnectorError, ClientSession
import pytest

from tests.pbx_simulator import PbxSimulator, SimulatedExtension

from .common import LIST, Client, Clock, accept_any_certificate, shown_fingerprint


async def test_each_answer_closes_its_connection(stranger: Client) -> None:
    """The PBX closes the connection after each answer."""
    reply = await stranger.send("GET", "/openapi/v1.0/system/information")

    assert reply.headers["Connection"] == "close"


async def test_a_connection_that_is_not_said_to_be_closed(clock: Clock) -> None:
    """Is good for no other request all the same."""
    async with PbxSimulator(https=False, clock=clock) as pbx:
        pbx.switches.announce_close = False
        reader, writer = await asyncio.open_connection("127.0.0.1", pbx.port)
        request = b"GET / HTTP/1.1\r\nHost: pbx\r\n\r\n"
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        assert length
        await reader.readexactly(int(length[1]))

        writer.write(request)

        assert b"Connection" not in head
        assert await reader.read() == b""
        writer.close()


async def test_http(clock: Clock) -> None:
    """Without TLS there is no fingerprint."""
    async with (
        PbxSimulator(https=False, clock=clock) as pbx,
        ClientSession() as session,
    ):
        answer = await Client(pbx, session).login()

        assert answer["errcode"] == 0
        assert pbx.base_url == f"http://127.0.0.1:{pbx.port}"
        assert pbx.fingerprint == ""
        with pytest.raises(RuntimeError):
            await pbx.renew_certificate()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_certificate_is_valid_once_trusted(host: str) -> None:
    """A client that trusts the certificate can verify names and validity."""
    async with PbxSimulator() as pbx:
        trust = ssl.create_default_context(cadata=pbx.certificate_pem)

        _, writer = await asyncio.open_connection(
            "127.0.0.1", pbx.port, ssl=trust, server_hostname=host
        )

        writer.transport.abort()


async def test_certificate_is_not_trusted_by_itself(pbx: PbxSimulator) -> None:
    """The certificate is self-signed."""
    # In debug mode asyncio logs an error for a client that breaks its handshake off.
    asyncio.get_running_loop().set_debug(False)
    async with ClientSession() as session:
        with pytest.raises(ClientConnectorError):
            await session.get(pbx.base_url)


async def test_renewed_certificate(pbx: PbxSimulator) -> None:
    """Port and base URL stay, the fingerprint is that of the new certificate."""
    base_url, before = pbx.base_url, pbx.fingerprint

    await pbx.renew_certificate()

    assert pbx.base_url == base_url
    assert pbx.fingerprint != before
    assert pbx.fingerprint == await shown_fingerprint(pbx)


async def test_closed_port(client: Client) -> None:
    """A stopped PBX refuses connections, and comes back where it was."""
    pbx = client.pbx
    before = pbx.base_url, pbx.fingerprint

    await pbx.stop()
    with pytest.raises(ClientConnectorError):
        await client.get("system/information")
    await pbx.start()

    assert (pbx.base_url, pbx.fingerprint) == before
    assert (await client.get("system/information"))["errcode"] == 0


async def test_stop_does_not_wait_for_idle_connections(pbx: PbxSimulator) -> None:
    """A client that connects and says nothing does not keep the PBX from stopping."""
    _, writer = await asyncio.open_connection(
        "127.0.0.1", pbx.port, ssl=accept_any_certificate()
    )

    async with asyncio.timeout(1):
        await pbx.stop()

    writer.transport.abort()


async def test_requests_are_recorded(stranger: Client) -> None:
    """Every request is recorded in order, the refused ones too."""
    await stranger.login("wrong")
    await stranger.get(LIST, extension="3200")
    await stranger.send("GET", "/api/download/x.wav", headers={"Range": "bytes=0-1"})
    await stranger.send("GET", "/")

    login, listing, download, other = stranger.pbx.requests
    assert (login.method, login.endpoint) == ("POST", "get_token")
    assert b'"password": "wrong"' in login.body
    assert (listing.method, listing.endpoint) == ("GET", LIST)
    assert listing.path == f"/openapi/v1.0/{LIST}"
    assert listing.query == {"access_token": "", "extension": "3200"}
    assert download.endpoint == "download"
    assert download.headers["range"] == "bytes=0-1"
    assert other.endpoint == ""


async def test_simulators_share_nothing(clock: Clock) -> None:
    """Each has its own extensions, tokens, switches and certificate."""
    async with PbxSimulator(clock=clock) as one, PbxSimulator(clock=clock) as other:
        one.extensions["1"] = SimulatedExtension("1", "One")
        one.switches.ranges = True

        assert "1" not in other.extensions
        assert not other.switches.ranges
        assert one.fingerprint != other.fingerprint
        assert one.port != other.port
