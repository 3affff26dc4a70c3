"""Where a server sends its callers, and that no secret goes along."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import time

from aiohttp import web
from aiohttp.test_utils import RawTestServer
from homeassistant.core import HomeAssistant
from homeassistant.helpers import aiohttp_client
import pytest

from custom_components.yeastar_vm.pbx import (
    Credentials,
    InvalidResponse,
    Pause,
    PlayLink,
    Redirected,
    SignIn,
    TokenPair,
    YeastarClient,
    YeastarError,
)
from simulator import PbxSimulator
from tests.window import Window

HOUR = 3600
SECRETS = ("the-access-token", "the-refresh-token", "the-client-secret")


def a_client(
    hass: HomeAssistant, base_url: str, *, access: float = HOUR, refresh: float = HOUR
) -> YeastarClient:
    """Return a client with secrets of every kind; lifetimes in seconds from now."""
    access_token, refresh_token, client_secret = SECRETS
    now = time.time()
    tokens = TokenPair(access_token, now + access, refresh_token, now + refresh)
    return YeastarClient(
        aiohttp_client.async_get_clientsession(hass),
        base_url,
        fingerprint=None,
        sign_in=SignIn(Credentials("client-id", client_secret), tokens),
        pause=Pause(),
    )


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
async def a_server(status: int, location: str = "") -> AsyncIterator[Server]:
    """Return a server that runs."""
    server = Server(status, location)
    async with RawTestServer(server.answer) as running:
        server.base_url = str(running.make_url("")).rstrip("/")
        yield server


async def _information(client: YeastarClient) -> object:
    return await client.system.information()


async def _play(client: YeastarClient) -> object:
    return await client.greetings.play_link("3200", "vm_welcome.wav")


async def _download(client: YeastarClient) -> object:
    return await client.audio.download(PlayLink(f"{client.base_url}/a.wav", 0))


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308])
@pytest.mark.parametrize(
    ("lifetimes", "ask"),
    [
        pytest.param({"access": 0, "refresh": 0}, _information, id="get_token"),
        pytest.param({"access": 0}, _information, id="refresh_token"),
        pytest.param({}, _information, id="system/information"),
        pytest.param({}, _play, id="extension_vm_greeting/play"),
        pytest.param({}, _download, id="download"),
        pytest.param({}, YeastarClient.revoke, id="del_token"),
    ],
)
async def test_no_secret_goes_to_another_origin(
    hass: HomeAssistant,
    status: int,
    lifetimes: dict[str, float],
    ask: Callable[[YeastarClient], Awaitable[object]],
) -> None:
    """Nothing at all is sent there, whatever the status says about it."""
    async with (
        a_server(200) as elsewhere,
        a_server(status, f"{elsewhere.base_url}/here?it=is") as pbx,
    ):
        client = a_client(hass, pbx.base_url, **lifetimes)
        with pytest.raises(YeastarError) as caught:
            await ask(client)

    assert elsewhere.asked == []
    assert pbx.asked
    told = f"{caught.value!r} {caught.value} {vars(caught.value)}"
    assert not any(secret in told for secret in SECRETS)


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("http://localhost:1/", Redirected),
        ("http://0.0.0.0:1/", Redirected),
        ("http://[", InvalidResponse),
        ("http://pbx:port/", InvalidResponse),
    ],
)
async def test_home_assistants_check_of_redirects_is_not_in_the_way(
    monkeypatch: pytest.MonkeyPatch,
    hass: HomeAssistant,
    location: str,
    error: type[YeastarError],
) -> None:
    """It refuses to be led to this machine from others, and stumbles over non-URLs.

    The server passes for one in the local network.
    """
    monkeypatch.setattr(
        aiohttp_client, "_is_ssrf_address", lambda address: address != "127.0.0.1"
    )
    async with a_server(302, location) as pbx:
        with pytest.raises(error):
            await a_client(hass, pbx.base_url).system.information()


async def test_the_http_port_of_a_pbx_leads_to_its_https_port(
    hass: HomeAssistant,
) -> None:
    """The form says where, and takes that URL."""
    async with PbxSimulator(redirect_port=0) as pbx:
        window = Window(hass, pbx)
        await window.open()

        refused = await window.sign_in(url=pbx.redirecting_url)
        shown = await window.sign_in(url=pbx.base_url)

        assert refused["errors"] == {"base": "redirected"}
        assert refused["description_placeholders"]
        assert refused["description_placeholders"]["origin"] == pbx.base_url
        assert shown["step_id"] == "certificate"
        await window.close()
