"""Whether two recordings sound the same, however they are stored."""

from array import array
import asyncio
from math import sqrt
from operator import mul
from typing import Final

from .wav import WAV_HEADER, to_speech

RATE: Final = 8000  # Hz
MAX_DIFFERENCE: Final = RATE // 4  # samples; a decoder adds some or leaves some out
MAX_SHIFT: Final = RATE // 20
WINDOW: Final = RATE // 2
# Of 1 for the same samples. Telephony codecs keep more of it, other speech has none.
SIMILAR: Final = 0.5


async def sounds_like(binary: str, one: bytes, other: bytes) -> bool:
    """Return whether two recordings sound the same; raise an AudioError.

    `binary` is the ffmpeg. Their bytes may differ: a PBX may store another encoding.
    """
    if one == other:
        return True
    samples = _samples(await to_speech(binary, one, RATE))
    others = _samples(await to_speech(binary, other, RATE))
    return await asyncio.to_thread(_is_similar, samples, others)


def _samples(wav: bytes) -> array[int]:
    content = wav[WAV_HEADER:]
    return array("h", content[: len(content) // 2 * 2])


def _is_similar(one: array[int], other: array[int]) -> bool:
    if abs(len(one) - len(other)) > MAX_DIFFERENCE:
        return False
    shift = _best_shift(one, other)
    return _correlation(one[max(-shift, 0) :], other[max(shift, 0) :]) >= SIMILAR


def _best_shift(one: array[int], other: array[int]) -> int:
    """Return by how many samples the other one is later, by what is loudest in it."""
    starts = range(0, max(len(one) - WINDOW, 1), WINDOW)
    start = max(starts, key=lambda each: _energy(one[each : each + WINDOW]))
    window = one[start : start + WINDOW]

    def match(shift: int) -> int:
        begin = start + shift
        return _product(window, other[begin : begin + WINDOW]) if begin >= 0 else 0

    return max(range(-MAX_SHIFT, MAX_SHIFT + 1), key=match)


def _correlation(one: array[int], other: array[int]) -> float:
    energy = sqrt(_energy(one) * _energy(other))
    return _product(one, other) / energy if energy else 0


def _energy(samples: array[int]) -> int:
    return _product(samples, samples)


def _product(one: array[int], other: array[int]) -> int:
    return sum(map(mul, one, other, strict=False))
