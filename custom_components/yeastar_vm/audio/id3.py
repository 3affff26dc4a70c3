"""ID3v2.3 tags, which players show while they play."""

from dataclasses import dataclass
from typing import Final

MAX_TEXT: Final = 200  # characters

_LATIN_1: Final = b"\x00"
_UTF_16: Final = b"\x01"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a player shows of a clip."""

    title: str
    artist: str
    album: str


def id3_tag(metadata: Metadata) -> bytes:
    """Return the tag that stands in front of an MP3 file.

    Version 2.3, because players read it best.
    """
    frames = (
        _text_frame(b"TIT2", metadata.title)
        + _text_frame(b"TPE1", metadata.artist)
        + _text_frame(b"TALB", metadata.album)
    )
    # The size has seven bits a byte, so that it does not look like a frame of MP3.
    size = bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + frames


def _text_frame(name: bytes, text: str) -> bytes:
    printable = "".join(character for character in text if character.isprintable())
    try:
        content = _LATIN_1 + printable[:MAX_TEXT].encode("latin-1")
    except UnicodeEncodeError:
        # Only where it is necessary: VLC shows the byte order mark.
        content = _UTF_16 + printable[:MAX_TEXT].encode("utf-16")
    return name + len(content).to_bytes(4) + b"\x00\x00" + content
