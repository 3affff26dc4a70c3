"""The actions that return greetings and extensions."""

from typing import Final

from homeassistant.components.media_player import ATTR_MEDIA_CONTENT_ID
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..exceptions import invalid
from ..issues import handled_errors
from ..references import GreetingReference, media_content_id
from .lookup import ATTR_EXTENSION, ATTR_FILE, loaded_entry, requested_greeting

ATTR_LIMIT: Final = "limit"
ATTR_SEARCH: Final = "search"

LIST_GREETINGS_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_EXTENSION): cv.string,
        vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
    }
)
SEARCH_EXTENSIONS_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_SEARCH): cv.string,
        vol.Optional(ATTR_LIMIT, default=20): vol.All(
            # Before 2026.9, a value that did not fit the other type was an error.
            vol.Any(int, vol.Coerce(float)),
            vol.Range(min=1, max=500),
            vol.Coerce(int),
        ),
        vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
    }
)


async def async_list_greetings(call: ServiceCall) -> ServiceResponse:
    """Return the greetings of an extension."""
    hass = call.hass
    entry, extension, _ = requested_greeting(hass, call.data)
    data = entry.runtime_data
    with handled_errors(hass, entry):
        greetings = await data.client.list_greetings(extension)
        if not greetings and await data.client.get_extension(extension) is None:
            raise invalid("extension_not_found", extension=extension)
    return {
        "greetings": [
            {
                ATTR_FILE: greeting.file,
                "type": greeting.type,
                ATTR_EXTENSION: extension,
                ATTR_MEDIA_CONTENT_ID: media_content_id(
                    data.info.serial_number, GreetingReference(extension, greeting.file)
                ),
            }
            for greeting in greetings
        ]
    }


async def async_search_extensions(call: ServiceCall) -> ServiceResponse:
    """Return the extensions that match a text."""
    hass = call.hass
    entry = loaded_entry(hass, call.data.get(ATTR_CONFIG_ENTRY_ID))
    with handled_errors(hass, entry, greetings=False):
        extensions = await entry.runtime_data.client.search_extensions(
            call.data[ATTR_SEARCH].strip()
        )
    return {
        "extensions": [
            {
                "number": extension.number,
                "name": extension.name,
                "presence": extension.presence,
            }
            for extension in extensions[: call.data[ATTR_LIMIT]]
        ],
        "total": len(extensions),
    }
