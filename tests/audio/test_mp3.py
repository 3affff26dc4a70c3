"""The MP3 that players get: its frames, what it says of itself, and its title."""

import asyncio

import numpy as np
import pytest

from custom_components.yeastar_vm.audio import Metadata, convert, id3_tag
from simulator import Encoding

from .files import DURATION, encoded, tone
from .frames import SAMPLES, channels, read_frames, read_info, read_tag, sampling_rate

RATE = 44100  # Hz


async def decoded(ffmpeg: str, mp3: bytes, *options: str) -> np.ndarray:
    """Return the samples of an MP3 file, as a player hears them."""
    process = await asyncio.create_subprocess_exec(
        *(ffmpeg, "-loglevel", "error", *options, "-f", "mp3", "-i", "pipe:0"),
        *("-f", "s16le", "-ac", "1", "-ar", str(RATE), "pipe:1"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    content, _ = await process.communicate(mp3)
    assert process.returncode == 0
    return np.frombuffer(content, dtype=np.int16)


@pytest.mark.parametrize("encoding", Encoding)
async def test_it_is_what_every_player_takes(
    encoding: Encoding, ffmpeg_binary: str
) -> None:
    """MPEG 1, layer III, 44.1 kHz, mono, a constant bit rate."""
    audio = await convert(ffmpeg_binary, tone(encoding))

    frames = read_frames(audio.content)
    assert {sampling_rate(frame) for frame in frames} == {RATE}
    assert {channels(frame) for frame in frames} == {1}
    assert {frame[2] >> 4 for frame in frames} == {5}  # 64 kbit/s


@pytest.mark.parametrize("encoding", Encoding)
async def test_it_says_how_long_it_is(encoding: Encoding, ffmpeg_binary: str) -> None:
    """Players that do not read it to the end take that for its duration."""
    audio = await convert(ffmpeg_binary, tone(encoding))

    first, *frames = read_frames(audio.content)
    info = read_info(first)
    assert info.frames == len(frames)
    assert info.size == len(audio.content)
    seconds = (info.frames * SAMPLES - info.delay - info.padding) / RATE
    assert seconds == pytest.approx(DURATION, abs=0.01)


async def test_nothing_is_cut(ffmpeg_binary: str) -> None:
    """Players that go by the header hear just the tone; others some silence around."""
    audio = await convert(ffmpeg_binary, tone())

    heard = await decoded(ffmpeg_binary, audio.content)
    tone_of_it = heard[: int(DURATION * RATE)]
    for piece in np.split(tone_of_it, 200):
        assert np.abs(piece).max() > 10000
    assert DURATION <= heard.size / RATE < DURATION + 0.05

    first, *_ = read_frames(audio.content)
    whole = await decoded(ffmpeg_binary, audio.content[len(first) :])
    loud = np.flatnonzero(np.abs(whole) > 5000)
    assert loud[0] / RATE == pytest.approx(0.025, abs=0.003)
    assert 0.005 < (whole.size - loud[-1]) / RATE < 0.06
    assert (loud[-1] - loud[0]) / RATE == pytest.approx(DURATION, abs=0.002)


async def test_it_is_the_same_for_the_same_audio(ffmpeg_binary: str) -> None:
    """A player that has it already is not sent it again."""
    first = await convert(ffmpeg_binary, tone())
    second = await convert(ffmpeg_binary, tone())
    other = await convert(ffmpeg_binary, tone(duration=1))

    assert first == second
    assert first.digest != other.digest


async def test_nothing_of_the_source_but_its_sound_gets_through(
    ffmpeg_binary: str,
) -> None:
    """A tag of the source would be shown in place of ours."""
    options = ("-metadata", "title=secret", "-c:a", "libmp3lame", "-ar", "16000")
    source = await encoded(ffmpeg_binary, *options, "mp3")
    assert b"secret" in source

    audio = await convert(ffmpeg_binary, source)

    assert b"secret" not in audio.content
    read_frames(audio.content)


TITLES = {
    "plain": "closed",
    "accents": "Fermé à Noël",
    "other scripts": "留言 Привет 😀",
    "long in another script": "留" * 200,
    "nothing": "",
}


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
async def test_a_title(title: str, ffmpeg_binary: str) -> None:
    """It is shown as it is, and players find the audio behind it."""
    audio = await convert(ffmpeg_binary, tone())

    mp3 = id3_tag(Metadata(title, "Leo Ball (3200)", "PBX")) + audio.content

    texts, rest = read_tag(mp3)
    assert texts == {"TIT2": title, "TPE1": "Leo Ball (3200)", "TALB": "PBX"}
    assert rest == audio.content
    heard = await decoded(ffmpeg_binary, mp3)
    assert heard.size == (await decoded(ffmpeg_binary, audio.content)).size


def test_a_title_that_no_player_can_show() -> None:
    """What would end or hide it is left out, and it is not endless."""
    texts, rest = read_tag(
        id3_tag(Metadata("a\0b\nc\ud83d\u202ed", "x" * 100_000, "é" * 300))
    )

    assert texts == {"TIT2": "abcd", "TPE1": "x" * 200, "TALB": "é" * 200}
    assert rest == b""


@pytest.mark.parametrize("length", range(1, 200, 7))
def test_the_size_of_a_tag(length: int) -> None:
    """It is right for every length, also where it takes more than seven bits."""
    texts, rest = read_tag(id3_tag(Metadata("t" * length, "a", "")) + b"rest")

    assert texts["TIT2"] == "t" * length
    assert rest == b"rest"


def test_a_title_that_is_not_latin_has_no_byte_order_mark() -> None:
    """VLC would show it."""
    tag = id3_tag(Metadata("Привет", "Leo Ball (3200)", "PBX"))

    assert "Привет".encode() in tag
    assert b"\xff\xfe" not in tag


@pytest.mark.parametrize("duration", [0.1, 0.4, 0.9])
async def test_a_short_clip_ends_in_silence(
    ffmpeg_binary: str, duration: float
) -> None:
    """VLC cuts off the end of what is shorter than a second: it may cut off silence."""
    audio = await convert(ffmpeg_binary, tone(duration=duration))

    heard = await decoded(ffmpeg_binary, audio.content)
    loud = np.flatnonzero(np.abs(heard) > 5000)
    assert loud[-1] / RATE == pytest.approx(duration, abs=0.01)
    assert heard.size / RATE == pytest.approx(1, abs=0.05)
