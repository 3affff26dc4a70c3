"""Media of other servers: what may be fetched, and what never ends."""

import asyncio
from collections.abc import Callable, Mapping

import aiohttp
from aiohttp import web
from homeassistant.core import HomeAssistant
import pytest

from custom_components.yeastar_vm.services.greetings import media as media_module
from custom_components.yeastar_vm.services.greetings.media import (
    async_fetch_media,
)
from simulator import Names
from simulator.outages import DeadAddress
from tests.clock import Clock
from tests.properties.raw_server import RawServer

from .media import MUSIC, NOT_MEDIA, Serve, allow, told

pytestmark = pytest.mark.usefixtures("texts")


async def test_a_server_that_is_allowed(hass: HomeAssistant, serve: Serve) -> None:
    """Its audio is fetched."""
    url = await serve()
    allow(hass, url)

    assert await async_fetch_media(hass, url) == MUSIC


async def test_a_place_that_is_no_redirect(hass: HomeAssistant, serve: Serve) -> None:
    """The audio is there all the same."""
    url = await serve(lambda: web.Response(body=MUSIC, headers={"Location": "/other"}))
    allow(hass, url)

    assert await async_fetch_media(hass, url) == MUSIC


async def test_a_server_that_is_not_allowed(hass: HomeAssistant, serve: Serve) -> None:
    """It is not asked, and the error says what is missing."""

    def fail() -> web.Response:
        raise AssertionError

    url = await serve(fail)
    origin = url.removesuffix("/song")

    assert await told(hass, url) == (
        f"Home Assistant may not fetch media from {origin}. Add this address to "
        "allowlist_external_urls in the configuration of Home Assistant."
    )


async def test_a_server_with_a_certificate(hass: HomeAssistant) -> None:
    """It is media as well, and has to be allowed as well."""
    message = await told(hass, "https://music.example/song")

    assert message.startswith(
        "Home Assistant may not fetch media from https://music.example. "
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects(hass: HomeAssistant, serve: Serve, status: int) -> None:
    """Each server on the way has to be allowed."""
    target = await serve(host="other.example")
    headers = {"Location": target}
    url = await serve(lambda: web.Response(status=status, headers=headers))
    allow(hass, url)

    message = await told(hass, url)
    allow(hass, target)

    assert f"may not fetch media from {target.removesuffix('/song')}" in message
    assert await async_fetch_media(hass, url) == MUSIC


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("/song", "could not be fetched from music.example (too many redirects)"),
        ("file:///etc/passwd", "could not be fetched from music.example (redirect)"),
        ("http://[", "could not be fetched from music.example (redirect)"),
        ("https:///song", "could not be fetched from music.example (redirect)"),
    ],
)
async def test_redirects_that_lead_nowhere(
    hass: HomeAssistant, serve: Serve, location: str, message: str
) -> None:
    """They end in an error, after five of them."""
    asked = 0

    def redirect() -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(status=307, headers={"Location": location})

    url = await serve(redirect)
    allow(hass, url)

    assert message in await told(hass, url)
    assert asked == (6 if "too many" in message else 1)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda: web.Response(status=302), "music.example (HTTP 302)"),
        (lambda: web.Response(status=404), "music.example (HTTP 404)"),
        (lambda: web.Response(status=503), "music.example (HTTP 503)"),
        (lambda: web.json_response({"errcode": 0}), "not audio"),
        (lambda: web.Response(text="<p>", content_type="text/html"), "not audio"),
        (lambda: web.Response(body=b""), "not audio"),
    ],
)
async def test_answers_that_are_no_audio(
    hass: HomeAssistant,
    serve: Serve,
    answer: Callable[[], web.Response],
    message: str,
) -> None:
    """The error says what came instead."""
    url = await serve(answer)
    allow(hass, url)

    assert message in await told(hass, url)


async def test_audio_that_is_too_large(
    hass: HomeAssistant, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No more of it is fetched."""
    monkeypatch.setattr(media_module, "MAX_SOURCE", 1024 * 1024)
    url = await serve(bytes(8 * 1024 * 1024))
    allow(hass, url)

    assert "larger than 1 MB" in await told(hass, url)


async def test_audio_that_turns_out_to_be_too_large(
    hass: HomeAssistant, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not fetched to its end, which it may not have."""
    monkeypatch.setattr(media_module, "MAX_SOURCE", 1024 * 1024)
    url = await serve(lambda: Station(pause=0))
    allow(hass, url)

    assert "larger than 1 MB" in await told(hass, url)


async def test_audio_that_stops_to_come(
    hass: HomeAssistant, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What says how long it is, is no radio station."""
    timeout = aiohttp.ClientTimeout(sock_read=0.1)
    monkeypatch.setattr(media_module, "HTTP_TIMEOUT", timeout)
    url = await serve(lambda: Station({"Content-Length": "4000"}, pause=60))
    allow(hass, url)

    assert "could not be fetched from music.example" in await told(hass, url)


async def test_media_that_takes_too_long(
    hass: HomeAssistant, serve: Serve, clock: Clock
) -> None:
    """The error says how long it may take."""
    url = await serve(lambda: Station({"Content-Length": "4000000"}, pause=30))
    allow(hass, url)
    began = hass.loop.time()

    with clock.running():
        message = await told(hass, url)

    assert "within 120 seconds" in message
    assert 120 <= hass.loop.time() - began <= 121


async def test_an_address_at_which_nothing_answers(
    hass: HomeAssistant, names: Names, clock: Clock
) -> None:
    """It is given up soon."""
    names.addresses["music.example"] = ["127.0.0.1"]
    with DeadAddress("127.0.0.1") as dead:
        url = f"http://music.example:{dead.port}/song"
        allow(hass, url)
        began = hass.loop.time()

        with clock.running():
            message = await told(hass, url)

    assert "could not be fetched from music.example" in message
    assert 10 <= hass.loop.time() - began <= 11


async def test_a_server_that_is_not_there(hass: HomeAssistant, serve: Serve) -> None:
    """The error names it, and not the whole URL."""
    url = "http://music.example:9/song?key=secret"
    allow(hass, "http://music.example:9")

    assert await told(hass, url) == (
        "The media could not be fetched from music.example (ClientConnectorError). "
        "Check whether it still exists, and try again."
    )


async def test_a_server_that_does_not_answer(
    hass: HomeAssistant,
    serve: Serve,
    clock: Clock,
) -> None:
    """It has its time, and no more."""
    url = await serve(None)
    allow(hass, url)
    began = hass.loop.time()

    with clock.running():
        message = await told(hass, url)

    assert "could not be fetched" in message
    assert 60 <= hass.loop.time() - began <= 61


@pytest.mark.parametrize(
    "media",
    [
        "song.wav",
        "file:///etc/passwd",
        "ftp://music.example/song.wav",
        "javascript:alert(1)",
        "//music.example/song.wav",
        "http:///song.wav",
        "http://[",
        "media-source:/x",
    ],
)
async def test_what_is_no_media(hass: HomeAssistant, media: str) -> None:
    """It is not tried."""
    assert await told(hass, media) == NOT_MEDIA


# Radio stations


class Station(web.StreamResponse):
    """What never ends."""

    def __init__(
        self, headers: Mapping[str, str] | None = None, *, pause: float = 0.01
    ) -> None:
        """Send these headers, and pause after each bit."""
        self._pause = pause
        super().__init__(headers={"Content-Type": "audio/mpeg", **(headers or {})})

    async def write_eof(self, data: bytes = b"") -> None:
        """Go on."""
        while True:
            await self.write(bytes(1000))
            await asyncio.sleep(self._pause)


ENDLESS = (
    "The media is a radio station or another live stream, which never ends. Select a "
    "recording."
)


@pytest.mark.parametrize(
    "headers",
    [
        {"icy-name": "Radio"},
        {"icy-br": "128"},
        {"ice-audio-info": "bitrate=128"},
        {"Server": "Icecast 2.4.4"},
        {"Server": "SHOUTcast"},
        {"Content-Type": "audio/mpegurl"},
        {"Content-Type": "audio/x-mpegurl"},
        {"Content-Type": "audio/x-scpls"},
        {"Content-Type": "application/dash+xml"},
        {"Content-Type": "application/mpegurl"},
        {"Content-Type": "application/pls+xml"},
        {"Content-Type": "application/vnd.apple.mpegurl"},
        {"Content-Type": "application/x-mpegurl"},
        {"Content-Type": "multipart/x-mixed-replace"},
    ],
    ids=str,
)
async def test_a_radio_station(
    hass: HomeAssistant, serve: Serve, headers: dict[str, str]
) -> None:
    """It is refused at once, in words that help."""
    url = await serve(lambda: Station(headers))
    allow(hass, url)

    async with asyncio.timeout(5):
        assert await told(hass, url) == ENDLESS


async def test_a_radio_station_that_does_not_say_so(
    hass: HomeAssistant, serve: Serve, clock: Clock
) -> None:
    """What does not say how long it is has half a minute to end."""
    url = await serve(lambda: Station(pause=1))
    allow(hass, url)
    began = hass.loop.time()

    with clock.running():
        message = await told(hass, url)

    assert message == ENDLESS
    assert 30 <= hass.loop.time() - began <= 31


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"ICY 200 OK\r\nicy-name:Radio\r\n\r\n", ENDLESS),
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", "could not be fetched from music.example"),
    ],
)
async def test_what_does_not_speak_http(
    hass: HomeAssistant, names: Names, answer: bytes, message: str
) -> None:
    """As radio stations of old."""
    names.addresses["music.example"] = ["127.0.0.1"]
    async with RawServer() as server:
        server.answer = answer
        url = f"http://music.example:{server.address.rpartition(':')[2]}/song"
        allow(hass, url)

        assert message in await told(hass, url)


async def test_audio_that_says_that_it_is_too_large(
    hass: HomeAssistant, serve: Serve
) -> None:
    """It is not waited for."""
    url = await serve(lambda: Station({"Content-Length": "100000000"}))
    allow(hass, url)

    async with asyncio.timeout(5):
        assert "larger than 64 MB" in await told(hass, url)


@pytest.mark.parametrize("with_user", [True, False])
async def test_a_url_with_a_user(
    hass: HomeAssistant, serve: Serve, *, with_user: bool
) -> None:
    """The list of what is allowed has the server, with or without the user."""
    url = await serve()
    private = url.replace("http://", "http://anna:secret@")
    allow(hass, private if with_user else url)

    assert await async_fetch_media(hass, private) == MUSIC
