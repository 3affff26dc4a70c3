"""What kind of content an answer has, as its first bytes tell."""

from typing import Final

_START: Final = 64
_BOM: Final = b"\xef\xbb\xbf"
_WAV_FORMAT: Final = slice(12, 36)  # the chunk `fmt `, which names nobody
_MP3: Final = (b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2")


def kind_of(content: bytes) -> str:
    """Return `wav`, `mp3`, `json`, `html`, `empty` or `other`."""
    start = content[:_START].removeprefix(_BOM).lstrip()
    match start[:1]:
        case b"":
            return "empty"
        case b"{" | b"[":
            return "json"
        case b"<":
            return "html"
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "wav"
    return "mp3" if content.startswith(_MP3) else "other"


def is_audio(status: int, content: bytes) -> bool:
    """Return whether an answer can be audio: which one, decoding would tell."""
    return status == 200 and kind_of(content) in ("wav", "mp3", "other")


def format_of_wav(content: bytes) -> str:
    """Return the format of a WAV file in hex, or an empty text."""
    chunk = content[_WAV_FORMAT]
    return chunk.hex(" ", 4) if chunk.startswith(b"fmt ") else ""
