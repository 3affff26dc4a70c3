"""Tell whether what was heard is what should have been heard."""

import asyncio
from dataclasses import dataclass
import shutil

import imageio_ffmpeg
import numpy as np

from .errors import DemoError

RATE = 8000

# The relay's MP3 pads the audio to whole frames of 26 ms, in front and behind.
DURATION_TOLERANCE = 0.1
# The bins of a sound of one second are 1 Hz wide; greetings lie 100 Hz apart.
FREQUENCY_TOLERANCE = 5.0
# Below this share of full scale a recording counts as silent.
_SILENCE = 0.01


@dataclass(frozen=True)
class Sound:
    """What a sound is told by: seconds, and the Hz of its strongest tone."""

    duration: float
    frequency: float

    def __str__(self) -> str:
        """Return it for a person."""
        return f"{self.duration:.2f} s at {self.frequency:.0f} Hz"

    def resembles(self, other: Sound) -> bool:
        """Return whether both are the same for a listener."""
        return (
            abs(self.duration - other.duration) <= DURATION_TOLERANCE
            and abs(self.frequency - other.frequency) <= FREQUENCY_TOLERANCE
        )


def find_ffmpeg() -> str:
    """Return the system's ffmpeg, or else the one that came with imageio-ffmpeg."""
    return shutil.which("ffmpeg") or str(imageio_ffmpeg.get_ffmpeg_exe())


async def measure(audio: bytes) -> Sound:
    """Decode an audio file and measure it; raise DemoError where nothing is heard."""
    samples = await decode(audio)
    if samples.size == 0 or np.abs(samples).max() < _SILENCE:
        raise DemoError("the audio is silent")
    spectrum = np.abs(np.fft.rfft(samples))
    return Sound(
        duration=samples.size / RATE,
        frequency=float(np.argmax(spectrum[1:]) + 1) * RATE / samples.size,
    )


async def decode(
    audio: bytes, rate: int = RATE
) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Return the samples of an audio file, full scale being 1."""
    process = await asyncio.create_subprocess_exec(
        *(find_ffmpeg(), "-hide_banner", "-loglevel", "error", "-i", "pipe:0"),
        *("-f", "f32le", "-ac", "1", "-ar", str(rate), "pipe:1"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate(audio)
    if process.returncode:
        raise DemoError(f"not audio: {errors.decode(errors='replace').strip()}")
    return np.frombuffer(output, dtype=np.float32)
