"""The action that returns the greetings of a box."""

from typing import Final

from homeassistant.components.media_player import ATTR_MEDIA_CONTENT_ID
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall, ServiceResponse
import voluptuous as vol

from ...entry import Pbx
from ...errors.invalid_input import ExtensionEmpty
from ...errors.issues import Feature
from ...errors.translated import time_limit
from ...playback.references import GreetingReference, media_content_id
from ..fields import ATTR_EXTENSION, ATTR_FILE, PBX_FIELD, box_number
from ..limits import LOOKUP_TIMEOUT

LIST_GREETINGS_SCHEMA: Final = vol.Schema(
    {vol.Required(ATTR_EXTENSION): box_number, **PBX_FIELD}
)


async def async_list_greetings(call: ServiceCall) -> ServiceResponse:
    """Return the greetings of a box."""
    if not (number := call.data[ATTR_EXTENSION]):
        raise ExtensionEmpty
    pbx = await Pbx.select(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID))
    with pbx.errors(Feature.GREETINGS):
        async with time_limit(LOOKUP_TIMEOUT):
            greetings = await pbx.greetings(number)
    return {
        "greetings": [
            {
                ATTR_FILE: greeting.file,
                "type": greeting.type,
                ATTR_EXTENSION: number,
                ATTR_MEDIA_CONTENT_ID: media_content_id(
                    pbx.info.serial_number, GreetingReference(number, greeting.file)
                ),
            }
            for greeting in greetings
        ]
    }
