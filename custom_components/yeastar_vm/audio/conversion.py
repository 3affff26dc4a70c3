"""Make telephony audio playable on every player."""

from dataclasses import dataclass, field
import logging
from typing import Final

from .errors import ConversionTimedOut, FfmpegError
from .ffmpeg import Target, transcode
from .formats import is_pcm_wav
from .join import join_parts
from .memory import content_digest
from .mp3 import mp3_start
from .wav import WAV_INPUT

_LOGGER = logging.getLogger(__name__)

MP3_SUFFIX: Final = ".mp3"
RATE: Final = 44_100  # Hz
MAX_CLIP: Final = 64 * 1024 * 1024  # bytes of MP3: more than two hours

# 44.1 kHz, because Sonos refuses less than 16 kHz and Cast clips the start of less than
# 44.1; a constant 64 kbit/s, which every decoder takes and telephony does not fill.
# ffmpeg takes LAME for "mp3", or another encoder if it was built without LAME.
_MONO: Final = f"aformat=channel_layouts=mono,aresample={RATE}"
_MP3: Final = (
    *("-c:a", "mp3", "-b:a", "64k", "-id3v2_version", "0"),
    *("-fflags", "+bitexact", "-f", "mp3"),
)
SECOND: Final = 8000  # bytes


def _target(filters: str) -> Target:
    """Return the target of audio that passes through some filters."""
    return Target(
        (*WAV_INPUT, "-af", filters, *_MP3),
        MAX_CLIP,
        lambda content: mp3_start(content) == 0,
    )


MP3: Final = _target(_MONO)
# VLC cuts off the end of what is shorter than a second: silence is added to that.
_PADDED: Final = _target(f"{_MONO},apad=whole_len={RATE}")


@dataclass(frozen=True, slots=True)
class Audio:
    """Audio that players can play. `digest` is that of its content."""

    content: bytes = field(repr=False)
    content_type: str
    suffix: str
    digest: str


async def convert(ffmpeg: str, source: bytes) -> Audio:
    """Return audio as MP3, 44.1 kHz, mono; raise an AudioError.

    `ffmpeg` is the binary. Where it cannot be used, 16-bit PCM and MP3 pass as they
    are.
    """
    try:
        source = await join_parts(ffmpeg, source)
        content = await transcode(ffmpeg, source, MP3)
        if len(content) < SECOND:
            content = await transcode(ffmpeg, source, _PADDED)
    except (FfmpegError, ConversionTimedOut) as err:
        # The exception itself would keep the source for as long as the log is kept.
        _LOGGER.debug("ffmpeg is not used: %s", str(err))
        if is_pcm_wav(source):
            return await _audio(source, "audio/wav", ".wav")
        if (start := mp3_start(source)) is None:
            raise
        content = source[start:]
    return await _audio(content, "audio/mpeg", MP3_SUFFIX)


async def _audio(content: bytes, content_type: str, suffix: str) -> Audio:
    return Audio(content, content_type, suffix, await content_digest(content))
