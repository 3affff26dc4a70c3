"""Audio that users have, and how telephony audio sounds."""

from array import array
import itertools
from math import log10, pi, sin, sqrt
import struct

RATE = 44_100


def music(seconds: float = 1.0, frequency: int = 1000, amplitude: int = 8000) -> bytes:
    """Return a WAV file as a computer makes it: 44.1 kHz, stereo."""
    frames = array("h")
    for number in range(round(seconds * RATE)):
        sample = round(amplitude * sin(2 * pi * frequency * number / RATE))
        frames.extend((sample, sample))
    data = frames.tobytes()
    header = struct.pack("<HHIIHH", 1, 2, RATE, 4 * RATE, 4, 16)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(data))
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + header
        + b"data"
        + struct.pack("<I", len(data))
        + data
    )


def samples(wav: bytes) -> array[int]:
    """Return the samples of a telephony WAV file: PCM, 16 bit, 8 kHz, mono."""
    assert wav[:4] == b"RIFF"
    assert wav[8:16] == b"WAVEfmt "
    assert struct.unpack_from("<HHIIHH", wav, 20) == (1, 1, 8000, 16_000, 2, 16)
    assert wav[36:40] == b"data"
    return array("h", wav[44 : 44 + struct.unpack_from("<I", wav, 40)[0]])


def loudness(wav: bytes) -> float:
    """Return the level of a telephony WAV file in decibels below full scale."""
    values = samples(wav)
    return 20 * log10(sqrt(sum(each * each for each in values) / len(values)) / 32768)


def pitch(wav: bytes) -> float:
    """Return the frequency of a tone in a telephony WAV file."""
    values = samples(wav)
    middle = values[len(values) // 4 : 3 * len(values) // 4]
    rises = sum(a < 0 <= b for a, b in itertools.pairwise(middle))
    return rises * 8000 / len(middle)
