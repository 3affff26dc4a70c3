"""Tell whether what was heard is what should have been heard."""

import asyncio
from dataclasses import dataclass
import io
import shutil
import wave

import imageio_ffmpeg
import numpy as np

from .errors import DemoError

RATE = 8000
"""Samples per second of what a PBX has."""

# That of the relay's MP3, whose samples are late by a whole number of these.
_COMPARED_RATE = 44_100
# The relay's MP3 pads the audio to whole frames of 26 ms, in front and behind.
_DURATION_TOLERANCE = 0.1
# What MP3 leaves of telephone audio: 0.99 and more.
_LEAST_LIKENESS = 0.95
# Below this share of full scale a recording counts as silent.
_SILENCE = 0.01

type Samples = np.ndarray[tuple[int], np.dtype[np.float32]]


@dataclass(frozen=True)
class Sound:
    """What a sound is told by: seconds, and the Hz of its strongest tone."""

    duration: float
    frequency: float


@dataclass(frozen=True)
class Comparison:
    """An original and its copy: the seconds of both, and how alike their samples are.

    ``likeness`` is 1 where they differ in nothing but loudness, and about 0 where they
    have nothing in common.
    """

    original: float
    copy: float
    likeness: float

    def __str__(self) -> str:
        """Return it for a person."""
        return (
            f"{self.copy:.2f} s, {self.likeness:.1%} like the original"
            f" of {self.original:.2f} s"
        )


def find_ffmpeg() -> str:
    """Return the system's ffmpeg, or else the one that came with imageio-ffmpeg."""
    return shutil.which("ffmpeg") or str(imageio_ffmpeg.get_ffmpeg_exe())


async def measure(audio: bytes) -> Sound:
    """Decode an audio file and measure it; raise DemoError where nothing is heard."""
    samples = await _decode_sound(audio)
    spectrum = np.abs(np.fft.rfft(samples))
    return Sound(
        duration=samples.size / RATE,
        frequency=float(np.argmax(spectrum[1:]) + 1) * RATE / samples.size,
    )


async def compare(
    original: bytes, copy: bytes, least_likeness: float = _LEAST_LIKENESS
) -> Comparison:
    """Compare two audio files; raise DemoError where they are not the same to hear."""
    first = await _decode_sound(original, _COMPARED_RATE)
    second = await _decode_sound(copy, _COMPARED_RATE)
    comparison = Comparison(
        first.size / _COMPARED_RATE,
        second.size / _COMPARED_RATE,
        _likeness(first, second),
    )
    if (
        abs(comparison.copy - comparison.original) > _DURATION_TOLERANCE
        or comparison.likeness < least_likeness
    ):
        raise DemoError(f"that is not what it should be: {comparison}")
    return comparison


def _likeness(original: Samples, copy: Samples) -> float:
    """Return how alike samples are where the copy is shifted to fit best."""
    size = original.size + copy.size
    products = np.fft.rfft(copy, size) * np.conj(np.fft.rfft(original, size))
    fits = np.fft.irfft(products, size)
    return float(fits.max() / np.linalg.norm(original) / np.linalg.norm(copy))


async def to_message(audio: bytes) -> bytes:
    """Return an audio file as a PBX stores messages: PCM, 16 bit, 8 kHz, mono."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(await to_samples(audio, RATE))
    return file.getvalue()


async def to_samples(audio: bytes, rate: int) -> bytes:
    """Return the samples of an audio file, of 16 bits each."""
    return await _convert(audio, "-f", "s16le", "-ar", str(rate))


async def decode(audio: bytes, rate: int = RATE) -> Samples:
    """Return the samples of an audio file, full scale being 1."""
    samples = await _convert(audio, "-f", "f32le", "-ar", str(rate))
    return np.frombuffer(samples, dtype=np.float32)


async def _decode_sound(audio: bytes, rate: int = RATE) -> Samples:
    """Return the samples of an audio file; raise DemoError where nothing is heard."""
    samples = await decode(audio, rate)
    if samples.size == 0 or np.abs(samples).max() < _SILENCE:
        raise DemoError("the audio is silent")
    return samples


async def _convert(audio: bytes, *arguments: str) -> bytes:
    """Return an audio file with one channel as ffmpeg's arguments say."""
    process = await asyncio.create_subprocess_exec(
        *(find_ffmpeg(), "-hide_banner", "-loglevel", "error", "-i", "pipe:0"),
        *("-ac", "1", *arguments, "pipe:1"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate(audio)
    if process.returncode:
        raise DemoError(f"not audio: {errors.decode(errors='replace').strip()}")
    return output
