"""What a family of endpoints is made of."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from simulator.envelope import Fields
from simulator.model import RecordedRequest
from simulator.pbx import Pbx

type Row = dict[str, Any]
type Handler = Callable[[Pbx, RecordedRequest], Fields]
"""Returns the fields that follow ``errcode`` and ``errmsg``, or raises."""
type Stream = Callable[
    [Pbx, RecordedRequest, web.Request], Awaitable[web.StreamResponse]
]
"""Answers for as long as the connection lasts, as a WebSocket does."""


@dataclass(frozen=True)
class Endpoint:
    """One endpoint: its only HTTP method, its handler, who may use it."""

    method: Literal["GET", "POST"]
    handler: Handler
    needs_token: bool = True


def always(pbx: Pbx) -> bool:
    """Return that every firmware has the family."""
    return True


@dataclass(frozen=True)
class Family:
    """Endpoints about one subject, by their path below ``/openapi/v1.0/``.

    ``exists`` returns whether the firmware of a PBX has them.
    """

    endpoints: Mapping[str, Endpoint]
    streams: Mapping[str, Stream] = field(default_factory=dict)
    exists: Callable[[Pbx], bool] = always
