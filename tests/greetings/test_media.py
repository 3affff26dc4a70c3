"""Where media comes from, and what may be fetched."""

from datetime import timedelta
import os
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.components.http import (
    KEY_HASS_REFRESH_TOKEN_ID,
    HomeAssistantView,
    current_request,
)
from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.media_source import (
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
    mock_platform,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.yeastar_vm.services.greetings.media import async_fetch_media
from simulator import PbxSimulator
from simulator.certificate import Certificate
from simulator.tls import server_context
from tests.common import asked
from tests.engines import Voice, add_voice
from tests.mailboxes.common import leo_ball, load_with_mailboxes

from .home import Shelf
from .media import MUSIC, NOT_AUDIO, NOT_READ, Serve, told

pytestmark = pytest.mark.usefixtures("texts")


# Files


async def test_a_file(hass: HomeAssistant, shelf: Shelf) -> None:
    """As it is."""
    assert await async_fetch_media(hass, shelf.put("a b%20é.wav", MUSIC)) == MUSIC


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("media", "reason"),
    [
        ("local/gone.wav", "No such file or directory"),
        ("local", "Is a directory"),
        ("local/../../etc/passwd.wav", "Invalid path"),
        ("nowhere/song.wav", "Unknown source directory"),
    ],
)
async def test_a_file_that_cannot_be_read(
    hass: HomeAssistant, media: str, reason: str
) -> None:
    """The error says why."""
    assert await told(hass, f"media-source://media_source/{media}") == NOT_READ.format(
        reason
    )


async def test_a_file_that_is_too_large(hass: HomeAssistant, shelf: Shelf) -> None:
    """No more of it is read than is needed to know."""
    media = shelf.put("long.wav", b"")
    size = 64 * 1024 * 1024
    os.truncate(shelf.folder / "long.wav", size)
    assert len(await async_fetch_media(hass, media)) == size

    os.truncate(shelf.folder / "long.wav", size + 1)

    assert await told(hass, media) == (
        "The media is larger than 64 MB. Select a shorter one."
    )


async def test_a_picture(hass: HomeAssistant, shelf: Shelf) -> None:
    """It is refused by its kind."""
    assert await told(hass, shelf.put("cat.png", b"\x89PNG")) == NOT_AUDIO


async def test_an_empty_file(hass: HomeAssistant, shelf: Shelf) -> None:
    """It is no audio."""
    assert await told(hass, shelf.put("empty.wav", b"")) == NOT_AUDIO


@pytest.mark.parametrize("name", ["song.gsm", "song.xyz", "song", "song.ts", "song.rm"])
async def test_a_file_of_any_kind(hass: HomeAssistant, shelf: Shelf, name: str) -> None:
    """What its ending says does not matter."""
    assert await async_fetch_media(hass, shelf.put(name, MUSIC)) == MUSIC


# The PBX


async def test_a_greeting(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """As the PBX stores it, without converting it twice."""
    media = f"media-source://yeastar_vm/{pbx.serial_number}/greetings/0042/hello.wav"

    audio = await async_fetch_media(hass, media)

    assert audio == pbx.extensions["0042"].greetings[0].audio()


async def test_a_message(hass: HomeAssistant, http_pbx: PbxSimulator) -> None:
    """Of a mailbox that the user added, and of no other, whatever box is named."""
    message = http_pbx.leave_message("3200", "5551234")
    other = http_pbx.leave_message("3201", "5551234")
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball())
    media = f"media-source://yeastar_vm/{http_pbx.serial_number}/messages"

    audio = await async_fetch_media(hass, f"{media}/3200/{message.msg_id}")
    refusal = await told(hass, f"{media}/3201/{other.msg_id}")
    gone = await told(hass, f"{media}/3200/{other.msg_id}")

    assert audio == message.content
    assert "3201" in refusal
    assert gone == "This message no longer exists on the PBX. Select another one."
    assert asked(http_pbx)["vm/download"] == 1
    await hass.config_entries.async_unload(entry.entry_id)
    assert "not connected" in await told(hass, f"{media}/3200/{message.msg_id}")


async def test_a_greeting_that_is_gone(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """The error says so."""
    media = f"media-source://yeastar_vm/{pbx.serial_number}/greetings/0042/gone.wav"

    assert await told(hass, media) == (
        "This greeting or message no longer exists on the PBX. Select another one."
    )


# Text to speech


@pytest.fixture
async def voice(hass: HomeAssistant, tmp_path: Path) -> Voice:
    """Return the engine `tts.voice`."""
    return await add_voice(hass, tmp_path)


SPEECH = (
    "media-source://tts/tts.voice?message=We+are+closed&language=en&cache=false"
    "&preferred_format=wav"
)


async def test_text_to_speech(hass: HomeAssistant, shelf: Shelf, voice: Voice) -> None:
    """What the engine says, without a server in between. Other media is not spoken."""
    assert await async_fetch_media(hass, SPEECH) == voice.audio
    assert await async_fetch_media(hass, shelf.put("a.wav", MUSIC)) == MUSIC
    assert voice.said == [("We are closed", "en")]


async def test_an_engine_that_fails(
    hass: HomeAssistant, voice: Voice, expected_warnings: list[str]
) -> None:
    """The error has its reason, and nothing that could be a secret."""
    expected_warnings.append("Error getting audio for We are closed")
    voice.error = HomeAssistantError("No such voice.")
    assert await told(hass, SPEECH) == NOT_READ.format("No such voice")

    voice.error = ValueError("https://cloud.example?key=secret")
    assert await told(hass, SPEECH) == NOT_READ.format("ValueError")

    voice.error = HomeAssistantError("FFmpeg failed for https://cloud.example?key=x")
    assert await told(hass, SPEECH) == NOT_READ.format("HomeAssistantError")


@pytest.mark.usefixtures("voice")
@pytest.mark.parametrize("text", ["", "+", "%20%0A"])
async def test_no_text(hass: HomeAssistant, text: str) -> None:
    """There is nothing to speak."""
    speech = f"media-source://tts/tts.voice?message={text}&language=en"

    assert await told(hass, speech) == (
        "There is no text to speak. Enter the text of the greeting."
    )


@pytest.mark.usefixtures("voice")
async def test_a_stream_of_speech(hass: HomeAssistant) -> None:
    """It has its text elsewhere, so none is missing."""
    message = await told(hass, "media-source://tts/tts.voice?language=en")

    assert message.startswith("The media could not be read: ")


async def test_no_engine(hass: HomeAssistant) -> None:
    """The error is that of Home Assistant."""
    assert await async_setup_component(hass, "media_source", {})

    message = await told(hass, SPEECH)

    assert "Unknown media source: tts." in message


# Home Assistant's own URLs, and other media sources


class Song(HomeAssistantView):
    """Audio that needs a sign-in."""

    url = "/api/songs/{name}"
    name = "api:songs"

    async def get(self, request: web.Request, name: str) -> web.Response:
        """Return a song."""
        match name:
            case "page":
                return web.Response(text="<html>", content_type="text/html")
            case "json":
                return web.json_response({})
            case "moved":
                raise web.HTTPFound("/api/songs/song.wav")
            case "gone":
                raise web.HTTPNotFound
        return web.Response(body=MUSIC, content_type="audio/wav")


class Songs(MediaSource):
    """A media source that answers with whatever URL is asked for."""

    name = "Songs"

    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return it."""
        kind, _, url = item.identifier.partition("!")
        assert kind != "unexpected"
        if not url:
            raise Unresolvable("No such song")
        return PlayMedia(url, kind)


@pytest.fixture
async def songs(
    hass: HomeAssistant, texts: None, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """Let Home Assistant have a server, songs, and a media source that knows URLs."""
    mock_integration(hass, MockModule("songs"))

    async def async_get_media_source(hass: HomeAssistant) -> Songs:
        return Songs("songs")

    class Platform:
        """The platform of the integration."""

    platform: Any = Platform()
    platform.async_get_media_source = async_get_media_source
    mock_platform(hass, "songs.media_source", platform)
    assert await async_setup_component(hass, "http", {})
    assert await async_setup_component(hass, "songs", {})
    assert await async_setup_component(hass, "media_source", {})
    hass.http.register_view(Song)
    client = await hass_client_no_auth()
    assert client.server
    assert client.server.port
    hass.http.server_port = client.server.port


@pytest.mark.usefixtures("songs")
@pytest.mark.parametrize(
    "url",
    [
        "/api/songs/song.wav",
        "/api/songs/50%25 off é.wav",
        "/api/songs/song.wav?volume=1&x=%26",
        "http://homeassistant.test:8123/api/songs/song.wav",
    ],
)
async def test_a_url_of_home_assistant(hass: HomeAssistant, url: str) -> None:
    """It is signed, and fetched from this machine whatever its name is outside."""
    assert await async_fetch_media(hass, url) == MUSIC
    assert await async_fetch_media(hass, f"media-source://songs/audio/wav!{url}") == (
        MUSIC
    )


@pytest.mark.usefixtures("songs")
async def test_a_url_that_is_signed(
    hass: HomeAssistant, expected_warnings: list[str]
) -> None:
    """Its signature is the one that counts."""
    expected_warnings.append("invalid authentication")
    path = "/api/songs/song.wav"
    signed = async_sign_path(hass, path, timedelta(minutes=1), use_content_user=True)
    gone, _ = signed.split("=")

    assert await async_fetch_media(hass, signed) == MUSIC
    assert "HTTP 401" in await told(hass, f"{gone}=none")


@pytest.mark.usefixtures("songs")
@pytest.mark.parametrize(
    ("url", "message"),
    [
        (
            "/api/songs/gone",
            "The media could not be fetched from Home Assistant (HTTP 404). Check "
            "whether it still exists, and try again.",
        ),
        (
            "/api/songs/moved",
            "The media could not be fetched from Home Assistant (redirect). Check "
            "whether it still exists, and try again.",
        ),
        ("/api/songs/page", NOT_AUDIO),
        ("/api/songs/json", NOT_AUDIO),
    ],
)
async def test_a_url_of_home_assistant_that_is_no_audio(
    hass: HomeAssistant, url: str, message: str
) -> None:
    """The error says why."""
    assert await told(hass, url) == message


@pytest.mark.usefixtures("songs")
async def test_a_server_that_a_media_source_knows(
    hass: HomeAssistant, serve: Serve
) -> None:
    """It needs no permission: the integration is a part of Home Assistant."""
    url = await serve()

    assert await async_fetch_media(hass, f"media-source://songs/audio/wav!{url}") == (
        MUSIC
    )


@pytest.mark.usefixtures("songs")
@pytest.mark.parametrize(
    "kind", ["audio/flac", "video/mp4", "application/ogg", "application/octet-stream"]
)
async def test_media_that_may_be_audio(hass: HomeAssistant, kind: str) -> None:
    """Whether it is, shows when it is decoded."""
    media = f"media-source://songs/{kind}!/api/songs/song.wav"

    assert await async_fetch_media(hass, media) == MUSIC


@pytest.mark.usefixtures("songs")
@pytest.mark.parametrize(
    "listens",
    [None, [], ["0.0.0.0"], ["127.0.0.1", "::1"]],  # noqa: S104 - not bound
)
async def test_where_home_assistant_listens(
    hass: HomeAssistant, listens: list[str] | None
) -> None:
    """It is reached there, or at this machine if that is everywhere."""
    hass.http.server_host = listens

    assert await async_fetch_media(hass, "/api/songs/song.wav") == MUSIC


@pytest.mark.usefixtures("songs")
@pytest.mark.parametrize(
    ("address", "listens", "certificate"),
    [
        ("127.0.0.1", None, Certificate.create(0)),
        pytest.param("::1", ["::"], None, marks=pytest.mark.ipv6),
    ],
    ids=["with_a_certificate", "on_ipv6"],
)
async def test_the_server_of_home_assistant(
    hass: HomeAssistant,
    address: str,
    listens: list[str] | None,
    certificate: Certificate | None,
) -> None:
    """A certificate is for its name outside, so that it is not checked here."""

    async def sing(_: web.Request) -> web.Response:
        return web.Response(body=MUSIC, content_type="audio/wav")

    app = web.Application()
    app.router.add_get("/song", sing)
    server = TestServer(app, host=address)
    await server.start_server(ssl=certificate and server_context(certificate))
    assert server.port
    hass.http.ssl_certificate = "/ssl/fullchain.pem" if certificate else None
    hass.http.server_host = listens
    hass.http.server_port = server.port

    assert await async_fetch_media(hass, "/song") == MUSIC
    await server.close()


@pytest.mark.usefixtures("songs")
async def test_a_user_who_has_signed_out(hass: HomeAssistant) -> None:
    """What Home Assistant fetches does not need the one who called the action."""
    request: Any = {KEY_HASS_REFRESH_TOKEN_ID: "gone"}
    current_request.set(request)

    assert await async_fetch_media(hass, "/api/songs/song.wav") == MUSIC


@pytest.mark.usefixtures("songs")
async def test_media_that_is_no_audio(hass: HomeAssistant) -> None:
    """A camera, for example, never ends."""
    camera = "media-source://songs/multipart/x-mixed-replace!/api/camera"

    assert await told(hass, camera) == NOT_AUDIO
    assert await told(hass, "media-source://songs/nothing") == NOT_READ.format(
        "No such song"
    )
    assert await told(hass, "media-source://songs/unexpected!") == NOT_READ.format(
        "AssertionError"
    )
