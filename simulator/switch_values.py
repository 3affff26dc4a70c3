"""The values of switches as texts, for the command line and for profiles."""

from collections.abc import Iterator
from datetime import UTC, tzinfo
from enum import Enum
import json
from types import EllipsisType, NoneType, UnionType
from typing import Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from .switches import Switches


def switch_value(name: str, text: str) -> object:
    """Return the value that a text means for a switch; raise ValueError for none."""
    for kind in _kinds(name):
        try:
            return _converted(kind, text)
        except ValueError, KeyError:
            continue
    raise ValueError(f"{text!r} is no value of the switch {name}")


def switch_choices(name: str) -> Iterator[str]:
    """Return the texts of the values that have names."""
    for kind in _kinds(name):
        if isinstance(kind, type) and issubclass(kind, Enum):
            yield from map(switch_text, kind)


def switch_text(value: object) -> str:
    """Return the text of a value."""
    match value:
        case Enum():
            return value.name.lower()
        case bool() | None:
            return str(value).lower()
        case frozenset():
            return ",".join(value)
        case EllipsisType():
            return "(the real one)"
    return str(value)


def switch_json(value: object) -> object:
    """Return a value as it stands in a profile."""
    match value:
        case Enum() | EllipsisType() | tzinfo():
            return switch_text(value)
        case frozenset():
            return sorted(value)
    return value


def _kinds(name: str) -> tuple[object, ...]:
    """Return the types of which one has to fit, those that take anything last."""
    annotation = get_type_hints(Switches).get(name)
    if annotation is None:
        raise ValueError(f"There is no switch {name}")
    if get_origin(annotation) not in (Union, UnionType):
        return (annotation,)
    return tuple(sorted(get_args(annotation), key=_is_general))


def _is_general(kind: object) -> bool:
    return kind in (str, object) or get_origin(kind) is frozenset


def _converted(kind: object, text: str) -> object:
    match kind:
        case type() if issubclass(kind, Enum):
            return kind[text.upper()]
        case type() if kind is NoneType:
            return {"none": None, "null": None}[text]
        case type() if kind is bool:
            return {"true": True, "false": False}[text]
        case type() if kind in (int, float, str):
            return kind(text)
        case type() if kind is tzinfo:
            return UTC if text == str(UTC) else ZoneInfo(text)
        case type() if kind is object:
            return json.loads(text)
    if get_origin(kind) is frozenset:
        return frozenset(text.split(",")) if text else frozenset()
    raise ValueError(kind)
