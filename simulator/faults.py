"""Answers that are no answers of a PBX, or that are written otherwise than documented.

A new one is one more line in ``Fault`` or ``Oddity``, with its function where none here
fits.
"""

import asyncio
from codecs import BOM_UTF8
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
import json
from math import inf
from typing import Protocol, Self

from aiohttp import web

from .connections import reset
from .lines import Answer, Line, body_of, promise
from .redirects import RedirectTo

type Inflict = Callable[[web.Request, Answer], Awaitable[web.StreamResponse]]


class Spoiler(Protocol):
    """Makes something else of an answer."""

    def inflict(
        self, http: web.Request, answer: Answer, /
    ) -> Awaitable[web.StreamResponse]:
        """Answer a request, or do not."""
        ...


MIB = 1024 * 1024
HUGE_JSON = 200 * MIB
"""Bytes of the ``HUGE`` answer."""
HUGE_AUDIO = 300 * MIB
"""Bytes of the ``HUGE_AUDIO`` answers."""
CHUNK = 64 * 1024

# What gateways say that want a sign-in of their own.
_SIGN_IN = {"WWW-Authenticate": 'Basic realm="gateway"'}
_UNAUTHORIZED = '{"message": "Unauthorized"}'


def hang_up(request: web.Request) -> web.Response:
    """End the connection; what is returned reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _reset(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Send a TCP reset."""
    if request.transport is not None:
        reset(request.transport)
    return web.Response()


async def _close(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Hang up without a word."""
    return hang_up(request)


async def _silent(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Say nothing for as long as the connection lasts."""
    return await asyncio.Future[web.StreamResponse]()


async def _half(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Promise the whole answer and hang up after half of it."""
    whole = answer()
    response = await promise(request, whole)
    body = body_of(whole)
    await response.write(body[: len(body) // 2])
    return response


async def _half_reset(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Send half of the answer and then a TCP reset."""
    response = await _half(request, answer)
    await _reset(request, answer)
    return response


async def _half_unannounced(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Send half of the answer without its length, which the end of the connection is.

    aiohttp would send chunks, whose end is marked.
    """
    assert request.transport is not None
    body = body_of(answer())
    request.transport.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    request.transport.write(body[: len(body) // 2])
    request.transport.close()
    return web.Response()


async def _not_json(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Send half of a JSON document as if it were all."""
    body = body_of(answer())
    return web.Response(body=body[: len(body) // 2], content_type="application/json")


async def _huge(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Send a valid JSON document of 200 MiB."""
    response = web.StreamResponse()
    response.content_type = "application/json"
    await response.prepare(request)
    blanks = b" " * CHUNK
    for _ in range(HUGE_JSON // CHUNK):
        await response.write(blanks)
    await response.write(body_of(answer()))
    return response


def _huge_audio(*, announced: bool) -> Inflict:
    """Send a WAV file of 300 MiB, with or without a Content-Length."""

    async def inflict(request: web.Request, answer: Answer) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_type = "audio/x-wav"
        if announced:
            response.content_length = HUGE_AUDIO
        await response.prepare(request)
        chunk = body_of(answer())[:44].ljust(CHUNK, b"\0")
        for _ in range(HUGE_AUDIO // CHUNK):
            await response.write(chunk)
        return response

    return inflict


async def _redirect_within(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Send the client to another path of the same origin, and answer there."""
    if "moved" in request.query:
        return answer()
    there = request.rel_url.update_query(moved="1")
    return web.Response(status=307, headers={"Location": str(there)})


async def _untyped(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Call the answer a web page."""
    response = answer()
    response.content_type = "text/html"
    return response


async def _byte_order_mark(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Put a byte order mark in front."""
    response = answer()
    response.body = BOM_UTF8 + body_of(response)
    return response


async def _numbers_as_text(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Write all numbers as text."""
    response = answer()
    response.body = json.dumps(json.loads(body_of(response), parse_int=str)).encode()
    return response


def _page(status: int, *, headers: Mapping[str, str] | None = None) -> Inflict:
    """Send a web page with this HTTP status."""

    async def inflict(request: web.Request, answer: Answer) -> web.StreamResponse:
        return web.Response(
            status=status,
            text=f"<!DOCTYPE html><title>{status}</title><p>Not the API.</p>",
            content_type="text/html",
            headers=headers,
        )

    return inflict


def _json(text: str, status: int = 200) -> Inflict:
    """Send this JSON document."""

    async def inflict(request: web.Request, answer: Answer) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type="application/json")

    return inflict


@dataclass(frozen=True)
class Says:
    """Sends a JSON value in place of an answer."""

    value: object
    status: int = 200

    async def inflict(self, http: web.Request, answer: Answer) -> web.StreamResponse:
        """Send it."""
        return web.json_response(self.value, status=self.status)


@dataclass
class Passing:
    """A fault that goes by itself, after some requests or at a time of the PBX."""

    fault: Spoiler
    requests: float = inf
    until: float = inf

    def now(self, now: float) -> Spoiler | None:
        """Return the fault for one more request, unless it has gone."""
        if self.requests < 1 or now >= self.until:
            return None
        self.requests -= 1
        return self.fault


class _Named(StrEnum):
    """What becomes of an answer, and how."""

    inflict: Inflict

    def __new__(cls, value: str, inflict: Inflict) -> Self:
        """Make a member that carries its function."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.inflict = inflict
        return member


class Fault(_Named):
    """What leaves no answer of a PBX."""

    RESET = "reset", _reset
    CLOSE = "close", _close
    SILENT = "silent", _silent
    SLOW = "slow", Line(1).inflict
    HALF = "half", _half
    HALF_RESET = "half_reset", _half_reset
    HALF_UNANNOUNCED = "half_unannounced", _half_unannounced
    HUGE = "huge", _huge
    HUGE_AUDIO = "huge_audio", _huge_audio(announced=False)
    HUGE_AUDIO_ANNOUNCED = "huge_audio_announced", _huge_audio(announced=True)
    EMPTY = "empty", _json("")
    NOT_JSON = "not_json", _not_json
    JSON_LIST = "json_list", _json("[]")
    JSON_NULL = "json_null", _json("null")
    JSON_TEXT = "json_text", _json('"SUCCESS"')
    JSON_NESTED = "json_nested", _json("[" * 100_000)
    NO_ERRCODE = "no_errcode", _json("{}")
    NO_FIELDS = "no_fields", _json('{"errcode": 0, "errmsg": "SUCCESS"}')
    REDIRECT = "redirect", RedirectTo("http://example.invalid").inflict
    REDIRECT_WITHIN = "redirect_within", _redirect_within
    HTML = "html", _page(200)
    BAD_REQUEST_400 = "bad_request_400", _page(400)
    UNAUTHORIZED_401 = "unauthorized_401", _page(401, headers=_SIGN_IN)
    UNAUTHORIZED_401_EMPTY = "unauthorized_401_empty", _json("", 401)
    UNAUTHORIZED_401_JSON = "unauthorized_401_json", _json(_UNAUTHORIZED, 401)
    FORBIDDEN_403 = "forbidden_403", _page(403)
    NOT_FOUND_404 = "not_found_404", _page(404)
    PROXY_SIGN_IN_407 = "proxy_sign_in_407", _page(407)
    UPGRADE_REQUIRED_426 = "upgrade_required_426", _page(426)
    TOO_MANY_REQUESTS_429 = "too_many_requests_429", _page(429)
    SERVER_ERROR_500 = "server_error_500", _page(500)
    BAD_GATEWAY_502 = "bad_gateway_502", _page(502)
    BAD_GATEWAY_502_EMPTY = "bad_gateway_502_empty", _json("", 502)
    UNAVAILABLE_503 = "unavailable_503", _page(503)
    GATEWAY_TIMEOUT_504 = "gateway_timeout_504", _page(504)


class Oddity(_Named):
    """How an answer can be written otherwise, and still be one."""

    UNTYPED = "untyped", _untyped
    BYTE_ORDER_MARK = "byte_order_mark", _byte_order_mark
    NUMBERS_AS_TEXT = "numbers_as_text", _numbers_as_text
