"""The action that plays a greeting."""

from typing import Any, Final

from homeassistant.components.media_player import (
    ATTR_MEDIA_ANNOUNCE,
    ATTR_MEDIA_CONTENT_ID,
    ATTR_MEDIA_CONTENT_TYPE,
    ATTR_MEDIA_EXTRA,
    DOMAIN as MEDIA_PLAYER_DOMAIN,
    SERVICE_PLAY_MEDIA,
    MediaType,
)
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import CONF_DELIVERY, Delivery
from ..delivery import choose_delivery, has_query
from ..entry import YeastarConfigEntry
from ..exceptions import invalid
from ..issues import (
    NO_URL_AVAILABLE,
    async_create_issue,
    async_delete_url_issue,
    handled_errors,
)
from .lookup import (
    ATTR_EXTENSION,
    ATTR_FILE,
    ATTR_MEDIA,
    find_greeting,
    requested_greeting,
)
from .targets import target_players

ATTR_DELIVERY: Final = CONF_DELIVERY
ATTR_EXPIRES_AT: Final = "expires_at"
ATTR_URL: Final = "url"

PLAY_GREETING_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Optional(ATTR_EXTENSION): cv.string,
        vol.Optional(ATTR_FILE): cv.string,
        # The media selector sends more keys; the content ID is sufficient.
        vol.Optional(ATTR_MEDIA): vol.Schema(
            {vol.Required(ATTR_MEDIA_CONTENT_ID): cv.string}, extra=vol.ALLOW_EXTRA
        ),
        vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
        vol.Optional(ATTR_MEDIA_ANNOUNCE): cv.boolean,
        vol.Optional(ATTR_MEDIA_EXTRA): dict,
        vol.Optional(ATTR_DELIVERY): vol.Coerce(Delivery),
    }
)


async def async_play_greeting(call: ServiceCall) -> ServiceResponse:
    """Play a greeting of an extension on media players."""
    hass = call.hass
    entry, extension, file = requested_greeting(hass, call.data)
    data = entry.runtime_data
    players = target_players(hass, call.data)
    delivery = call.data.get(ATTR_DELIVERY) or Delivery(
        entry.options.get(CONF_DELIVERY, Delivery.AUTO)
    )
    with handled_errors(hass, entry):
        reference, link = await find_greeting(data.client, extension, file)
        if delivery is Delivery.AUTO:
            delivery = choose_delivery(entry, reference, link)
        if delivery is Delivery.DIRECT:
            if has_query(link):
                raise invalid("direct_not_possible")
            url = link.url
            expires_at = dt_util.utc_from_timestamp(link.expires_at)
        else:
            base_url = _base_url(hass, entry)
            media = await data.relay.prepare(reference, link)
            url, expires_at = f"{base_url}{media.path}", media.expires_at

    play_media: dict[str, Any] = {
        ATTR_ENTITY_ID: players,
        ATTR_MEDIA_CONTENT_ID: url,
        ATTR_MEDIA_CONTENT_TYPE: MediaType.MUSIC,
    }
    for option in (ATTR_MEDIA_ANNOUNCE, ATTR_MEDIA_EXTRA):
        if option in call.data:
            play_media[option] = call.data[option]
    await hass.services.async_call(
        MEDIA_PLAYER_DOMAIN,
        SERVICE_PLAY_MEDIA,
        play_media,
        blocking=True,
        context=call.context,
    )
    if not call.return_response:
        return None
    return {
        ATTR_EXTENSION: extension,
        ATTR_FILE: reference.file,
        ATTR_URL: url,
        ATTR_EXPIRES_AT: expires_at.isoformat(),
        ATTR_DELIVERY: delivery.value,
        ATTR_MEDIA_CONTENT_TYPE: MediaType.MUSIC.value,
    }


def _base_url(hass: HomeAssistant, entry: YeastarConfigEntry) -> str:
    """Return the URL of Home Assistant that players use."""
    try:
        base_url = get_url(hass)
    except NoURLAvailableError as err:
        async_create_issue(hass, entry, NO_URL_AVAILABLE)
        raise invalid("no_url_available") from err
    async_delete_url_issue(hass, entry)
    return base_url
