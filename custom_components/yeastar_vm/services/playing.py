"""Play what was delivered on media players, and say so in the response."""

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
from homeassistant.core import ServiceCall
from homeassistant.util.json import JsonObjectType

from ..playback.playback import DeliveredMedia
from ..playback.relay import Relay
from .fields import ATTR_DELIVERY, PLAYER_OPTIONS

ATTR_EXPIRES_AT: Final = "expires_at"
ATTR_REASON: Final = "reason"
ATTR_URL: Final = "url"

# What a player fetches when its turn comes.
LATER: Final = (MediaPlayerEnqueue.ADD, MediaPlayerEnqueue.NEXT)


async def async_play_media(
    call: ServiceCall, relay: Relay, media: DeliveredMedia, players: list[str]
) -> JsonObjectType:
    """Play media on players, with the options of an action.

    Return what the response of the action says about what was played.
    """
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
    return {
        ATTR_URL: media.url,
        ATTR_EXPIRES_AT: media.expires_at.isoformat(),
        ATTR_DELIVERY: media.delivery.value,
        ATTR_REASON: media.reason.value,
        ATTR_MEDIA_CONTENT_TYPE: MediaType.MUSIC.value,
    }
