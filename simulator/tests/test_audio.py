"""What is behind a link."""

from array import array
from itertools import pairwise
import subprocess
from typing import Any

from imageio_ffmpeg import get_ffmpeg_exe
import pytest

from simulator import Encoding, PbxSimulator, Refusal, SimulatedGreeting

from .common import DATA_NOT_FOUND, TOKEN_EXPIRED, Client, Clock, json_of


async def test_play_link_works_without_token(client: Client) -> None:
    """Unless switched on."""
    link = await client.play_link("3200", "vm_welcome.wav")

    without = await client.send("GET", link)
    client.pbx.switches.play_link_needs_token = True
    refused = await client.send("GET", link)
    accepted = await client.send(
        "GET", link, params={"access_token": client.access_token}
    )

    audio = client.pbx.extensions["3200"].greetings[1].audio()
    assert (without.status, without.body) == (200, audio)
    assert (refused.status, json_of(refused)) == (200, TOKEN_EXPIRED)
    assert accepted.body == audio


async def test_download_link_needs_a_token(client: Client) -> None:
    """Any valid one will do, unless switched off."""
    link = await client.download_link("3200", "vm_welcome.wav")
    await client.login()

    refused = await client.send("GET", link)
    accepted = await client.send(
        "GET", link, params={"access_token": client.access_token}
    )
    client.pbx.switches.download_link_needs_token = False
    without = await client.send("GET", link)

    assert json_of(refused) == TOKEN_EXPIRED
    assert accepted.body[:4] == b"RIFF"
    assert without.body == accepted.body


@pytest.mark.parametrize(
    "file",
    [
        "after hours.wav",
        "a+b & c#1.wav",
        "50%20off.wav",
        "fermé.wav",
        "night.WAV",
        "night.wav",
    ],
)
async def test_awkward_file_names(client: Client, file: str) -> None:
    """Every greeting is found by its name, and by no other's."""
    (greeting,) = (
        greeting
        for greeting in client.pbx.extensions["3202"].greetings
        if greeting.real_filename == file
    )

    reply = await client.send("GET", await client.play_link("3202", file))

    assert reply.body == greeting.audio()


async def test_link_expires_after_30_minutes(client: Client, clock: Clock) -> None:
    """Then a JSON error or HTTP status 404 comes; until then it may be used again."""
    link = await client.play_link("3200", "vm_welcome.wav")

    clock.now += 1799
    before = [await client.send("GET", link) for _ in range(2)]
    clock.now += 1
    after = await client.send("GET", link)
    client.pbx.switches.link_refusal = Refusal.HTTP_404
    after_404 = await client.send("GET", link)

    assert [reply.body[:4] for reply in before] == [b"RIFF", b"RIFF"]
    assert (after.status, json_of(after)) == (200, DATA_NOT_FOUND)
    assert after_404.status == 404


async def test_head_is_not_supported(client: Client) -> None:
    """Only GET and POST are documented."""
    link = await client.play_link("3200", "vm_welcome.wav")

    assert (await client.send("HEAD", link)).status == 405


@pytest.mark.parametrize(
    "content_type", ["audio/x-wav", "audio/wav", "application/octet-stream", None]
)
@pytest.mark.parametrize("content_length", [True, False])
async def test_audio_headers(
    client: Client, content_type: str | None, content_length: bool
) -> None:
    """What describes the audio is not documented."""
    client.pbx.switches.audio_content_type = content_type
    client.pbx.switches.content_length = content_length
    link = await client.play_link("3200", "vm_welcome.wav")

    reply = await client.send("GET", link)

    assert reply.headers.get("Content-Type") == content_type
    assert ("Content-Length" in reply.headers) is content_length
    assert reply.body == client.pbx.extensions["3200"].greetings[1].audio()


@pytest.mark.parametrize(
    ("asked", "status", "content_range", "part"),
    [
        (None, 200, None, slice(None)),
        ("bytes=0-", 206, "bytes 0-32043/32044", slice(None)),
        ("bytes=0-99", 206, "bytes 0-99/32044", slice(100)),
        ("bytes=32000-99999", 206, "bytes 32000-32043/32044", slice(32000, None)),
        ("bytes=-44", 206, "bytes 32000-32043/32044", slice(-44, None)),
        ("bytes=32044-", 416, "bytes */32044", slice(0)),
        ("nonsense", 416, "bytes */32044", slice(0)),
    ],
)
async def test_ranges(
    client: Client,
    asked: str | None,
    status: int,
    content_range: str | None,
    part: slice[Any, Any, Any],
) -> None:
    """A PBX that honours ranges."""
    client.pbx.switches.ranges = True
    link = await client.play_link("3200", "vm_welcome.wav")

    reply = await client.send("GET", link, headers={"Range": asked} if asked else {})

    assert reply.status == status
    assert reply.headers["Accept-Ranges"] == "bytes"
    assert reply.headers.get("Content-Range") == content_range
    assert reply.body == client.pbx.extensions["3200"].greetings[1].audio()[part]


async def test_ranges_are_ignored_by_default(client: Client) -> None:
    """There is no evidence that the PBX honours them."""
    link = await client.play_link("3200", "vm_welcome.wav")

    reply = await client.send("GET", link, headers={"Range": "bytes=0-99"})

    assert reply.status == 200
    assert len(reply.body) == 32044


def _default_greetings() -> list[SimulatedGreeting]:
    return [
        greeting
        for extension in PbxSimulator().extensions.values()
        for greeting in extension.greetings
    ]


@pytest.mark.parametrize(
    "greeting", _default_greetings(), ids=lambda greeting: greeting.real_filename
)
def test_audio_is_what_it_says(greeting: SimulatedGreeting) -> None:
    """Each greeting decodes, with ffmpeg, to a tone of its length and frequency."""
    format_tag = int.from_bytes(greeting.audio()[20:22], "little")
    samples = _decode(greeting.audio())

    crossings = sum(a < 0 <= b for a, b in pairwise(samples))
    assert len(samples) / 8000 == pytest.approx(greeting.duration, abs=0.05)
    assert crossings / greeting.duration == pytest.approx(greeting.frequency, abs=5)
    assert max(samples) > 8000
    assert (
        format_tag
        == {
            Encoding.PCM16: 1,
            Encoding.ALAW: 6,
            Encoding.MULAW: 7,
            Encoding.GSM: 0x31,
        }[greeting.encoding]
    )


def test_every_greeting_sounds_different() -> None:
    """So that playing the wrong one is noticed."""
    frequencies = [greeting.frequency for greeting in _default_greetings()]

    assert len(set(frequencies)) == len(frequencies)


@pytest.mark.parametrize("encoding", [Encoding.PCM16, Encoding.ALAW, Encoding.MULAW])
def test_length_of_audio(encoding: Encoding) -> None:
    """A greeting may last as long as it likes."""
    greeting = SimulatedGreeting("long.wav", encoding=encoding, duration=3.3)

    assert len(_decode(greeting.audio())) == 26400


def test_gsm_tone_that_is_not_there() -> None:
    """GSM cannot be encoded here, so there are only the tones of the folder."""
    greeting = SimulatedGreeting("x.WAV", encoding=Encoding.GSM, frequency=1)

    with pytest.raises(ValueError, match="No GSM tone of 1 Hz"):
        greeting.audio()


def _decode(audio: bytes) -> array[int]:
    """Return the 16-bit samples of a WAV file at its own rate."""
    command = [get_ffmpeg_exe(), "-v", "error", "-i", "pipe:0"]
    command += ["-f", "s16le", "-ac", "1", "-ar", "8000", "pipe:1"]
    run = subprocess.run(  # noqa: S603
        command, input=audio, capture_output=True, check=True
    )
    return array("h", run.stdout)
