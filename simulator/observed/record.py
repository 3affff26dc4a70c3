"""The record of a check of a PBX, which users attach to bug reports."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
import json
from typing import Any, Self

_FORMAT = 1
_LARGEST_FILE = 16 * 1024 * 1024

type Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request of a record. Without ``answer`` it was not one of the API.

    ``content`` says what it was instead, ``failure`` why there was none.
    """

    endpoint: str
    parameters: Mapping[str, str]
    status: int
    headers: Mapping[str, str]
    answer: Answer | None
    content: str
    failure: str

    @property
    def errcode(self) -> int | None:
        """Return the error code; None where the answer has none."""
        value = (self.answer or {}).get("errcode")
        try:
            return int(value) if isinstance(value, int | str) else None
        except ValueError:
            return None

    @property
    def succeeded(self) -> Answer:
        """Return the answer if it says success, or one without a field."""
        return (self.answer or {}) if self.errcode == 0 else {}


@dataclass(frozen=True, slots=True)
class Record:
    """A record: what was asked, and the frames of the WebSocket."""

    exchanges: tuple[Exchange, ...]
    frames: tuple[Mapping[str, Any], ...]
    findings: Mapping[str, str]

    @classmethod
    def parse(cls, content: bytes) -> Self:
        """Read the content of a file; raise ValueError for what is no record."""
        if len(content) > _LARGEST_FILE:
            raise ValueError(f"A record has at most {_LARGEST_FILE} bytes")
        fields = json.loads(content)
        if not isinstance(fields, dict) or fields.get("format") != _FORMAT:
            raise ValueError(f"This is no record of the format {_FORMAT}")
        try:
            return cls(
                tuple(map(_exchange, fields["requests"])),
                tuple(fields["frames"]),
                _texts(fields["findings"]),
            )
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"This is no whole record: {error!r}") from None

    def of(self, *endpoints: str) -> Iterator[Exchange]:
        """Yield the requests to endpoints."""
        return (each for each in self.exchanges if each.endpoint in endpoints)


def _texts(fields: Mapping[str, Any]) -> Mapping[str, str]:
    return {str(name): str(text) for name, text in fields.items()}


def _exchange(fields: Mapping[str, Any]) -> Exchange:
    answer = fields.get("answer")
    content = fields.get("content", "")
    return Exchange(
        fields["endpoint"],
        _texts(fields.get("parameters", {})),
        int(fields.get("http_status", 0)),
        _texts(fields.get("headers", {})),
        answer if isinstance(answer, dict) else None,
        "a JSON list" if isinstance(answer, list) else content,
        fields.get("failure", ""),
    )
