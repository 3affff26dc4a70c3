"""The frames of an MP3 file."""

import re
from typing import Final

MAX_SEARCH: Final = 64 * 1024  # bytes in front of the first frame, besides tags

# By the version bits: MPEG 2.5, none, 2, 1.
_SAMPLING_RATES: Final = {
    0: (11025, 12000, 8000),
    2: (22050, 24000, 16000),
    3: (44100, 48000, 32000),
}
_MPEG_1: Final = 3
# kbit/s of layer III by the bit rate bits; the first one is a free bit rate.
_BIT_RATES_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BIT_RATES_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)

# The sync bits, a version, layer III; a bit rate.
_HEADER: Final = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]")
# What all frames have in common: sync bits, version, layer, sampling rate.
_COMMON_BITS: Final = 0xFFFE0C00

_ID3_HEADER: Final = 10  # bytes


def mp3_start(source: bytes) -> int | None:
    """Return where the first two frames begin, or None if it is not MP3 (layer III)."""
    begin = id3_size(source)
    for match in _HEADER.finditer(source, begin, begin + MAX_SEARCH):
        start = match.start()
        if (size := _frame_size(source[start : start + 4])) is None:
            continue
        following = source[start + size : start + size + 4]
        if _frame_size(following) is not None and not (
            (int.from_bytes(source[start : start + 4]) ^ int.from_bytes(following))
            & _COMMON_BITS
        ):
            return start
    return None


def id3_size(source: bytes) -> int:
    """Return how many bytes of ID3v2 tags stand in front."""
    size = 0
    while source[size : size + 3] == b"ID3" and len(source) >= size + _ID3_HEADER:
        size += _ID3_HEADER + sum(
            (byte & 0x7F) << shift
            for byte, shift in zip(
                source[size + 6 : size + 10], (21, 14, 7, 0), strict=True
            )
        )
    return size


def _frame_size(header: bytes) -> int | None:
    """Return the bytes of the frame with this header, or None if it is none."""
    bits = int.from_bytes(header)
    if len(header) < 4 or not _HEADER.match(header):
        return None
    version, rate, bit_rate = bits >> 19 & 3, bits >> 10 & 3, bits >> 12 & 15
    if rate == 3:
        return None
    bit_rates = _BIT_RATES_1 if version == _MPEG_1 else _BIT_RATES_2
    samples = 1152 if version == _MPEG_1 else 576
    size = samples // 8 * bit_rates[bit_rate] * 1000 // _SAMPLING_RATES[version][rate]
    return size + (bits >> 9 & 1)
