"""Tables of the document, and texts in as few words as fit in them."""

from collections.abc import Iterable, Sequence
import re

_ERRCODE = re.compile(r"\berror -?\d+")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = (header, ("---",) * len(header), *rows)
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def general(text: str) -> str:
    """Return a text without the number of an error of the PBX."""
    return _ERRCODE.sub("error …", text)


def sentence(said: str) -> str:
    """Return the first sentence of what is said."""
    return f"{said.split('. ', maxsplit=1)[0].removesuffix('.')}." if said else "works"
