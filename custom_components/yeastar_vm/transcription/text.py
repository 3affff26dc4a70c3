"""What an engine says was said, as a person reads it."""

import re
from typing import Final
from unicodedata import category

MAX_TEXT: Final = 10_000  # characters

# What engines write if they hear no words: [BLANK_AUDIO], (silence), *sighs*, ♪ … ♪
_NO_SPEECH: Final = re.compile(
    r"\[[^\]\d]*\]|\([^)\d]*\)|<[^>\d]*>|\*[^*\d]*\*|【[^】\d]*】|（[^）\d]*）|♪[^♪]*♪?"  # noqa: RUF001
)
# They are no part of a text: control characters, and halves of surrogate pairs.
_NOT_TEXT: Final = frozenset({"Cc", "Cs"})


def clean_text(text: str) -> str:
    """Return a text in one line and bounded; empty if nothing was said."""
    # What is cut off here would be cut off in the end.
    words = "".join(map(_readable, text[: 4 * MAX_TEXT])).split()
    line = " ".join(words)
    if len(line) > MAX_TEXT:
        line = f"{line[: MAX_TEXT - 1].rstrip()}…"
    said = _NO_SPEECH.sub("", line)
    return line if any(character.isalnum() for character in said) else ""


def _readable(character: str) -> str:
    if character.isspace():
        return " "
    return "" if category(character) in _NOT_TEXT else character
