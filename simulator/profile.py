"""Profiles: what a model with its firmware was seen to do, as a set of switches.

Each is a JSON file in the folder ``profiles``, which a record of a real PBX can fill.
Every switch that it sets says why: by what was observed, or by what is assumed.

    {
        "model": "Yeastar P570",
        "firmware": "37.23.0.83",
        "hardware": "V2.00 0000-0000",
        "serial_number": "3633A2126001",
        "switches": {"empty_list": "bare", "max_page_size": 8},
        "seen": {
            "observed": {"empty_list": "An idle queue answered nothing but a success."},
            "assumed": {"max_page_size": "A page of 28 rows had 8 of them."},
            "not_covered": ["A page had more rows than were asked for."]
        }
    }

``origin`` says where it comes from: from what others reported, from a record of a check
of a real PBX, or of a simulator. ``about`` says more of what was reported; a record has
``findings``, and what in it no switch is for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
import json
from pathlib import Path
import re
from typing import Self

from .switch_values import switch_value

FOLDER = Path(__file__).parent / "profiles"
LONGEST_NAME = 40
_NAME = re.compile(rf"[a-z0-9_]{{1,{LONGEST_NAME}}}")
_LARGEST_FILE = 64 * 1024
_LONGEST_TEXT = 300
_IDENTITY = ("model", "firmware", "hardware", "serial_number")
_FIELDS = (*_IDENTITY, "origin", "about", "findings", "switches", "seen")


class Origin(StrEnum):
    """Where a profile comes from."""

    REPORTED = "reported"
    RECORDED = "recorded"
    SIMULATED = "simulated"


@dataclass(frozen=True, slots=True)
class Profile:
    """A model with its firmware, and how it differs from the documents.

    ``switches`` are values by the names of switches. For each of them either
    ``observed`` or ``assumed`` has a sentence that says why. ``not_covered`` was seen,
    and no switch is for it; ``findings`` is what the check of it found, by subject.
    """

    model: str
    firmware: str
    hardware: str
    serial_number: str
    switches: Mapping[str, object] = field(default_factory=dict)
    observed: Mapping[str, str] = field(default_factory=dict)
    assumed: Mapping[str, str] = field(default_factory=dict)
    not_covered: tuple[str, ...] = ()
    findings: Mapping[str, str] = field(default_factory=dict)
    origin: Origin = Origin.REPORTED
    about: str = ""

    @classmethod
    def named(cls, name: str) -> Self:
        """Read the profile of this name; raise ValueError if there is none."""
        if not _NAME.fullmatch(name) or not (file := FOLDER / f"{name}.json").exists():
            raise ValueError(f"There is no profile {name!r}: {', '.join(names())}")
        with file.open("rb") as opened:
            return cls.parse(opened.read(_LARGEST_FILE + 1))

    @classmethod
    def parse(cls, content: bytes) -> Self:
        """Read the content of a file; raise ValueError for what is no profile."""
        if len(content) > _LARGEST_FILE:
            raise ValueError(f"A profile has at most {_LARGEST_FILE} bytes")
        fields = _object("profile", json.loads(content))
        _check_names("profile", fields, _FIELDS)
        seen = _object("seen", fields.get("seen", {}))
        _check_names("seen", seen, ("observed", "assumed", "not_covered"))
        switches = _object("switches", fields.get("switches", {}))
        model, firmware, hardware, serial_number = (
            _text(name, fields.get(name)) for name in _IDENTITY
        )
        profile = cls(
            model,
            firmware,
            hardware,
            serial_number,
            {name: _value(name, value) for name, value in switches.items()},
            _texts("observed", seen.get("observed", {})),
            _texts("assumed", seen.get("assumed", {})),
            _list_of_texts("not_covered", seen.get("not_covered", [])),
            _texts("findings", fields.get("findings", {})),
            Origin(_text("origin", fields.get("origin", Origin.REPORTED))),
            _text("about", fields["about"]) if "about" in fields else "",
        )
        if sorted([*profile.observed, *profile.assumed]) != sorted(switches):
            raise ValueError("Each switch has one reason, observed or assumed")
        return profile


DOCUMENTED = Profile("Yeastar P550", "37.23.0.15", "V1.00 0000-0000", "3631A2124001")
"""What the vendor's documents say; where they say nothing, what they suggest."""


def names() -> list[str]:
    """Return the names of all profiles."""
    return sorted(file.stem for file in FOLDER.glob("*.json"))


def _object(what: str, value: object) -> Mapping[str, object]:
    if isinstance(value, dict):
        return value
    raise ValueError(f"{what} is no object")


def _check_names(what: str, fields: Mapping[str, object], known: Sequence[str]) -> None:
    for name in fields:
        if name not in known:
            raise ValueError(f"{what} has a field {name!r}")


def _texts(what: str, value: object) -> Mapping[str, str]:
    return {name: _text(name, text) for name, text in _object(what, value).items()}


def _list_of_texts(what: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(_text(what, text) for text in value)
    raise ValueError(f"{what} is no list")


def _text(what: str, value: object) -> str:
    if isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT:
        return value
    raise ValueError(f"{what} is no text of 1 to {_LONGEST_TEXT} characters")


def _value(name: str, value: object) -> object:
    """Return the value of a switch that is written in JSON."""
    match value:
        case str():
            return switch_value(name, value)
        case list():
            return switch_value(name, ",".join(map(str, value)))
    return switch_value(name, json.dumps(value))
