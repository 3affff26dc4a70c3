"""Answers that are no answers of a PBX: faults of the network and of gateways.

A new fault is one more line in ``Fault``, with its function where none here fits.
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
import socket
import struct
from typing import Self

from aiohttp import web

type Answer = Callable[[], web.Response]
"""Lets the PBX act on the request, and returns what it would answer."""
type Inflict = Callable[[web.Request, Answer], Awaitable[web.StreamResponse]]

HUGE_SIZE = 64 * 1024 * 1024
"""Bytes of the ``HUGE`` answer."""


async def _reset(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Send a TCP reset."""
    if request.transport is not None:
        linger_not = struct.pack("ii", 1, 0)
        connection = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
    return await _close(request, answer)


async def _close(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Hang up without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _silent(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Say nothing for as long as the connection lasts."""
    return await asyncio.Future[web.StreamResponse]()


async def _half(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Promise the whole answer and hang up after half of it."""
    whole = answer()
    body = _body(whole)
    response = web.StreamResponse(status=whole.status)
    response.content_type = whole.content_type
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    return response


async def _not_json(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Send half of a JSON document as if it were all."""
    body = _body(answer())
    return web.Response(body=body[: len(body) // 2], content_type="application/json")


async def _huge(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Send a valid JSON document of 64 MiB."""
    response = web.StreamResponse()
    response.content_type = "application/json"
    await response.prepare(request)
    blanks = b" " * 65536
    for _ in range(HUGE_SIZE // len(blanks)):
        await response.write(blanks)
    await response.write(_body(answer()))
    return response


async def _redirect(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Send the client to another origin."""
    elsewhere = {"Location": f"http://example.invalid{request.path_qs}"}
    return web.Response(status=302, headers=elsewhere, content_type="text/html")


def _page(status: int) -> Inflict:
    """Send a web page with this HTTP status."""

    async def inflict(request: web.Request, answer: Answer) -> web.StreamResponse:
        return web.Response(
            status=status,
            text=f"<!DOCTYPE html><title>{status}</title><p>Not the API.</p>",
            content_type="text/html",
        )

    return inflict


def _json(text: str) -> Inflict:
    """Send this JSON document."""

    async def inflict(request: web.Request, answer: Answer) -> web.StreamResponse:
        return web.Response(text=text, content_type="application/json")

    return inflict


def _body(response: web.Response) -> bytes:
    assert isinstance(response.body, bytes)
    return response.body


class Fault(StrEnum):
    """What goes wrong, and how."""

    inflict: Inflict

    def __new__(cls, value: str, inflict: Inflict) -> Self:
        """Make a member that carries its function."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.inflict = inflict
        return member

    RESET = "reset", _reset
    CLOSE = "close", _close
    SILENT = "silent", _silent
    HALF = "half", _half
    HUGE = "huge", _huge
    EMPTY = "empty", _json("")
    NOT_JSON = "not_json", _not_json
    JSON_LIST = "json_list", _json("[]")
    JSON_NULL = "json_null", _json("null")
    NO_ERRCODE = "no_errcode", _json("{}")
    REDIRECT = "redirect", _redirect
    HTML = "html", _page(200)
    BAD_REQUEST_400 = "bad_request_400", _page(400)
    UNAUTHORIZED_401 = "unauthorized_401", _page(401)
    FORBIDDEN_403 = "forbidden_403", _page(403)
    NOT_FOUND_404 = "not_found_404", _page(404)
    TOO_MANY_REQUESTS_429 = "too_many_requests_429", _page(429)
    SERVER_ERROR_500 = "server_error_500", _page(500)
    BAD_GATEWAY_502 = "bad_gateway_502", _page(502)
    UNAVAILABLE_503 = "unavailable_503", _page(503)
