"""Audio of computers, as a PBX stores it."""

from importlib import import_module
from pathlib import Path
import re

import pytest

from custom_components.yeastar_vm.audio import (
    MAX_UPLOAD,
    TELEPHONY_BYTES_A_SECOND,
    AudioNotDecodable,
    AudioSilent,
    AudioTooLong,
    telephony,
    to_telephony,
)
from tests.greetings.recordings import loudness as level, music, pitch, samples

from .sounds import SPEECH, run, sound

LAYOUTS = {
    "mono": "anull",
    "stereo": "pan=stereo|c0=c0|c1=c0",
    "left": "pan=stereo|c0=c0|c1=0*c0",
    "right": "pan=stereo|c0=0*c0|c1=c0",
    "opposite phases": "pan=stereo|c0=c0|c1=-1*c0",
    "5.1, the voice in the center": "pan=5.1|FC=c0",
    "5.1, all channels": "pan=5.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0",
    "quiet": "volume=-12dB",
    "loud": "volume=12dB",
}


async def loudness(ffmpeg: str, wav: bytes) -> float:
    """Return how loud a WAV file is, in LUFS (EBU R128)."""
    arguments = ("-f", "wav", "-i", "pipe:0", "-af", "ebur128", "-f", "null")
    _, said = await run(ffmpeg, *arguments, source=wav)
    return float(re.findall(r"I: +(\S+) LUFS", said)[-1])


@pytest.mark.parametrize("seconds", [0.1, 0.5, 1, 2.9, 3.1, 7])
async def test_any_length(ffmpeg_binary: str, seconds: float) -> None:
    """PCM, 16 bit, 8 kHz, mono, and nothing of it is lost."""
    made = await to_telephony(ffmpeg_binary, music(seconds))

    assert len(samples(made)) == pytest.approx(8000 * seconds, abs=200)
    assert pitch(made) == pytest.approx(1000, rel=0.05)


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_the_same_loudness(ffmpeg_binary: str, layout: str) -> None:
    """However many channels it is in, and however loud: -19 LUFS, and no clipping."""
    source = await sound(ffmpeg_binary, SPEECH, LAYOUTS[layout])

    made = await to_telephony(ffmpeg_binary, source)

    assert await loudness(ffmpeg_binary, made) == pytest.approx(-19, abs=1)
    assert max(map(abs, samples(made))) < 28_000
    assert len(samples(made)) == pytest.approx(5 * 8000, abs=100)


@pytest.mark.parametrize("seconds", [0.1, 0.3, 0.39, 0.41])
@pytest.mark.parametrize("amplitude", [500, 32_000])
async def test_the_same_loudness_of_what_is_short(
    ffmpeg_binary: str, seconds: float, amplitude: int
) -> None:
    """Heard over and over, it is as loud as what is longer."""
    made = await to_telephony(ffmpeg_binary, music(seconds, amplitude=amplitude))
    longer = await to_telephony(ffmpeg_binary, music(3, amplitude=amplitude))

    assert level(made) == pytest.approx(level(longer), abs=1)


@pytest.mark.parametrize("level", [-70, -65, -60])
async def test_noise_is_not_raised(ffmpeg_binary: str, level: int) -> None:
    """It is no speech that somebody could hear."""
    noise = "anoisesrc=duration=3:color=white:amplitude=0.5:seed=1,lowpass=f=3000"
    raised = await sound(ffmpeg_binary, noise)
    change = level - await loudness(ffmpeg_binary, raised)
    source = await sound(ffmpeg_binary, noise, f"volume={change:.1f}dB")

    made = await to_telephony(ffmpeg_binary, source)

    assert await loudness(ffmpeg_binary, made) < -35


@pytest.mark.parametrize("amplitude", [0, 1])
async def test_silence(ffmpeg_binary: str, amplitude: int) -> None:
    """It is refused: callers would hear nothing."""
    with pytest.raises(AudioSilent):
        await to_telephony(ffmpeg_binary, music(2, amplitude=amplitude))


async def test_two_files_in_one(ffmpeg_binary: str) -> None:
    """Both are part of the greeting."""
    made = await to_telephony(ffmpeg_binary, music(1) + music(1.5))

    assert len(samples(made)) == pytest.approx(2.5 * 8000, abs=100)


async def test_a_file_whose_table_of_contents_is_at_its_end(
    ffmpeg_binary: str, tmp_path: Path
) -> None:
    """As phones record it; that of long ones is out of reach of what is buffered."""
    file = tmp_path / "memo.m4a"
    arguments = ("-i", "pipe:0", "-c:a", "aac", "-b:a", "256k", str(file))
    await run(ffmpeg_binary, *arguments, "-f", "null", source=music(30))
    source = file.read_bytes()
    assert source.index(b"moov") > 500_000

    made = await to_telephony(ffmpeg_binary, source)

    assert len(samples(made)) == pytest.approx(30 * 8000, rel=0.01)
    assert pitch(made) == pytest.approx(1000, rel=0.02)


async def test_audio_that_is_too_long(
    ffmpeg_binary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused, not cut off."""
    monkeypatch.setattr(telephony, "MAX_UPLOAD", TELEPHONY_BYTES_A_SECOND)

    with pytest.raises(AudioTooLong):
        await to_telephony(ffmpeg_binary, music(2))
    assert len(await to_telephony(ffmpeg_binary, music(0.9))) < TELEPHONY_BYTES_A_SECOND


async def test_files_in_one_that_are_too_long_together(
    ffmpeg_binary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of them is left out."""
    joining = import_module("custom_components.yeastar_vm.audio.join")
    size = 2 * joining.RATE * joining.BYTES_A_SAMPLE
    monkeypatch.setattr(joining, "MAX_JOINED", size)

    with pytest.raises(AudioTooLong):
        await to_telephony(ffmpeg_binary, music(1) + music(1.5))


def test_what_a_pbx_accepts() -> None:
    """Eight minutes fit, whichever 8 MB are meant."""
    assert 8 * 60 * TELEPHONY_BYTES_A_SECOND < MAX_UPLOAD <= 8_000_000


@pytest.mark.parametrize("source", [b"", b"<html>", bytes(5000)])
async def test_no_audio(ffmpeg_binary: str, source: bytes) -> None:
    """It is the source's fault."""
    with pytest.raises(AudioNotDecodable):
        await to_telephony(ffmpeg_binary, source)
