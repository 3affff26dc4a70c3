"""What audio is, told from its bytes."""

from enum import IntEnum
import re
from typing import Final

GSM_FRAME: Final = 33  # bytes of GSM 06.10, the first of which begins with 0xD
MAX_CHUNKS: Final = 100  # of a WAV file that may come before its audio
PCM_BITS: Final = 16

_GSM_PROBE: Final = 2000 * GSM_FRAME
_GSM_SHARE: Final = 0.9  # of the frames that must look like one
_RIFX: Final = re.compile(
    rb"RIFX.{4}WAVEfmt .{4}\x00\x01.{12}(\x00[\x10\x18\x20])", re.DOTALL
)
_WAV: Final = re.compile(rb"RIFF.{4}WAVE", re.DOTALL)


# The containers of uncompressed audio, by how their files begin.
_CONTAINERS: Final = (
    (re.compile(rb"RIFF.{4}WAVE|RF64|BW64", re.DOTALL), "wav"),
    (re.compile(rb"RIFF.{4}AVI ", re.DOTALL), "avi"),
    (re.compile(rb"riff"), "w64"),
    (re.compile(rb"FORM.{4}AIF[FC]", re.DOTALL), "aiff"),
    (re.compile(rb"\.snd"), "au"),
    (re.compile(rb"caff"), "caf"),
)


class WavFormat(IntEnum):
    """Format tags of WAV files that matter here."""

    PCM = 0x0001
    EXTENSIBLE = 0xFFFE


def is_wav(source: bytes) -> bool:
    """Return whether it begins as a WAV file does."""
    return _WAV.match(source) is not None


def named_container(source: bytes) -> str | None:
    """Return what ffmpeg calls the container of uncompressed audio, if it is one."""
    for beginning, container in _CONTAINERS:
        if beginning.match(source):
            return container
    return None


def split_wav(source: bytes) -> list[bytes]:
    """Return the WAV files that stand one after the other in a file.

    Programs that make speech sentence by sentence put them together like that, and
    decoders read only the first one. Of anything else, there is one.
    """
    if not is_wav(source):
        return [source]
    starts = [match.start() for match in _WAV.finditer(source)]
    if len(starts) == 1:
        return [source]
    return [
        source[start:end]
        for start, end in zip(starts, [*starts[1:], len(source)], strict=True)
    ]


def rifx_bits(source: bytes) -> int | None:
    """Return the bits of a sample of PCM whose numbers begin with the highest byte."""
    match = _RIFX.match(source)
    return int.from_bytes(match[1]) if match else None


def is_pcm_wav(source: bytes) -> bool:
    """Return whether it is 16-bit PCM in a WAV file, which every player plays."""
    if not is_wav(source):
        return False
    position = 12
    is_pcm = False
    for _ in range(MAX_CHUNKS):
        name = source[position : position + 4]
        size = int.from_bytes(source[position + 4 : position + 8], "little")
        content = position + 8
        if name == b"fmt ":
            is_pcm = _is_pcm(source[content : content + min(size, 40)])
        elif name == b"data":
            return is_pcm and len(source) > content
        position = content + size + size % 2
    return False


def is_gsm(source: bytes) -> bool:
    """Return whether it consists of frames of GSM 06.10, perhaps cut off at the end."""
    first_bytes = source[:_GSM_PROBE][::GSM_FRAME]
    if len(source) < GSM_FRAME:
        return False
    frames = sum(byte >> 4 == 0xD for byte in first_bytes)
    return frames >= _GSM_SHARE * len(first_bytes)


def _is_pcm(fmt: bytes) -> bool:
    tag = int.from_bytes(fmt[:2], "little")
    if tag == WavFormat.EXTENSIBLE:
        # The real tag stands at the start of the sub-format.
        tag = int.from_bytes(fmt[24:26], "little")
    bits = int.from_bytes(fmt[14:16], "little")
    return tag == WavFormat.PCM and bits == PCM_BITS
