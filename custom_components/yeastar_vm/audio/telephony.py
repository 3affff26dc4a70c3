"""Audio as a PBX stores it, as loud as speech on a phone."""

from typing import Final

from .errors import AudioSilent
from .ffmpeg import Target, measure, transcode
from .formats import is_pcm_wav
from .join import join_parts
from .loudness import FILTER, MAX_PEAK, Loudness
from .wav import PCM, WAV_HEADER, WAV_INPUT

RATE: Final = 8000  # Hz
TELEPHONY_BYTES_A_SECOND: Final = 2 * RATE
MAX_UPLOAD: Final = 8_000_000  # bytes; the documents say 8 MB, and not of which kind

# The channels of what is measured: what the left and the right channel have in common,
# and what not. Where their phases are opposite, all of it is in the difference.
_MID, _SIDE = 0, 1
_MID_AND_SIDE: Final = (
    # The band of telephony.
    "highpass=f=100,aformat=channel_layouts=stereo,"
    "pan=stereo|c0=0.5*c0+0.5*c1|c1=0.5*c0-0.5*c1"
)
_OPPOSITE: Final = 6  # dB by which the difference is louder
# Seconds. The filter measures nothing in less.
_SHORTEST: Final = 1


async def to_telephony(binary: str, source: bytes) -> bytes:
    """Return audio as PCM, 16 bit, 8 kHz, mono.

    Speech is equally loud whether it comes in one channel or several. `binary` is the
    ffmpeg. Raise AudioTooLong for more than the PBX accepts, AudioSilent if nothing
    can be heard, and every other AudioError.
    """
    source = await join_parts(binary, source)
    channels = await transcode(binary, source, _target(_MID_AND_SIDE, 2))
    mid, side = [await _loudness(binary, channels, each) for each in (_MID, _SIDE)]
    if mid.is_silent and side.is_silent:
        raise AudioSilent
    is_opposite = side.integrated > mid.integrated + _OPPOSITE
    channel, loudness = (_SIDE, side) if is_opposite else (_MID, mid)
    filters = (
        f"{_only(channel)},volume={loudness.gain:.1f}dB,"
        f"alimiter=limit={10 ** (MAX_PEAK / 20):.3f}:attack=1:level=disabled"
    )
    return await transcode(binary, channels, _target(filters, 1))


async def _loudness(binary: str, channels: bytes, channel: int) -> Loudness:
    """Return how loud a channel is; a short one as if it was repeated."""
    size = len(channels) - WAV_HEADER
    times = 1 + _SHORTEST * 2 * TELEPHONY_BYTES_A_SECOND // size
    repeat = f",aloop=loop={times - 1}:size={size // 4}" if times > 1 else ""
    report = await measure(binary, channels, f"{_only(channel)}{repeat},{FILTER}")
    return Loudness.from_report(report)


def _only(channel: int) -> str:
    return f"pan=mono|c0=c{channel}"


def _target(filters: str, channels: int) -> Target:
    """Return the target of so many channels that pass through some filters."""
    arguments = ("-af", filters, "-ar", str(RATE), "-ac", str(channels))
    return Target((*WAV_INPUT, *arguments, *PCM), channels * MAX_UPLOAD, is_pcm_wav)
