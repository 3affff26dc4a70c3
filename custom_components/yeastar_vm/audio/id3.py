"""ID3v2 tags, which players show while they play."""

from dataclasses import dataclass
from typing import Final

MAX_TEXT: Final = 200  # characters

_LATIN_1: Final = b"\x00"
_UTF_8: Final = b"\x03"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a player shows of a clip."""

    title: str
    artist: str
    album: str


def id3_tag(metadata: Metadata) -> bytes:
    """Return the tag that stands in front of an MP3 file.

    Players read version 2.3 best. It has no UTF-8, and its UTF-16 begins with a byte
    order mark, which VLC shows: what is not Latin takes version 2.4.
    """
    texts = {
        b"TIT2": _shown(metadata.title),
        b"TPE1": _shown(metadata.artist),
        b"TALB": _shown(metadata.album),
    }
    try:
        frames = b"".join(
            _frame(name, text.encode("latin-1"), _LATIN_1)
            for name, text in texts.items()
        )
    except UnicodeEncodeError:
        frames = b"".join(
            _frame(name, text.encode(), _UTF_8) for name, text in texts.items()
        )
        return b"ID3\x04\x00\x00" + _synchsafe(len(frames)) + frames
    return b"ID3\x03\x00\x00" + _synchsafe(len(frames)) + frames


def _shown(text: str) -> str:
    """Return what a player can show of a text."""
    return "".join(filter(str.isprintable, text))[:MAX_TEXT]


def _frame(name: bytes, text: bytes, encoding: bytes) -> bytes:
    # Only version 2.4 avoids what looks like a frame of MP3 in the size of a frame.
    size = len(encoding + text)
    written = _synchsafe(size) if encoding == _UTF_8 else size.to_bytes(4)
    return name + written + b"\x00\x00" + encoding + text


def _synchsafe(size: int) -> bytes:
    """Return a size with seven bits a byte, which does not look like a frame of MP3."""
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
