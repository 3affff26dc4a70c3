"""The view under which players fetch clips."""

from http import HTTPStatus
import logging

from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView

from ..audio import AudioError
from ..const import DOMAIN
from ..pbx import CannotConnect, ConnectionFailure, NotFound, YeastarError
from .link import BASE_PATH, async_find_link
from .ranges import send_clip

_LOGGER = logging.getLogger(__name__)


class RelayView(HomeAssistantView):
    """Serve clips to players, which send HEAD, GET and ranges."""

    requires_auth = False
    # Players also probe for cover art beside a clip.
    url = f"{BASE_PATH}/{{key}}/{{name:[\\w-]+\\.(?:mp3|wav)}}"
    name = f"api:{DOMAIN}:relay"

    async def get(
        self, request: web.Request, key: str, name: str
    ) -> web.StreamResponse:
        """Send the clip, or the range of it that is requested."""
        if (link := async_find_link(request.app[KEY_HASS], key)) is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        try:
            clip = await link.relay.get(link.reference)
        except (YeastarError, AudioError) as err:
            _LOGGER.warning("%s cannot be relayed: %s", link.reference, err)
            return web.Response(status=_status(err))
        return await send_clip(request, clip)

    head = get


def _status(err: YeastarError | AudioError) -> HTTPStatus:
    match err:
        case NotFound():
            return HTTPStatus.NOT_FOUND
        case CannotConnect(reason=ConnectionFailure.TIMEOUT):
            return HTTPStatus.GATEWAY_TIMEOUT
    return HTTPStatus.BAD_GATEWAY
