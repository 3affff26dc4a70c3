"""What audio is, told from its first bytes."""

from enum import IntEnum
from typing import Final

GSM_FRAME: Final = 33  # bytes of GSM 06.10, the first of which begins with 0xD
MAX_CHUNKS: Final = 100  # of a WAV file that may come before its audio
PCM_BITS: Final = 16

# The demuxers of ffmpeg by what stands at a position in their files.
_MAGIC: Final = (
    (0, b"RIFF", ("wav",)),
    (0, b"RF64", ("wav",)),
    (0, b"BW64", ("wav",)),
    (0, b"riff", ("w64",)),
    (0, b"OggS", ("ogg",)),
    (0, b"fLaC", ("flac",)),
    (0, b"FORM", ("aiff",)),
    (0, b".snd", ("au",)),
    (0, b"caff", ("caf",)),
    (0, b"#!AMR", ("amr",)),
    (0, b"\x1a\x45\xdf\xa3", ("matroska",)),
    (4, b"ftyp", ("mov",)),
    # A tag can stand in front of all of these.
    (0, b"ID3", ("mp3", "aac", "flac")),
)
_GSM_PROBE: Final = 2000 * GSM_FRAME
_GSM_SHARE: Final = 0.9  # of the frames that must look like one


class WavFormat(IntEnum):
    """Format tags of WAV files that matter here."""

    PCM = 0x0001
    EXTENSIBLE = 0xFFFE


def find_demuxers(source: bytes) -> tuple[str, ...]:
    """Return the demuxers of ffmpeg to try, the most likely one first.

    One has to be named: ffmpeg could take what it probes for a playlist.
    """
    for position, magic, demuxers in _MAGIC:
        if source.startswith(magic, position):
            return demuxers
    if _is_adts(source):
        return ("aac", "mp3")
    # The MP3 demuxer looks for frames behind what it does not know; the one for GSM
    # takes everything for GSM.
    return ("gsm", "mp3") if _is_gsm(source) else ("mp3",)


def is_pcm_wav(source: bytes) -> bool:
    """Return whether it is 16-bit PCM in a WAV file, which every player plays."""
    if source[:4] != b"RIFF" or source[8:12] != b"WAVE":
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


def _is_pcm(fmt: bytes) -> bool:
    tag = int.from_bytes(fmt[:2], "little")
    if tag == WavFormat.EXTENSIBLE:
        # The real tag stands at the start of the sub-format.
        tag = int.from_bytes(fmt[24:26], "little")
    bits = int.from_bytes(fmt[14:16], "little")
    return tag == WavFormat.PCM and bits == PCM_BITS


def _is_adts(source: bytes) -> bool:
    """Return whether it begins with the sync bits of ADTS, and layer 0."""
    return len(source) > 1 and source[0] == 0xFF and source[1] & 0xF6 == 0xF0


def _is_gsm(source: bytes) -> bool:
    """Return whether it consists of frames of GSM 06.10, perhaps cut off at the end."""
    first_bytes = source[:_GSM_PROBE][::GSM_FRAME]
    if len(source) < GSM_FRAME:
        return False
    frames = sum(byte >> 4 == 0xD for byte in first_bytes)
    return frames >= _GSM_SHARE * len(first_bytes)
