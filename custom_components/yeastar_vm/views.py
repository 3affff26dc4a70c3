"""The relay: a greeting of the PBX under a signed link of Home Assistant."""

import base64
from datetime import timedelta
from http import HTTPStatus
import json
import logging
from typing import Final

from aiohttp import hdrs, web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.components.http.auth import async_sign_path
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .audio import AudioError, Clip
from .const import DOMAIN
from .entry import YeastarConfigEntry
from .errors import async_tell_user
from .pbx import (
    CannotConnect,
    ConnectionFailure,
    NotFound,
    YeastarError,
)

_LOGGER = logging.getLogger(__name__)

# Players pause and queue, and Home Assistant counts an expired link as a failed login.
LINK_LIFETIME: Final = timedelta(hours=24)

_PATH: Final = f"/api/{DOMAIN}/greetings"


@callback
def async_relay_path(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    extension: str,
    file: str,
    suffix: str,
) -> str:
    """Return the signed path under which players get a greeting.

    `suffix` is that of the clip: players go by it. Extension and file stand in the path
    as base64url, since a path is signed as it reads decoded.
    """
    names = json.dumps([extension, file], ensure_ascii=False)
    greeting = base64.urlsafe_b64encode(names.encode(errors="surrogatepass"))
    path = f"{_PATH}/{entry.entry_id}/{greeting.decode().rstrip('=')}{suffix}"
    return async_sign_path(hass, path, LINK_LIFETIME, use_content_user=True)


def _read_greeting(part: str) -> tuple[str, str] | None:
    """Return extension and file of the last part of a path; None where it has none."""
    encoded = part.partition(".")[0]
    try:
        decoded = base64.b64decode(encoded + "=" * (-len(encoded) % 4), b"-_", True)
        match json.loads(decoded):
            case [str(extension), str(file)]:
                return extension, file
    except ValueError, RecursionError:
        pass
    return None


class GreetingView(HomeAssistantView):
    """Serve greetings to players, which ask with HEAD, GET and ranges."""

    # No more than what is handed out: players also look for a cover beside it, and
    # Home Assistant would count that as a failed login.
    url = f"{_PATH}/{{entry_id}}/{{greeting:[\\w-]{{12,}}\\.(?:mp3|wav)}}"
    name = f"api:{DOMAIN}:greeting"

    async def get(
        self, request: web.Request, entry_id: str, greeting: str
    ) -> web.StreamResponse:
        """Answer with the greeting, or the range of it that is asked for."""
        hass = request.app[KEY_HASS]
        entry: YeastarConfigEntry | None = hass.config_entries.async_get_entry(entry_id)
        if (
            entry is None
            or entry.domain != DOMAIN
            or entry.state is not ConfigEntryState.LOADED
            or (names := _read_greeting(greeting)) is None
        ):
            return web.Response(status=HTTPStatus.NOT_FOUND)
        try:
            clip = await entry.runtime_data.clips.get(*names)
        except (YeastarError, AudioError) as err:
            _LOGGER.warning(
                'Greeting "%s" of extension %s cannot be relayed: %s',
                names[1],
                names[0],
                err,
            )
            async_tell_user(hass, entry, err)
            return web.Response(status=_status(err))
        return await _respond(request, clip)

    head = get


def _status(err: YeastarError | AudioError) -> HTTPStatus:
    match err:
        case NotFound():
            return HTTPStatus.NOT_FOUND
        case CannotConnect(reason=ConnectionFailure.TIMEOUT):
            return HTTPStatus.GATEWAY_TIMEOUT
    return HTTPStatus.BAD_GATEWAY


async def _respond(request: web.Request, clip: Clip) -> web.StreamResponse:
    """Send the clip or the one range of it that is asked for (RFC 9110, section 14).

    A range that cannot be read, several of them, and one of an earlier clip get all.
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
    asked = _range(request)
    if asked.start is not None and request.headers.get(hdrs.IF_RANGE, etag) == etag:
        start, stop, _ = asked.indices(size)
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


def _range(request: web.Request) -> slice:
    """Return the one range that is asked for; all where none is that can be read."""
    if request.method != hdrs.METH_GET:
        return slice(None)  # HTTP has ranges for GET alone.
    try:
        asked = request.http_range
    except ValueError:
        return slice(None)
    if asked.start == 0 and "=-" in request.headers[hdrs.RANGE]:
        return slice(0, 0)  # The last no bytes, which aiohttp takes for all.
    return asked
