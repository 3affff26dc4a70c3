"""Audio as a WAV file of one channel, for speech to text."""

from typing import Final

from .ffmpeg import Target, transcode
from .formats import is_pcm_wav

MAX_SPEECH: Final = 64 * 1024 * 1024  # bytes: half an hour at 16 kHz
WAV_HEADER: Final = 44  # bytes in front of the samples

# The first audio of the source, without what it says of itself.
WAV_INPUT: Final = ("-map", "0:a:0", "-map_metadata", "-1")
PCM: Final = ("-c:a", "pcm_s16le", "-bitexact", "-f", "wav")


async def to_speech(binary: str, source: bytes, rate: int) -> bytes:
    """Return audio as PCM, 16 bit, mono.

    `binary` is the ffmpeg, `rate` is in Hz. Raise an AudioError.
    """
    arguments = (*WAV_INPUT, "-ac", "1", "-ar", str(rate), *PCM)
    return await transcode(binary, source, Target(arguments, MAX_SPEECH, is_pcm_wav))
