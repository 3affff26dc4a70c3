"""Which files the PBX takes as greetings, and what it calls them.

Vendor's documents: "Upload an extension voicemail greeting", "Add an extension
voicemail greeting" (names), "Audio file requirements".
"""

import re

from .errors import parameter_error

NAME = re.compile(r"""[^ '"!:@#$%^*.&(){}\[\];/,`]{1,250}""")
RECORDED_NAME = re.compile(r"[A-Za-z0-9_-]{1,250}")
_SUFFIXES = frozenset({".wav", ".mp3", ".gsm"})


def check_name(name: str, rule: re.Pattern[str]) -> None:
    """Refuse a name without its suffix that the PBX does not take."""
    if not rule.fullmatch(name):
        raise parameter_error("file", name)


def stored_name(filename: str) -> str:
    """Return the full name that an uploaded file gets; its directories are gone.

    MP3 and GSM become WAV, as lists show no other suffix.
    """
    bare = re.split(r"[/\\]", filename)[-1]
    name, dot, ending = bare.rpartition(".")
    suffix = dot + ending
    if suffix.lower() not in _SUFFIXES:
        raise parameter_error("file", bare)
    check_name(name, NAME)
    return name + (suffix if suffix.lower() == ".wav" else ".wav")
