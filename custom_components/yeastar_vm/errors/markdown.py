"""Texts that others chose, in texts that are Markdown: they must not inject any."""

from typing import Final

_MARKDOWN: Final = str.maketrans("", "", "*`[]<>\\|~#")


def plain(text: str) -> str:
    """Return a text without Markdown, in one line."""
    return " ".join(text.translate(_MARKDOWN).split())


def literally(text: str) -> str:
    """Return a text as Markdown code, in one line."""
    return f"`{' '.join(text.replace('`', "'").split())}`"
