"""Replace what is private in the answers of a PBX, and leave how they are made.

Each word is replaced by another of the same length and kind, the same word always by
the same one, wherever it stands: in a value, within a longer text, a link, a key or a
JSON text within JSON. What remains are the words of the protocol and the marks between
words.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
import hashlib
from itertools import groupby, repeat
import json
import math
import re
import secrets
from typing import Any, Final
import unicodedata
from urllib.parse import quote, unquote

from ..pbx.vocabulary import KEYS, PATH_WORDS, is_key, is_of_protocol

type JsonValue = dict[str, JsonValue] | list[JsonValue] | str | float | bool | None

_LINKS: Final = ("download_resource_url", "play_resource_url")
_NESTED: Final = "msg"
# How a JSON text within JSON can be written: escaped or not, with blanks or without.
_STYLES: Final[tuple[dict[str, Any], ...]] = tuple(
    {"ensure_ascii": is_ascii, "separators": separators}
    for is_ascii in (False, True)
    for separators in ((",", ":"), (", ", ": "))
)
# So many characters that stand beside each other, and whether the script counts.
_BLOCKS: Final = ((32, True), (256, True), (4096, True), (4096, False))
_ATTEMPTS: Final = 100
_LEVELS: Final = 32


class Redactor:
    """Replaces the words of some answers, each by one that is in none of them."""

    def __init__(self, answers: Iterable[JsonValue], texts: Iterable[str] = ()) -> None:
        """`texts` are private, too, though they are in no answer, as the host is."""
        self._key = secrets.token_bytes(16)
        self._words: dict[str, str] = {}
        self._used = set[str]()
        self._private = set[str]()
        self._replace: Callable[[str], str] = self._note
        for text in texts:
            self.text(text)
        for answer in answers:
            self.value(answer)
        self._replace = self._replaced

    def value(self, value: JsonValue, key: str = "") -> JsonValue:
        """Return a JSON value; `key` is the one under which it stands."""
        match value:
            case dict():
                return {self._object_key(k): self.value(v, k) for k, v in value.items()}
            case list():
                return [self.value(each, key) for each in value]
            case str():
                return self._string(value, key)
            case int() if not isinstance(value, bool):
                return int(self._string(str(value), key))
            case float() if math.isfinite(value):
                digits, _, _ = repr(value).partition("e")
                return float(self.text(digits))
        return value

    def text(self, text: str) -> str:
        """Return a text with each of its words replaced."""
        return "".join(
            self._replace("".join(characters)) if is_word else "".join(characters)
            for is_word, characters in groupby(text, _is_of_word)
        )

    def link(self, link: str) -> str:
        """Return a link: its path keeps the words of the protocol."""
        path, mark, query = link.partition("?")
        path = re.sub(
            r"[^/.#-]+",
            lambda part: (
                part[0] if part[0] in PATH_WORDS else _as_quoted(part[0], self.text)
            ),
            path,
        )
        return f"{path}{mark}{self._query(query)}"

    def query(self, query: Mapping[str, str]) -> dict[str, str]:
        """Return the parameters of a request."""
        return {name: self._string(value, name) for name, value in query.items()}

    def _query(self, query: str) -> str:
        def replaced(part: str) -> str:
            name, mark, value = part.partition("=")
            shown = _as_quoted(value, lambda plain: self._string(plain, unquote(name)))
            return f"{_as_quoted(name, self._object_key)}{mark}{shown}"

        return "&".join(replaced(part) if part else "" for part in query.split("&"))

    def _string(self, value: str, key: str) -> str:
        if key in _LINKS:
            return self.link(value)
        if key == _NESTED and (nested := _read_nested(value)) is not None:
            return json.dumps(self.value(nested), **_style_of(value, nested))
        return value if is_of_protocol(key, value) else self.text(value)

    def _object_key(self, key: str) -> str:
        """Return a key; it stays if it is of the protocol, and nobody has that name."""
        names_nobody = self._private.isdisjoint(key.split("_"))
        return key if key in KEYS or (is_key(key) and names_nobody) else self.text(key)

    def _note(self, word: str) -> str:
        self._private |= {word, word.casefold()}
        return word

    def _replaced(self, word: str) -> str:
        """Return what replaces a word."""
        if word not in self._words:
            others = partial(map, self._other, repeat(word), range(_ATTEMPTS))
            free = (each for each in others() if not self._likeness(each))
            # There may be no other left of one or two characters.
            replaced = next(free, None) or min(others(), key=self._likeness)
            self._used.add(replaced)
            self._words[word] = replaced
        return self._words[word]

    def _likeness(self, other: str) -> int:
        """Return 0 for what stands nowhere, 1 for what replaces nothing else."""
        return 2 if other in self._used else int(other in self._private)

    def _other(self, word: str, attempt: int) -> str:
        stream = hashlib.shake_128(self._key + f"{attempt} {word}".encode()).digest(
            2 * len(word)
        )
        numbers = [int.from_bytes(stream[i : i + 2]) for i in range(0, len(stream), 2)]
        pairs = zip(word, numbers, strict=True)
        other = "".join(_alike(character, number) for character, number in pairs)
        if word.isdecimal() and word.isascii() and len(word) > 1:
            # A number that begins with zeros is one that is written as text.
            first = "0" if word[0] == "0" else str(1 + numbers[0] % 9)
            return first + other[1:]
        return other


def _is_of_word(character: str) -> bool:
    """Return whether a character is a letter, a mark on one, a digit, or a picture."""
    category = unicodedata.category(character)
    return category[0] in "LMN" or category in ("So", "Co", "Cn")


def _alike(character: str, number: int) -> str:
    """Return another character of the same kind, and of the same script if any is."""
    for first, count in (("0", 10), ("a", 26), ("A", 26)):
        if 0 <= (place := ord(character) - ord(first)) < count:
            return chr(ord(first) + (place + 1 + number % (count - 1)) % count)
    alike = _all_alike(character)
    return alike[number % len(alike)]


@lru_cache(maxsize=4096)
def _all_alike(character: str) -> str:
    """Return the characters of the same kind that stand closest, of its script."""
    kind, script = unicodedata.category(character), _script(character)
    for size, in_script in _BLOCKS:
        start = ord(character) // size * size
        alike = [
            other
            for other in map(chr, range(start, start + size))
            if other != character
            and unicodedata.category(other) == kind
            and (_script(other) == script or not in_script)
        ]
        if alike:
            return "".join(alike)
    return "x"


def _script(character: str) -> str:
    """Return the script of a letter, as the first word of its name says it."""
    if not unicodedata.category(character).startswith("L"):
        return ""
    return unicodedata.name(character, "").partition(" ")[0]


def _as_quoted(part: str, replace: Callable[[str], str]) -> str:
    """Return a part of a URL with what it says replaced, quoted as it was."""
    plain = unquote(part)
    replaced = replace(plain)
    if plain == part:
        return replaced
    return quote(replaced, safe="".join(set(part) - {"%"}))


def _style_of(text: str, value: JsonValue) -> dict[str, Any]:
    """Return how a JSON text is written."""
    styles = (style for style in _STYLES if json.dumps(value, **style) == text)
    return next(styles, _STYLES[0])


def _read_nested(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text)
    except ValueError, RecursionError:
        return None
    return value if isinstance(value, dict | list) and is_shallow(value) else None


def is_shallow(value: JsonValue, levels: int = _LEVELS) -> bool:
    """Return whether a JSON value has no more levels than an answer can have."""
    match value:
        case dict():
            return levels > 0 and all(is_shallow(v, levels - 1) for v in value.values())
        case list():
            return levels > 0 and all(is_shallow(each, levels - 1) for each in value)
    return True
