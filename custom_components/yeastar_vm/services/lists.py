"""The actions that return greetings and extensions."""

from typing import Final

from homeassistant.components.media_player import ATTR_MEDIA_CONTENT_ID
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.util.json import JsonObjectType, JsonValueType
import voluptuous as vol

from ..errors.exceptions import invalid, time_limit
from ..errors.issues import handled_errors
from ..pbx import BoxKind, comparable
from ..playback.references import GreetingReference, media_content_id
from .fields import ATTR_EXTENSION, ATTR_FILE, PBX_FIELD, box_number, text
from .lookup import LOOKUP_TIMEOUT, loaded_entry

ATTR_LIMIT: Final = "limit"
ATTR_SEARCH: Final = "search"

LIST_GREETINGS_SCHEMA: Final = vol.Schema(
    {vol.Required(ATTR_EXTENSION): box_number, **PBX_FIELD}
)
SEARCH_EXTENSIONS_SCHEMA: Final = vol.Schema(
    {
        vol.Required(ATTR_SEARCH): text,
        vol.Optional(ATTR_LIMIT, default=20): vol.All(
            # Before 2026.9, a value that did not fit the other type was an error.
            vol.Any(int, vol.Coerce(float)),
            vol.Range(min=1, max=500),
            vol.Coerce(int),
        ),
        **PBX_FIELD,
    }
)


async def async_list_greetings(call: ServiceCall) -> ServiceResponse:
    """Return the greetings of an extension."""
    hass = call.hass
    if not (extension := call.data[ATTR_EXTENSION]):
        raise invalid("extension_empty")
    entry = await loaded_entry(hass, call.data)
    data = entry.runtime_data
    with handled_errors(hass, entry):
        async with time_limit(LOOKUP_TIMEOUT):
            greetings = await data.client.greetings.of(extension)
            if not greetings and await data.client.find_box(extension) is None:
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
    """Return the extensions and the group voicemails that match a text."""
    hass = call.hass
    entry = await loaded_entry(hass, call.data)
    client = entry.runtime_data.client
    search = comparable(call.data[ATTR_SEARCH])
    with handled_errors(hass, entry, greetings=False):
        async with time_limit(LOOKUP_TIMEOUT):
            extensions = await client.extensions.search(search)
            groups = await client.groups.all()
    found: list[JsonValueType] = [
        *(
            _box_row(BoxKind.EXTENSION, each.number, each.name, each.presence)
            for each in extensions
        ),
        *(
            _box_row(BoxKind.GROUP, each.number, each.name, None)
            for each in groups
            if each.is_named(search)
        ),
    ]
    return {"extensions": found[: call.data[ATTR_LIMIT]], "total": len(found)}


def _box_row(
    kind: BoxKind, number: str, name: str, presence: str | None
) -> JsonObjectType:
    return {
        "number": number,
        "name": name,
        "kind": kind.value,
        "presence": presence,
    }
