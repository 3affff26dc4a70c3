"""The action that plays a greeting."""

from typing import Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv

from ...entry import Pbx
from ...errors.failures import DeliveryTooSlow
from ...errors.invalid_input import (
    ExtensionEmpty,
    FileEmpty,
    MediaOrExtension,
    NotAGreeting,
)
from ...errors.issues import Feature
from ...errors.translated import time_limit
from ...playback.references import GreetingReference, parse_media_content_id
from ..fields import (
    ATTR_DELIVERY,
    ATTR_EXTENSION,
    ATTR_FILE,
    ATTR_MEDIA,
    DELIVERY_FIELD,
    GREETING_FIELDS,
    PLAYER_FIELDS,
)
from ..limits import DELIVERY_TIMEOUT, LOOKUP_TIMEOUT
from ..permissions import async_user
from ..playing import async_play_media
from ..targets import async_target_players

PLAY_GREETING_SCHEMA: Final = cv.make_entity_service_schema(
    {**GREETING_FIELDS, **PLAYER_FIELDS, **DELIVERY_FIELD}
)


async def async_play_greeting(call: ServiceCall) -> ServiceResponse:
    """Play a greeting of an extension on media players."""
    players = async_target_players(call, await async_user(call))
    pbx, number, file = await _requested_greeting(call)
    with pbx.errors(Feature.GREETINGS):
        async with time_limit(LOOKUP_TIMEOUT):
            reference, link = await pbx.greeting(number, file)
        async with time_limit(DELIVERY_TIMEOUT, DeliveryTooSlow):
            media = await pbx.playback.deliver(
                reference,
                link,
                players=players,
                requested=call.data.get(ATTR_DELIVERY),
            )
    played = await async_play_media(call, pbx.playback.relay, media, players)
    return {
        ATTR_EXTENSION: number,
        ATTR_FILE: reference.file,
        **played,
    }


async def _requested_greeting(call: ServiceCall) -> tuple[Pbx, str, str | None]:
    """Return the PBX, the number of the box, and the file of a call.

    They come from either the media or the individual fields. Raise InvalidInput if both
    or neither are given, or if a field is empty.
    """
    data = call.data
    number, file = data.get(ATTR_EXTENSION), data.get(ATTR_FILE)
    entry_id = data.get(ATTR_CONFIG_ENTRY_ID)
    if ATTR_MEDIA in data:
        if (number, file, entry_id) != (None, None, None):
            raise MediaOrExtension
        match parse_media_content_id(data[ATTR_MEDIA]):
            case pbx, GreetingReference() as reference:
                found = await Pbx.find(call.hass, pbx)
                return found, reference.number, reference.file
        raise NotAGreeting
    if number is None:
        raise MediaOrExtension
    if not number:
        raise ExtensionEmpty
    if file is not None and not file.strip():
        raise FileEmpty
    return await Pbx.select(call.hass, entry_id), number, file
