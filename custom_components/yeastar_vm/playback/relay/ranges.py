"""Conditional requests and ranges (RFC 9110, sections 13 and 14)."""

from http import HTTPStatus
import re
from typing import Final

from aiohttp import hdrs, web

from .clip import Clip

_TAG: Final = re.compile(r'"([^"]*)"')


async def send_clip(
    request: web.Request, clip: Clip
) -> tuple[web.StreamResponse, range]:
    """Send the clip or one range of it, or only that the player has it already.

    Return the response, and which part of the clip the player has of it. Invalid
    ranges, multiple ranges, and ranges of another tag are ignored.
    """
    is_get = request.method == hdrs.METH_GET
    response = web.Response(
        headers={
            hdrs.ACCEPT_RANGES: "bytes",
            hdrs.CACHE_CONTROL: "private, no-cache",
            hdrs.ETAG: f'"{clip.tag}"',
        }
    )
    if _is_known(request, clip):
        response.set_status(HTTPStatus.NOT_MODIFIED)
        return response, range(clip.size if is_get else 0)
    response.headers[hdrs.CONTENT_TYPE] = clip.content_type
    start, stop = 0, clip.size
    requested = _requested_range(request, clip)
    if requested.start is not None:
        start, stop, _ = requested.indices(clip.size)
        if start < stop:
            response.set_status(HTTPStatus.PARTIAL_CONTENT)
            content_range = f"bytes {start}-{stop - 1}/{clip.size}"
        else:
            stop = start
            response.set_status(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            content_range = f"bytes */{clip.size}"
        response.headers[hdrs.CONTENT_RANGE] = content_range
    response.headers[hdrs.CONTENT_LENGTH] = str(stop - start)
    if is_get:
        # As a body, it would be kept for as long as the player keeps the connection,
        # and a range of bytes would be a copy.
        await response.prepare(request)
        for part in clip.cut(start, stop):
            await response.write(part)
    return response, range(start, stop) if is_get else range(0)


def _is_known(request: web.Request, clip: Clip) -> bool:
    """Return whether the player has the clip already; weak tags count, too."""
    condition = ",".join(request.headers.getall(hdrs.IF_NONE_MATCH, ())).strip()
    return condition == "*" or clip.tag in _TAG.findall(condition)


def _requested_range(request: web.Request, clip: Clip) -> slice:
    """Return the requested range, or all if there is none that can be read."""
    if request.method != hdrs.METH_GET:
        return slice(None)  # HTTP has ranges for GET alone.
    if request.headers.get(hdrs.IF_RANGE, f'"{clip.tag}"') != f'"{clip.tag}"':
        return slice(None)
    try:
        requested = request.http_range
    except ValueError:
        return slice(None)
    if requested.start == 0 and "=-" in request.headers[hdrs.RANGE]:
        # "bytes=-0" is unsatisfiable; aiohttp reads it as the whole body.
        return slice(clip.size, None)
    return requested
