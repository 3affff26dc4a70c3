"""The action that plays a greeting."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv

from ...errors.failures import DeliveryTooSlow
from ...errors.issues import Feature
from ...errors.translated import time_limit
from ..fields import (
    ATTR_DELIVERY,
    ATTR_EXTENSION,
    ATTR_FILE,
    DELIVERY_FIELD,
    GREETING_FIELDS,
    PLAYER_FIELDS,
)
from ..lookup import LOOKUP_TIMEOUT, find_greeting, requested_greeting
from ..playing import DELIVERY_TIMEOUT, async_play_media
from ..targets import async_target_players

PLAY_GREETING_SCHEMA: Final = cv.make_entity_service_schema(
    {**GREETING_FIELDS, **PLAYER_FIELDS, **DELIVERY_FIELD}
)


async def async_play_greeting(call: ServiceCall) -> ServiceResponse:
    """Play a greeting of an extension on media players."""
    players = await async_target_players(call)
    pbx, number, file = await requested_greeting(call)
    with pbx.errors(Feature.GREETINGS):
        async with time_limit(LOOKUP_TIMEOUT):
            reference, link = await find_greeting(pbx, number, file)
        async with time_limit(DELIVERY_TIMEOUT, DeliveryTooSlow):
            media = await pbx.playback.deliver(
                reference,
                link,
                players=players,
                requested=call.data.get(ATTR_DELIVERY),
            )
    played = await async_play_media(call, pbx.playback.relay, media, players)
    if not call.return_response:
        return None
    return {
        ATTR_EXTENSION: number,
        ATTR_FILE: reference.file,
        **played,
    }
