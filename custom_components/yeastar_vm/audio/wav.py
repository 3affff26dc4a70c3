"""Audio as a WAV file: for the PBX, and for speech to text."""

from typing import Final

from .ffmpeg import Target, transcode
from .formats import is_pcm_wav

TELEPHONY_RATE: Final = 8000  # Hz
TELEPHONY_BYTES_A_SECOND: Final = 2 * TELEPHONY_RATE
MAX_UPLOAD: Final = 8_000_000  # bytes; the documents say 8 MB, and not of which kind
MAX_SPEECH: Final = 64 * 1024 * 1024  # bytes: half an hour at 16 kHz
WAV_HEADER: Final = 44  # bytes in front of the samples

# The band of telephony, and the loudness that EBU R128 gives speech: greetings from
# different sources are equally loud, and none is clipped.
_TELEPHONY_FILTER: Final = "highpass=f=100,loudnorm=I=-19:TP=-2:LRA=11"

_WAV: Final = ("-map", "0:a:0", "-map_metadata", "-1", "-ac", "1")
_PCM: Final = ("-c:a", "pcm_s16le", "-bitexact", "-f", "wav")


# What a PBX stores: PCM, 16 bit, 8 kHz, mono.
TELEPHONY: Final = Target(
    (*_WAV, "-af", _TELEPHONY_FILTER, "-ar", str(TELEPHONY_RATE), *_PCM),
    MAX_UPLOAD,
    is_pcm_wav,
)


async def to_telephony(binary: str, source: bytes) -> bytes:
    """Return audio as PCM, 16 bit, 8 kHz, mono, as loud as speech on a phone.

    `binary` is the ffmpeg. Raise AudioTooLong for more than the PBX accepts, and every
    other AudioError.
    """
    return await transcode(binary, source, TELEPHONY)


async def to_speech(binary: str, source: bytes, rate: int) -> bytes:
    """Return audio as PCM, 16 bit, mono, for speech to text.

    `binary` is the ffmpeg, `rate` is in Hz. Raise an AudioError.
    """
    target = Target((*_WAV, "-ar", str(rate), *_PCM), MAX_SPEECH, is_pcm_wav)
    return await transcode(binary, source, target)
