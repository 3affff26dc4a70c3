"""A server that sends its callers elsewhere: nothing is sent on."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
import time

from aiohttp import web
from aiohttp.test_utils import RawTestServer
import pytest

from custom_components.yeastar_vm.pbx import (
    Connected,
    Connections,
    Credentials,
    Disconnected,
    InvalidResponse,
    PlayLink,
    Redirected,
    SignIn,
    TokenPair,
    YeastarClient,
    YeastarError,
)
from simulator import PbxSimulator
from simulator.tls import server_context

from .caller import stranger

HOUR = 3600
SECRETS = ("the-access-token", "the-refresh-token", "the-client-secret")


@dataclass
class Server:
    """A server that answers everything alike, and what it was asked."""

    status: int
    location: str
    base_url: str = ""
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """Lead elsewhere."""
        self.asked.append(request.path_qs + await request.text())
        return web.Response(status=self.status, headers={"Location": self.location})


@asynccontextmanager
async def a_server(
    status: int, location: str, pbx: PbxSimulator | None = None
) -> AsyncIterator[Server]:
    """Yield a server that runs, with the certificate of a PBX if there is one."""
    server = Server(status, location)
    running = RawTestServer(server.answer)
    context = server_context(pbx._certificate) if pbx and pbx._certificate else None
    await running.start_server(ssl=context)
    server.base_url = str(running.make_url("")).rstrip("/")
    yield server
    await running.close()


def a_client(
    connections: Connections,
    base_url: str,
    fingerprint: str | None = None,
    /,
    *,
    access: float = HOUR,
    refresh: float = HOUR,
) -> YeastarClient:
    """Return a client with secrets of every kind; lifetimes in seconds from now."""
    access_token, refresh_token, client_secret = SECRETS
    now = time.time()
    tokens = TokenPair(access_token, now + access, refresh_token, now + refresh)
    return stranger(
        connections,
        base_url,
        sign_in=SignIn(Credentials("client-id", client_secret), tokens),
        fingerprint=fingerprint,
    )


async def _information(client: YeastarClient) -> object:
    return await client.system.information()


async def _play(client: YeastarClient) -> object:
    return await client.greetings.play_link("3200", "vm_welcome.wav")


async def _download(client: YeastarClient) -> object:
    link = PlayLink(f"{client.base_url}/a.wav", 0, needs_token=True, requested_at=0)
    return await client.audio.download(link)


async def _listen(client: YeastarClient) -> object:
    """Raise what ends the first socket."""
    async with aclosing(client.listen()) as events:
        event = await anext(events)
    assert not isinstance(event, Connected)
    assert isinstance(event, Disconnected)
    raise event.error


type Ask = Callable[[YeastarClient], Awaitable[object]]

EVERYTHING = pytest.mark.parametrize(
    ("lifetimes", "ask"),
    [
        pytest.param({"access": 0, "refresh": 0}, _information, id="get_token"),
        pytest.param({"access": 0}, _information, id="refresh_token"),
        pytest.param({}, _information, id="system/information"),
        pytest.param({}, _play, id="extension_vm_greeting/play"),
        pytest.param({}, _download, id="download"),
        pytest.param({}, _listen, id="subscribe"),
        pytest.param({}, YeastarClient.revoke, id="del_token"),
    ],
)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308])
@EVERYTHING
async def test_no_secret_goes_to_another_origin(
    connections: Connections, status: int, lifetimes: dict[str, float], ask: Ask
) -> None:
    """Nothing at all is sent there, whatever the status says about it."""
    async with (
        a_server(200, "") as elsewhere,
        a_server(status, f"{elsewhere.base_url}/here?it=is") as pbx,
    ):
        client = a_client(connections, pbx.base_url, **lifetimes)
        with pytest.raises(Redirected) as caught:
            await ask(client)

    assert elsewhere.asked == []
    assert len(pbx.asked) == 1
    assert caught.value.origin == elsewhere.base_url
    told = f"{caught.value!r} {caught.value} {vars(caught.value)}"
    assert not any(secret in told for secret in SECRETS)


@EVERYTHING
async def test_no_secret_leaves_a_pinned_pbx(
    connections: Connections,
    pbx: PbxSimulator,
    lifetimes: dict[str, float],
    ask: Ask,
) -> None:
    """Not even to plain http at the same host."""
    async with (
        a_server(200, "") as elsewhere,
        a_server(302, f"{elsewhere.base_url}/", pbx) as pinned,
    ):
        client = a_client(connections, pinned.base_url, pbx.fingerprint, **lifetimes)
        with pytest.raises(Redirected):
            await ask(client)

    assert pinned.base_url.startswith("https:")
    assert elsewhere.asked == []
    assert len(pinned.asked) == 1


@pytest.mark.parametrize(
    "location",
    ["/elsewhere", "?again", "", "http://[", "https://%zz:1:2/", "javascript:alert(1)"],
)
@EVERYTHING
async def test_a_redirect_to_no_other_server_is_no_answer(
    connections: Connections, lifetimes: dict[str, float], ask: Ask, location: str
) -> None:
    """Such as to the page where a proxy wants its users to sign in."""
    async with a_server(302, location) as pbx:
        client = a_client(connections, pbx.base_url, **lifetimes)
        with pytest.raises(InvalidResponse, match="redirected"):
            await ask(client)

    # A refresh that was answered like this is followed by one sign-in.
    assert len(pbx.asked) <= 2
    assert not any("elsewhere" in asked or "again" in asked for asked in pbx.asked)


async def test_another_origin_is_named_without_its_query(
    connections: Connections,
) -> None:
    """The user may want to enter it; the token in the query stays secret."""
    async with a_server(302, "https://pbx.example:8088/a?access_token=b") as pbx:
        with pytest.raises(Redirected) as caught:
            await stranger(connections, pbx.base_url).system.information()

    assert caught.value.details == {"origin": "https://pbx.example:8088"}


async def test_a_certificate_can_be_looked_at_behind_a_redirect(
    connections: Connections, pbx: PbxSimulator
) -> None:
    """Nothing is asked but the certificate."""
    async with a_server(301, "http://pbx.example/", pbx) as pinned:
        client = stranger(connections, pinned.base_url)
        certificate, is_trusted = await client.probe_certificate()

    assert certificate.fingerprint == pbx.fingerprint
    assert not is_trusted


def test_a_redirect_is_an_error_of_its_own() -> None:
    """It is told apart from an answer of something else than a PBX."""
    assert not issubclass(Redirected, InvalidResponse)
    assert issubclass(Redirected, YeastarError)
