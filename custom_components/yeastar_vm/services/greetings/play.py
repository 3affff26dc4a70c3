"""The action that plays a greeting."""

from typing import Any, Final

from homeassistant.components.media_player import (
    ATTR_MEDIA_CONTENT_ID,
    ATTR_MEDIA_CONTENT_TYPE,
    ATTR_MEDIA_ENQUEUE,
    DOMAIN as MEDIA_PLAYER_DOMAIN,
    SERVICE_PLAY_MEDIA,
    MediaPlayerEnqueue,
    MediaType,
)
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType

from ...errors.exceptions import time_limit
from ...errors.issues import handled_errors
from ...playback.delivery import DeliveredMedia, async_deliver
from ...playback.relay import Relay
from ..fields import (
    ATTR_DELIVERY,
    ATTR_EXTENSION,
    ATTR_FILE,
    DELIVERY_FIELD,
    GREETING_FIELDS,
    PLAYER_FIELDS,
    PLAYER_OPTIONS,
)
from ..lookup import LOOKUP_TIMEOUT, find_greeting, requested_greeting
from ..targets import async_target_players

ATTR_EXPIRES_AT: Final = "expires_at"
ATTR_REASON: Final = "reason"
ATTR_URL: Final = "url"

# Seconds for the download and the conversion, which have limits of their own, too. The
# players have as long as they need.
DELIVERY_TIMEOUT: Final = 120

# What a player fetches when its turn comes.
LATER: Final = (MediaPlayerEnqueue.ADD, MediaPlayerEnqueue.NEXT)

PLAY_GREETING_SCHEMA: Final = cv.make_entity_service_schema(
    {**GREETING_FIELDS, **PLAYER_FIELDS, **DELIVERY_FIELD}
)


async def async_play_greeting(call: ServiceCall) -> ServiceResponse:
    """Play a greeting of an extension on media players."""
    hass = call.hass
    players = await async_target_players(call)
    entry, extension, file = await requested_greeting(hass, call.data)
    data = entry.runtime_data
    with handled_errors(hass, entry):
        async with time_limit(LOOKUP_TIMEOUT):
            reference, link = await find_greeting(data.client, extension, file)
        async with time_limit(DELIVERY_TIMEOUT, "delivery_too_slow"):
            media = await async_deliver(
                hass,
                entry,
                data,
                reference,
                link,
                players=players,
                requested=call.data.get(ATTR_DELIVERY),
            )
    await async_play_media(call, data.relay, media, players)
    if not call.return_response:
        return None
    return {
        ATTR_EXTENSION: extension,
        ATTR_FILE: reference.file,
        **media_response(media),
    }


async def async_play_media(
    call: ServiceCall, relay: Relay, media: DeliveredMedia, players: list[str]
) -> None:
    """Play media on players, with the options of an action."""
    play_media: dict[str, Any] = {
        ATTR_ENTITY_ID: players,
        ATTR_MEDIA_CONTENT_ID: media.url,
        ATTR_MEDIA_CONTENT_TYPE: MediaType.MUSIC,
    }
    for option in PLAYER_OPTIONS:
        if option in call.data:
            play_media[option] = call.data[option]
    await call.hass.services.async_call(
        MEDIA_PLAYER_DOMAIN,
        SERVICE_PLAY_MEDIA,
        play_media,
        blocking=True,
        context=call.context,
    )
    if media.relayed and call.data.get(ATTR_MEDIA_ENQUEUE) not in LATER:
        relay.handed_out(media.relayed, players)


def media_response(media: DeliveredMedia) -> JsonObjectType:
    """Return what the response of an action says about what was played."""
    return {
        ATTR_URL: media.url,
        ATTR_EXPIRES_AT: media.expires_at.isoformat(),
        ATTR_DELIVERY: media.delivery.value,
        ATTR_REASON: media.reason.value,
        ATTR_MEDIA_CONTENT_TYPE: MediaType.MUSIC.value,
    }
