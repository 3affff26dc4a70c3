"""The action that searches for extensions and group voicemails."""

from typing import Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.util.json import JsonObjectType, JsonValueType
import voluptuous as vol

from ..entry import Pbx
from ..errors.translated import time_limit
from ..pbx import BoxKind, comparable
from .fields import ATTR_LIMIT, LIMIT_FIELD, PBX_FIELD, text
from .limits import LOOKUP_TIMEOUT

ATTR_SEARCH: Final = "search"

SEARCH_EXTENSIONS_SCHEMA: Final = vol.Schema(
    {vol.Required(ATTR_SEARCH): text, **LIMIT_FIELD, **PBX_FIELD}
)


async def async_search_extensions(call: ServiceCall) -> ServiceResponse:
    """Return the extensions and the group voicemails that match a text."""
    pbx = await Pbx.select(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID))
    search = comparable(call.data[ATTR_SEARCH])
    with pbx.errors():
        async with time_limit(LOOKUP_TIMEOUT):
            extensions = await pbx.client.extensions.search(search)
            groups = await pbx.client.groups.all()
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
