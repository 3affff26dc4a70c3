"""Answers of a PBX that are refused, as far as their shape tells.

The shape has keys and types, and no value: it is for whoever wants to know how a PBX
answers, and nothing in it is private.
"""

import codecs
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
import logging
import time
from typing import Final

from ..contents import kind_of
from ..errors import InvalidResponse, YeastarError
from ..values import JsonObject
from ..vocabulary import is_key
from .answers import read_json

_LOGGER = logging.getLogger(__name__)

MAX_KEYS: Final = 40  # of an object
MAX_KINDS: Final = 4  # of rows in a list
MAX_LEVELS: Final = 6
_ROWS_READ: Final = 100
_LARGEST_READ: Final = 256 * 1024  # bytes
_CUT_OFF: Final = "…"

type Shape = str | list[Shape] | dict[str, Shape]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An answer that was refused: why, and its shape.

    `status` is the HTTP status, if it was that of an answer. `at` is in seconds since
    the epoch.
    """

    reason: str
    status: int | None
    shape: Shape
    at: float


class Mismatches:
    """The last answer of each endpoint that was refused.

    Shared by all clients of a PBX, and kept in memory only.
    """

    def __init__(self) -> None:
        self.by_endpoint: dict[str, Mismatch] = {}

    def note(
        self,
        endpoint: str,
        error: YeastarError,
        answer: bytes | JsonObject | None,
        status: int | None = None,
    ) -> None:
        """Note an answer that was refused: bytes, an object, or None if not read."""
        shape = _shape(answer)
        self.by_endpoint[endpoint] = Mismatch(str(error), status, shape, time.time())
        # Before a PBX is added, there are no diagnostics.
        _LOGGER.debug("%s: %s: %s", endpoint, error, shape)

    @contextmanager
    def noted(
        self,
        endpoint: str,
        answer: bytes | JsonObject | None,
        status: int | None = None,
    ) -> Iterator[None]:
        """Note an answer of the API if reading it raises InvalidResponse."""
        try:
            yield
        except InvalidResponse as err:
            self.note(endpoint, err, answer, status)
            raise


def _shape(answer: bytes | JsonObject | None) -> Shape:
    if answer is None:
        return _CUT_OFF
    if not isinstance(answer, bytes):
        return shape_of(answer)
    if len(answer) <= _LARGEST_READ:
        with suppress(ValueError, RecursionError):
            return shape_of(read_json(answer.removeprefix(codecs.BOM_UTF8)))
    return kind_of(answer)


def shape_of(value: object, levels: int = MAX_LEVELS) -> Shape:
    """Return the keys and types of a JSON value. A key that may be a name is left out.

    Of a list, each kind of row is shown once.
    """
    match value:
        case dict():
            return _shape_of_object(value, levels) if levels else _CUT_OFF
        case list():
            return _shape_of_list(value, levels) if levels else _CUT_OFF
        case str():
            return _shape_of_text(value, levels)
        case bool():
            return "true or false"
        case int() | float():
            return "number"
    return "null"


def _shape_of_text(value: str, levels: int) -> Shape:
    """Return the shape of a text, which may be JSON within JSON."""
    if levels and value.startswith("{") and len(value) <= _LARGEST_READ:
        with suppress(ValueError, RecursionError):
            return ["text", shape_of(read_json(value.encode()), levels - 1)]
    return "text" if value else "empty text"


def _shape_of_object(value: Mapping[str, object], levels: int) -> Shape:
    shape: dict[str, Shape] = {}
    for number, (key, each) in enumerate(islice(value.items(), MAX_KEYS), start=1):
        name = key if is_key(key) else f"(key {number})"
        shape[name] = shape_of(each, levels - 1)
    if len(value) > MAX_KEYS:
        shape[_CUT_OFF] = _CUT_OFF
    return shape


def _shape_of_list(rows: list[object], levels: int) -> Shape:
    shapes: list[Shape] = []
    for row in rows[:_ROWS_READ]:
        shape = shape_of(row, levels - 1)
        if shape in shapes:
            continue
        if len(shapes) == MAX_KINDS:
            return [*shapes, _CUT_OFF]
        shapes.append(shape)
    return shapes
