r"""Telephony audio: sine tones in the WAV encodings that the PBX stores.

8 kHz, mono, as in the vendor's "Audio file requirements". PCM, A-law and µ-law are
generated here. GSM 06.10 is not: its encoder is not to be had from PyPI, so the
``audio`` folder holds one tone of two seconds a frequency, each made with

    ffmpeg -f lavfi -i "sine=frequency=600:sample_rate=8000:duration=2" \
        -af volume=4 -ac 1 -c:a libgsm_ms -fflags +bitexact -f wav gsm_600hz.WAV
"""

from collections.abc import Callable
from enum import StrEnum, auto
from functools import cache
from math import pi, sin
from pathlib import Path
import struct

SAMPLE_RATE = 8000
"""Samples per second."""
GSM_DURATION = 2.0
"""Seconds that each of the GSM files lasts."""

_AMPLITUDE = 16000
_HEADER = 44
"""Bytes before the samples of a plain WAV file."""
_AUDIO = Path(__file__).parent / "audio"


class Encoding(StrEnum):
    """How the samples inside the WAV file are stored."""

    PCM16 = auto()
    ALAW = auto()
    MULAW = auto()
    GSM = auto()


@cache
def tone(encoding: Encoding, frequency: int, duration: float) -> bytes:
    """Return a WAV file with a sine tone of ``frequency`` Hz, ``duration`` seconds."""
    if encoding is Encoding.GSM:
        return _gsm_tone(frequency, duration)
    format_tag, sample_bytes, encode = _ENCODERS[encoding]
    # A whole number of periods fits into a second, so that seconds can be repeated.
    second = b"".join(
        encode(round(_AMPLITUDE * sin(2 * pi * frequency * n / SAMPLE_RATE)))
        for n in range(SAMPLE_RATE)
    )
    samples = round(duration * SAMPLE_RATE)
    size = samples * sample_bytes
    data = (second * (size // len(second) + 1))[:size]
    return _wav(format_tag, sample_bytes, samples, data)


def length(audio: bytes) -> float:
    """Return the seconds that a WAV file lasts, after its header; 0 for others."""
    if audio[:4] != b"RIFF" or len(audio) < _HEADER:
        return 0
    bytes_per_second = int.from_bytes(audio[28:32], "little")
    return (len(audio) - _HEADER) / max(bytes_per_second, 1)


def rewritten(audio: bytes) -> bytes:
    """Return other bytes of the same sound, signed by the program that wrote them."""
    if audio[:4] != b"RIFF":
        return audio + b"\0"
    signature = _chunk(b"LIST", b"INFO" + _chunk(b"ISFT", b"PBX\0"))
    return _chunk(b"RIFF", audio[8:] + signature)


def _gsm_tone(frequency: int, duration: float) -> bytes:
    file = _AUDIO / f"gsm_{frequency}hz.WAV"
    if duration != GSM_DURATION or not file.exists():
        raise ValueError(f"No GSM tone of {frequency} Hz and {duration} s in {_AUDIO}")
    return file.read_bytes()


def _wav(format_tag: int, sample_bytes: int, samples: int, data: bytes) -> bytes:
    fmt = struct.pack(
        "<HHIIHH",
        format_tag,
        1,
        SAMPLE_RATE,
        SAMPLE_RATE * sample_bytes,
        sample_bytes,
        8 * sample_bytes,
    )
    chunks = _chunk(b"fmt ", fmt)
    if format_tag != _PCM:
        # Only PCM may leave out the size of the format's extension and the length.
        chunks = _chunk(b"fmt ", fmt + struct.pack("<H", 0))
        chunks += _chunk(b"fact", struct.pack("<I", samples))
    return _chunk(b"RIFF", b"WAVE" + chunks + _chunk(b"data", data))


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _pcm16(sample: int) -> bytes:
    return struct.pack("<h", sample)


def _alaw(sample: int) -> bytes:
    """ITU-T G.711 A-law of a 16-bit sample."""
    mask = 0xD5 if sample >= 0 else 0x55
    magnitude = (sample if sample >= 0 else ~sample) >> 3
    segment = max(magnitude.bit_length() - 5, 0)
    step = (magnitude >> max(segment, 1)) & 0x0F
    return bytes([(segment << 4 | step) ^ mask])


def _mulaw(sample: int) -> bytes:
    """ITU-T G.711 µ-law of a 16-bit sample."""
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), 32635) + 132
    segment = magnitude.bit_length() - 8
    step = (magnitude >> (segment + 3)) & 0x0F
    return bytes([~(sign | segment << 4 | step) & 0xFF])


_PCM = 1
_ENCODERS: dict[Encoding, tuple[int, int, Callable[[int], bytes]]] = {
    Encoding.PCM16: (_PCM, 2, _pcm16),
    Encoding.ALAW: (6, 1, _alaw),
    Encoding.MULAW: (7, 1, _mulaw),
}
"""Format tag, bytes of a sample, encoder."""
