"""HTTP ranges of a clip (RFC 9110, section 14)."""

from http import HTTPStatus

from aiohttp import hdrs, web

from ..audio import Clip


async def send_clip(request: web.Request, clip: Clip) -> web.StreamResponse:
    """Send the clip or one range of it.

    Invalid ranges, multiple ranges, and ranges of another ETag are ignored.
    """
    size = len(clip.content)
    start, stop = 0, size
    etag = f'"{clip.tag}"'
    response = web.Response(
        headers={
            hdrs.CONTENT_TYPE: clip.content_type,
            hdrs.ACCEPT_RANGES: "bytes",
            hdrs.CACHE_CONTROL: "private, no-cache",
            hdrs.ETAG: etag,
        }
    )
    requested = _requested_range(request)
    if requested.start is not None and request.headers.get(hdrs.IF_RANGE, etag) == etag:
        start, stop, _ = requested.indices(size)
        if start < stop:
            response.set_status(HTTPStatus.PARTIAL_CONTENT)
            response.headers[hdrs.CONTENT_RANGE] = f"bytes {start}-{stop - 1}/{size}"
        else:
            stop = start
            response.set_status(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            response.headers[hdrs.CONTENT_RANGE] = f"bytes */{size}"
    response.headers[hdrs.CONTENT_LENGTH] = str(stop - start)
    if request.method == hdrs.METH_GET:
        # As a body, it would be kept for as long as the player keeps the connection,
        # and a range of bytes would be a copy.
        await response.prepare(request)
        await response.write(memoryview(clip.content)[start:stop])
    return response


def _requested_range(request: web.Request) -> slice:
    """Return the requested range, or all if there is none that can be read."""
    if request.method != hdrs.METH_GET:
        return slice(None)  # HTTP has ranges for GET alone.
    try:
        requested = request.http_range
    except ValueError:
        return slice(None)
    if requested.start == 0 and "=-" in request.headers[hdrs.RANGE]:
        # "bytes=-0" is unsatisfiable; aiohttp reads it as the whole body.
        return slice(0, 0)
    return requested
