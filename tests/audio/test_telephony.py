"""Audio of computers, as a PBX stores it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from custom_components.yeastar_vm.audio import (
    MAX_UPLOAD,
    TELEPHONY_BYTES_A_SECOND,
    AudioNotDecodable,
    AudioTooLong,
    to_telephony,
    wav,
)
from tests.greetings.recordings import loudness, music, pitch, samples


@pytest.mark.parametrize("seconds", [0.1, 0.5, 1, 2.9, 3.1, 7])
async def test_any_length(ffmpeg_binary: str, seconds: float) -> None:
    """PCM, 16 bit, 8 kHz, mono, and nothing of it is lost."""
    made = await to_telephony(ffmpeg_binary, music(seconds))

    assert len(samples(made)) == pytest.approx(8000 * seconds, abs=200)
    assert pitch(made) == pytest.approx(1000, rel=0.05)


@pytest.mark.parametrize("seconds", [1, 4])
async def test_the_same_loudness(ffmpeg_binary: str, seconds: float) -> None:
    """Whether the source is quiet or loud."""
    quiet, loud = [
        await to_telephony(ffmpeg_binary, music(seconds, amplitude=amplitude))
        for amplitude in (500, 32_000)
    ]

    assert loudness(quiet) == pytest.approx(loudness(loud), abs=1)
    assert -26 < loudness(loud) < -16
    assert max(map(abs, samples(loud))) < 28_000


async def test_silence(ffmpeg_binary: str) -> None:
    """It is not made louder."""
    made = await to_telephony(ffmpeg_binary, music(2, amplitude=0))

    assert len(samples(made)) == 16_000
    assert max(map(abs, samples(made))) <= 1


async def test_a_file_whose_table_of_contents_is_at_its_end(
    ffmpeg_binary: str, tmp_path: Path
) -> None:
    """As phones record it; that of long ones is out of reach of what is buffered."""
    file = tmp_path / "memo.m4a"
    process = await asyncio.create_subprocess_exec(
        *(ffmpeg_binary, "-loglevel", "error", "-i", "pipe:0"),
        *("-c:a", "aac", "-b:a", "256k", str(file)),
        stdin=asyncio.subprocess.PIPE,
    )
    await process.communicate(music(30))
    source = file.read_bytes()
    assert source.index(b"moov") > 500_000

    made = await to_telephony(ffmpeg_binary, source)

    assert len(samples(made)) == pytest.approx(30 * 8000, rel=0.01)
    assert pitch(made) == pytest.approx(1000, rel=0.02)


async def test_audio_that_is_too_long(
    ffmpeg_binary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused, not cut off."""
    short = replace(wav.TELEPHONY, max_size=TELEPHONY_BYTES_A_SECOND)
    monkeypatch.setattr(wav, "TELEPHONY", short)

    with pytest.raises(AudioTooLong):
        await to_telephony(ffmpeg_binary, music(2))
    assert len(await to_telephony(ffmpeg_binary, music(0.9))) < TELEPHONY_BYTES_A_SECOND


def test_what_a_pbx_accepts() -> None:
    """Eight minutes fit, whichever 8 MB are meant."""
    assert 8 * 60 * TELEPHONY_BYTES_A_SECOND < MAX_UPLOAD <= 8_000_000


@pytest.mark.parametrize("source", [b"", b"<html>", bytes(5000)])
async def test_no_audio(ffmpeg_binary: str, source: bytes) -> None:
    """It is the source's fault."""
    with pytest.raises(AudioNotDecodable):
        await to_telephony(ffmpeg_binary, source)
