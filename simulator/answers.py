"""From a request to the HTTP response of a PBX in order.

API: HTTP status 200 and an ``{"errcode", "errmsg", ...}`` envelope for success and for
error alike. Audio: ``/api/download/...`` on the root of the web portal.

A call is checked for its source address, its User-Agent, its endpoint and its token, in
this order. The allow-list is that of the API, so that audio links do not ask for it.
"""

from dataclasses import replace
import json
import re

from aiohttp import web

from . import errors
from .endpoints import Stream, check_token, find_endpoint
from .envelope import Fields, as_written, envelope
from .links import DOWNLOAD_PATH, Audible, LinkKind
from .model import RecordedRequest
from .pbx import Pbx
from .switches import Refusal

API_PATH = "/openapi/v1.0/"
DOWNLOAD = "download"
UNTYPED = web.ResponseKey("untyped", bool)
"""Marks a response that is to go out without a Content-Type."""


def served_path(pbx: Pbx, path: str) -> str:
    """Return a path as the web server of the PBX reads it."""
    return re.sub("/+", "/", path) if pbx.switches.merge_slashes else path


def endpoint_name(path: str) -> str:
    """Return what a request for ``path`` is recorded, and made to fail, under."""
    if path.startswith(API_PATH):
        return path.removeprefix(API_PATH)
    return DOWNLOAD if path.startswith(DOWNLOAD_PATH) else ""


def answer(pbx: Pbx, request: RecordedRequest, http: web.Request) -> web.Response:
    """Let the PBX act on a request."""
    try:
        if request.endpoint == DOWNLOAD:
            return _download(pbx, request, http)
        if request.path.startswith(API_PATH):
            return respond(pbx, errors.SUCCESS, _call(pbx, request))
    except (errors.ApiError, errors.HttpError) as error:
        return refusal(pbx, error)
    return web.Response(status=404, text="404")


async def stream(
    pbx: Pbx, request: RecordedRequest, http: web.Request, answers: Stream
) -> web.StreamResponse:
    """Let the PBX answer for as long as the connection lasts."""
    try:
        _check_access(pbx, request)
        if request.query.get("access_token") in pbx.live_access_tokens:
            _check_permission(pbx, request)
        return await answers(pbx, request, http)
    except (errors.ApiError, errors.HttpError) as error:
        return refusal(pbx, error)


def refusal(pbx: Pbx, error: errors.ApiError | errors.HttpError) -> web.Response:
    """Return the answer that an error is."""
    otherwise = pbx.switches.malformed_refusal
    if isinstance(error, errors.MalformedError) and (
        otherwise is not Refusal.PARAMETER_ERROR
    ):
        error = otherwise.error
    if isinstance(error, errors.HttpError):
        return web.Response(status=error.status, text=f"{error.status}")
    return respond(pbx, error.errcode, error.fields, pbx.switches.error_status)


def respond(
    pbx: Pbx, errcode: int, fields: Fields | None = None, status: int = 200
) -> web.Response:
    """Return the response that an answer of the API is sent with."""
    body = json.dumps(envelope(pbx.switches, errcode, fields))
    if pbx.switches.numbers_as_text:
        body = json.dumps(json.loads(body, parse_int=str))
    return web.Response(
        status=status,
        body=body.encode(),
        content_type="application/json",
    )


def _call(pbx: Pbx, request: RecordedRequest) -> Fields:
    _check_access(pbx, request)
    endpoint = find_endpoint(pbx, request)
    if endpoint.needs_token:
        check_token(pbx, request.query)
        _check_permission(pbx, request)
    fields = endpoint.handler(pbx, _without_ignored(pbx, request))
    return as_written(pbx.switches, fields)


def _download(pbx: Pbx, request: RecordedRequest, http: web.Request) -> web.Response:
    if request.method != "GET":
        raise errors.HttpError(405)
    _check_user_agent(pbx, request)
    switches = pbx.switches
    link = pbx.links.find(request.path, pbx.clock())
    if link is None:
        raise switches.link_refusal.error
    if (
        switches.play_link_needs_token
        if link.kind is LinkKind.PLAY
        else switches.download_link_needs_token
    ):
        check_token(pbx, request.query)
    return _audio(pbx, link.source, http)


def _audio(pbx: Pbx, source: Audible, http: web.Request) -> web.Response:
    response = web.Response(body=source.audio())
    if pbx.switches.ranges:
        response = _part(source.audio(), http)
    if pbx.switches.audio_content_type is None:
        response[UNTYPED] = True
    else:
        response.content_type = pbx.switches.audio_content_type
    if not pbx.switches.content_length:
        response.enable_chunked_encoding()
    return response


def _part(audio: bytes, http: web.Request) -> web.Response:
    """Return the range that was asked for, or everything if none was."""
    headers = {"Accept-Ranges": "bytes"}
    try:
        start, stop, _ = http.http_range.indices(len(audio))
    except ValueError:
        stop = start = len(audio)
    if start >= stop:
        headers["Content-Range"] = f"bytes */{len(audio)}"
        return web.Response(status=416, headers=headers)
    if http.http_range == slice(None, None, 1):
        return web.Response(body=audio, headers=headers)
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(audio)}"
    return web.Response(status=206, body=audio[start:stop], headers=headers)


def _check_access(pbx: Pbx, request: RecordedRequest) -> None:
    allowed = pbx.switches.allow_list
    if allowed is not None and request.source not in allowed:
        raise errors.ApiError(errors.IP_FORBIDDEN)
    _check_user_agent(pbx, request)


def _check_permission(pbx: Pbx, request: RecordedRequest) -> None:
    family, _, _ = request.endpoint.partition("/")
    if pbx.switches.permissions_missing & {family, request.endpoint}:
        raise pbx.switches.permission_refusal.error


def _without_ignored(pbx: Pbx, request: RecordedRequest) -> RecordedRequest:
    ignored = pbx.switches.ignored_parameters
    query = {
        name: value for name, value in request.query.items() if name not in ignored
    }
    return replace(request, query=query)


def _check_user_agent(pbx: Pbx, request: RecordedRequest) -> None:
    if pbx.switches.require_user_agent and not request.headers.get("User-Agent"):
        raise Refusal.PARAMETER_ERROR.error
