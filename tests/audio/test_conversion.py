"""Conversion: every format that the PBX stores becomes something that plays."""

import asyncio
import os
from pathlib import Path
import struct

import pytest

from custom_components.yeastar_vm import audio
from custom_components.yeastar_vm.audio import AudioError, FfmpegMissing, convert
from tests.demo.audio import measure
from tests.pbx_simulator import Encoding, SimulatedGreeting

FREQUENCY = 600  # Hz, one for which there is GSM audio
NO_FFMPEG = "/nowhere/ffmpeg"


def greeting(encoding: Encoding) -> bytes:
    """Return two seconds of a tone."""
    return SimulatedGreeting(
        "tone.wav", encoding=encoding, frequency=FREQUENCY, duration=2
    ).audio()


@pytest.mark.parametrize("encoding", Encoding)
async def test_every_telephony_format_becomes_mp3(
    encoding: Encoding, ffmpeg_binary: str
) -> None:
    """It sounds the same, at a sampling rate that every speaker takes."""
    clip = await convert(ffmpeg_binary, greeting(encoding))

    assert (clip.content_type, clip.suffix) == ("audio/mpeg", ".mp3")
    assert sampling_rate(clip.content) == 44100
    sound = await measure(clip.content)
    assert sound.frequency == pytest.approx(FREQUENCY, abs=5)
    assert sound.duration == pytest.approx(2, abs=0.1)


def gsm_frames(wav: bytes) -> bytes:
    """Return the frames of a WAV file as they are without one, as in a `.gsm` file.

    Microsoft packs the fields of two frames into 65 bytes, from the lowest bit on;
    otherwise each frame has 33 bytes: 0xD and the fields, from the highest bit on.
    """
    subframe = (7, 2, 2, 6, *[3] * 13)
    widths = (6, 6, 5, 5, 4, 4, 3, 3, *subframe * 4)
    data = wav[wav.index(b"data") + 8 :]
    frames = b""
    for start in range(0, len(data) - 64, 65):
        packed = int.from_bytes(data[start : start + 65], "little")
        for _ in range(2):
            frame = 0xD
            for width in widths:
                frame = frame << width | packed & (1 << width) - 1
                packed >>= width
            frames += frame.to_bytes(33)
    return frames


async def test_gsm_without_a_wav_file_around_it(ffmpeg_binary: str) -> None:
    """The PBX takes `.gsm` files, and may give them back as they are."""
    clip = await convert(ffmpeg_binary, gsm_frames(greeting(Encoding.GSM)))

    sound = await measure(clip.content)
    assert sound.frequency == pytest.approx(FREQUENCY, abs=5)
    assert sound.duration == pytest.approx(2, abs=0.1)


async def test_mp3_is_made_anew(ffmpeg_binary: str) -> None:
    """It may have a sampling rate that speakers refuse."""
    process = await asyncio.create_subprocess_exec(
        *(ffmpeg_binary, "-loglevel", "error", "-i", "pipe:0"),
        *("-ar", "8000", "-f", "mp3", "pipe:1"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    low, _ = await process.communicate(greeting(Encoding.PCM16))

    clip = await convert(ffmpeg_binary, low)

    assert sampling_rate(clip.content) == 44100


def sampling_rate(mp3: bytes) -> int:
    """Return the sampling rate of the first frame, in Hz (MPEG 1)."""
    assert mp3[0] == 0xFF
    assert mp3[1] & 0xF8 == 0xF8
    return (44100, 48000, 32000)[mp3[2] >> 2 & 3]


def wav(tag: int, *, subformat: int | None = None, before: bytes = b"") -> bytes:
    """Return a WAV file of half a second of silence with a format tag."""
    fmt = struct.pack("<HHIIHH", tag, 1, 8000, 16000, 2, 16)
    if subformat is not None:
        fmt += struct.pack("<HHIH", 22, 16, 4, subformat) + bytes(14)
    chunks = before + b"fmt " + struct.pack("<I", len(fmt)) + fmt
    chunks += b"data" + struct.pack("<I", 8000) + bytes(8000)
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


@pytest.mark.parametrize(
    ("source", "content_type"),
    [
        (wav(1), "audio/wav"),
        (wav(1, before=b"LIST\x03\0\0\0abc\0"), "audio/wav"),
        (wav(0xFFFE, subformat=1), "audio/wav"),
        (b"ID3\x03" + bytes(100), "audio/mpeg"),
        (b"\xff\xfb" + bytes(100), "audio/mpeg"),
    ],
)
async def test_without_ffmpeg_what_plays_passes(
    source: bytes, content_type: str
) -> None:
    """As the PBX stores it."""
    clip = await convert(NO_FFMPEG, source)

    assert (clip.content, clip.content_type) == (source, content_type)


@pytest.mark.parametrize(
    "source",
    [wav(6), wav(7), wav(0x31), wav(0x55), wav(0xFFFE, subformat=7), wav(0)],
)
async def test_without_ffmpeg_the_rest_is_an_error(source: bytes) -> None:
    """That says what is missing."""
    with pytest.raises(FfmpegMissing):
        await convert(NO_FFMPEG, source)


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"RIFF",
        b"RIFF\0\0\0\0WAVE",
        b"RIFF\0\0\0\0WAVEfmt \xff\xff\xff\xff",
        b"RIFF\0\0\0\0AVI LIST",
        b"\xff",
        b"#EXTM3U\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"not audio",
    ],
)
async def test_what_is_not_audio_never_reaches_ffmpeg(source: bytes) -> None:
    """Neither playlists nor noise."""
    with pytest.raises(AudioError, match="neither WAV nor MP3"):
        await convert(NO_FFMPEG, source)


@pytest.mark.parametrize(
    "source",
    [
        wav(1)[:30],
        wav(0x7777),
        b"ID3" + b"#EXTM3U\nfile:///etc/passwd\n",
        b"\xff\xff" + b"noise" * 10,
    ],
)
async def test_audio_that_is_broken_is_an_error(
    source: bytes, ffmpeg_binary: str
) -> None:
    """No player gets what ffmpeg cannot decode."""
    with pytest.raises(AudioError):
        await convert(ffmpeg_binary, source)


async def test_audio_cut_off_plays_as_far_as_it_goes(ffmpeg_binary: str) -> None:
    """Rather than not at all."""
    clip = await convert(ffmpeg_binary, greeting(Encoding.PCM16)[:16044])

    assert (await measure(clip.content)).duration == pytest.approx(1, abs=0.1)


def script(path: Path, text: str) -> str:
    """Write a program in ffmpeg's place."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


async def test_an_ffmpeg_that_hangs_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And leaves no process behind."""
    monkeypatch.setattr(audio, "CONVERT_TIMEOUT", 0.2)
    pid = tmp_path / "pid"
    hanging = script(tmp_path / "ffmpeg", f"echo $$ > {pid}; exec sleep 60")

    with pytest.raises(AudioError, match="too long"):
        await convert(hanging, wav(1))

    assert not Path(f"/proc/{pid.read_text().strip()}").exists()


async def test_a_caller_who_gives_up_ends_ffmpeg(tmp_path: Path) -> None:
    """As an unload does."""
    started = tmp_path / "pid"
    os.mkfifo(started)
    hang = f"cat > /dev/null; echo $$ > {started}; exec sleep 60"
    hanging = script(tmp_path / "ffmpeg", hang)
    conversion = asyncio.create_task(convert(hanging, wav(1)))
    pid = (await asyncio.to_thread(started.read_text)).strip()

    conversion.cancel()
    with pytest.raises(asyncio.CancelledError):
        await conversion

    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("text", ["exit 1", "exit 0", "head -c 100; exit 3"])
async def test_an_ffmpeg_that_fails_is_an_error(tmp_path: Path, text: str) -> None:
    """Also one that says it did well and gives nothing."""
    with pytest.raises(AudioError, match="cannot convert"):
        await convert(script(tmp_path / "ffmpeg", text), wav(1))


async def test_the_result_is_bounded(
    monkeypatch: pytest.MonkeyPatch, ffmpeg_binary: str
) -> None:
    """Audio that grows beyond measure is not kept."""
    monkeypatch.setattr(audio, "MAX_CLIP", 1000)

    with pytest.raises(AudioError, match="cannot convert"):
        await convert(ffmpeg_binary, greeting(Encoding.PCM16))
