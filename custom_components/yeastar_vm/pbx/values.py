"""Values as the PBX sends them: text, numbers and their order, and lists."""

from collections.abc import Iterable, Iterator
from typing import Final
import unicodedata

from .errors import InvalidResponse

type JsonObject = dict[str, object]

MAX_LABEL: Final = 128  # characters
# Longer numbers don't occur in this protocol, and are slow to convert.
MAX_DIGITS: Final = 18
_TOO_LONG: Final = 10**MAX_DIGITS

# The kinds of characters that control, or end a line or a paragraph.
_CONTROLS: Final = frozenset({"Cc", "Zl", "Zp"})
# The kinds of characters that turn the direction of a text.
_DIRECTIONS: Final = frozenset(
    {"LRE", "LRO", "RLE", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
)


def storable(value: str) -> str:
    """Return a text with a question mark for each half of a surrogate pair.

    JSON can contain them (a name cut off within an emoji), but they can't be stored or
    shown.
    """
    return value if value.isascii() else value.encode(errors="replace").decode()


def text(value: object) -> str:
    """Return a text of the PBX, stripped; numbers as text, anything else as empty."""
    if isinstance(value, str):
        return storable(value.strip())
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def label(value: object) -> str:
    """Return a name that is shown: one line that leaves what follows it as it is.

    It is not longer than what a phone shows. A caller can send any name.
    """
    shown = text(value)
    if not shown.isprintable():
        shown = "".join(map(_shown, shown))
    return shown[:MAX_LABEL].strip()


def _shown(character: str) -> str:
    """Return a character as it is shown: a space, or nothing, for one that controls."""
    if unicodedata.category(character) in _CONTROLS:
        return " " if character.isspace() else ""
    return "" if unicodedata.bidirectional(character) in _DIRECTIONS else character


def whole_number(value: object) -> int | None:
    """Return a whole number of the PBX, which may come as text or `1.0`, or None."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < _TOO_LONG else None
    whole = isinstance(value, float) and value.is_integer()
    digits = f"{value:.0f}" if whole else text(value)
    if len(digits) > MAX_DIGITS or not digits.removeprefix("-").isdecimal():
        return None
    return int(digits)


def read_list(values: JsonObject, key: str) -> list[object]:
    """Return a list of an answer, or of a row in it.

    One that is absent or null is empty. Raise InvalidResponse if it is no list.
    """
    match values.get(key):
        case list() as found:
            return found
        case None:
            return []
    raise InvalidResponse(f"{key} is not a list")


def objects(values: Iterable[object]) -> Iterator[JsonObject]:
    """Yield the rows of a list; what is no row is left out."""
    return (value for value in values if isinstance(value, dict))


def number_order(number: str) -> tuple[int, str]:
    """Return the sort key of an extension number: 999 before 1000."""
    return len(number), number


def comparable(value: str) -> str:
    """Return a text as it is compared: in Unicode's NFC, any white space as a space.

    Two spellings of a name that look the same are the same to a user.
    """
    return " ".join(unicodedata.normalize("NFC", value).split())


def contains(value: str, search: str) -> bool:
    """Return whether a text contains another, however both are spelled."""
    return comparable(search).casefold() in comparable(value).casefold()
