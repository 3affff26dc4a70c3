"""The view under which players fetch clips."""

from http import HTTPStatus

from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView

from ...const import DOMAIN
from ...library import LibraryError
from ...pbx import CannotConnect, ConnectionFailure, Interrupted, NotFound
from .link import BASE_PATH, async_find_link
from .ranges import send_clip


class RelayView(HomeAssistantView):
    """Serve clips to players, which send HEAD, GET and ranges."""

    requires_auth = False
    url = f"{BASE_PATH}/{{key}}/{{name}}"
    name = f"api:{DOMAIN}:relay"

    async def get(
        self, request: web.Request, key: str, name: str
    ) -> web.StreamResponse:
        """Send the clip, or the range of it that is requested."""
        # Players also look for a cover beside a clip: any other name is not found.
        if (link := async_find_link(request.app[KEY_HASS], key, name)) is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        try:
            clip = await link.relay.get(link)
        except LibraryError as err:
            return web.Response(status=_status(err))
        response, part = await send_clip(request, clip)
        link.async_sent(part, clip.size)
        return response

    head = get


def _status(err: LibraryError) -> HTTPStatus:
    match err:
        case NotFound():
            return HTTPStatus.NOT_FOUND
        case Interrupted():
            return HTTPStatus.SERVICE_UNAVAILABLE
        case CannotConnect(reason=ConnectionFailure.TIMEOUT):
            return HTTPStatus.GATEWAY_TIMEOUT
    return HTTPStatus.BAD_GATEWAY
