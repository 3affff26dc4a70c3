"""Connections, certificates, and what the PBX remembers of a request."""

import asyncio
import socket
import ssl

from aiohttp import ClientConnectorError, ClientSession
import pytest

from simulator import PbxSimulator, SimulatedExtension

from .common import (
    LIST,
    TOKEN_EXPIRED,
    Client,
    Clock,
    accept_any_certificate,
)


@pytest.fixture
def https() -> bool:
    """Let the PBX have https."""
    return True


async def test_each_answer_closes_its_connection(stranger: Client) -> None:
    """The PBX closes the connection after each answer."""
    reply = await stranger.send("GET", "/openapi/v1.0/system/information")

    assert reply.headers["Connection"] == "close"


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


@pytest.mark.parametrize(
    ("host", "url_host"),
    [("127.0.0.2", "127.0.0.2"), pytest.param("::1", "[::1]", marks=pytest.mark.ipv6)],
)
async def test_another_address(host: str, url_host: str) -> None:
    """The PBX listens at one address of the machine, and its certificate is for it."""
    async with PbxSimulator(host=host) as pbx:
        trust = ssl.create_default_context(cadata=pbx.certificate_pem)
        async with ClientSession() as session:
            reply = await session.get(pbx.base_url, ssl=trust)

        assert reply.status == 404
        assert pbx.base_url == f"https://{url_host}:{pbx.port}"
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", pbx.port)


@pytest.mark.parametrize("status", [301, 307])
async def test_an_http_port_that_leads_to_https(status: int) -> None:
    """Under the name that it was asked for, and with all that was in the clear."""
    async with PbxSimulator(redirect_port=0) as pbx, ClientSession() as session:
        pbx.switches.redirect_status = status
        url = f"{pbx.redirecting_url.replace('127.0.0.1', 'localhost')}/a/b?c=d%26e"

        reply = await session.get(url, allow_redirects=False)

        assert reply.status == status
        assert reply.headers["Location"] == f"https://localhost:{pbx.port}/a/b?c=d%26e"
        assert pbx.redirects
        assert pbx.redirects.asked == ["/a/b?c=d%26e"]
        assert pbx.requests == []


async def test_a_port_of_redirects_that_is_taken() -> None:
    """The PBX does not start, and can be started later."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        pbx = PbxSimulator(redirect_port=taken.getsockname()[1])
        with pytest.raises(OSError, match="address already in use"):
            await pbx.start()

    async with pbx:
        assert pbx.redirecting_url


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


@pytest.mark.usefixtures("freezer")
async def test_stop_does_not_wait_for_idle_connections(pbx: PbxSimulator) -> None:
    """Nor for a client that connects and says nothing: time stands still."""
    _, writer = await asyncio.open_connection(
        "127.0.0.1", pbx.port, ssl=accept_any_certificate()
    )

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


@pytest.mark.parametrize("new_certificate", [False, True])
@pytest.mark.parametrize("new_client", [False, True])
async def test_another_device_at_the_same_address(
    client: Client, new_client: bool, new_certificate: bool
) -> None:
    """After a repair with a restored backup, or without one."""
    pbx = client.pbx
    before = pbx.client_id, pbx.fingerprint, pbx.base_url

    pbx.replace_device("3631A2124999")
    if new_client:
        pbx.client_id, pbx.client_secret = "new-id", "new-secret"
    if new_certificate:
        await pbx.renew_certificate()

    assert await client.get("system/information") == TOKEN_EXPIRED
    await client.login()
    assert (await client.get("system/information"))["data"]["sn"] == "3631A2124999"
    after = pbx.client_id, pbx.fingerprint, pbx.base_url
    assert [old == new for old, new in zip(before, after, strict=True)] == [
        not new_client,
        not new_certificate,
        True,
    ]


async def test_simulators_share_nothing(clock: Clock) -> None:
    """Each has its own extensions, tokens, switches and certificate."""
    async with PbxSimulator(clock=clock) as one, PbxSimulator(clock=clock) as other:
        one.extensions["1"] = SimulatedExtension("1", "One")
        one.switches.ranges = True

        assert "1" not in other.extensions
        assert not other.switches.ranges
        assert one.fingerprint != other.fingerprint
        assert one.port != other.port
