"""Which files the PBX takes as greetings, and what it calls them.

Vendor's documents: "Upload an extension voicemail greeting", "Add an extension
voicemail greeting" (names), "Audio file requirements".
"""

from collections.abc import Mapping
import re
import struct

from .errors import parameter_error
from .switches import AfterUpload, NameRule
from .wav import SAMPLE_RATE

_NAMES: Mapping[NameRule, re.Pattern[str]] = {
    NameRule.DOCUMENTED: re.compile(r"""[^ '"!:@#$%^*.&(){}\[\];/,`]{1,250}"""),
    NameRule.STRICT: re.compile(r"[A-Za-z0-9_-]{1,250}"),
    NameRule.ANY: re.compile(r".+", re.DOTALL),
}
_SUFFIXES = frozenset({".wav", ".mp3", ".gsm"})
_ENCODINGS = frozenset({(1, 16), (6, 8), (7, 8)})
"""Format tag and bits of a sample: PCM, A-law, µ-law."""
_END_OF_FORMAT = 36


def check_name(name: str, rule: NameRule) -> None:
    """Refuse a name without its suffix that the PBX does not take."""
    if not _NAMES[rule].fullmatch(name):
        raise parameter_error("file", name)


def stored_name(filename: str, rule: NameRule, after_upload: AfterUpload) -> str:
    """Return the full name that an uploaded file gets; its directories are gone."""
    bare = re.split(r"[/\\]", filename)[-1]
    name, dot, ending = bare.rpartition(".")
    suffix = dot + ending
    if suffix.lower() not in _SUFFIXES:
        raise parameter_error("file", bare)
    check_name(name, rule)
    if suffix.lower() != ".wav" and after_upload is AfterUpload.CONVERTED:
        suffix = ".wav"
    return name + suffix


def is_telephony_wav(audio: bytes) -> bool:
    """Return whether audio is of a documented encoding: 8 kHz, mono."""
    if (
        audio[:4] != b"RIFF"
        or audio[8:16] != b"WAVEfmt "
        or len(audio) < _END_OF_FORMAT
    ):
        return False
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", audio, 20)
    return (tag, bits) in _ENCODINGS and (channels, rate) == (1, SAMPLE_RATE)
