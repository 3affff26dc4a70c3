"""The actions that rename and delete greetings."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ...errors.invalid_input import GreetingEmpty
from ...pbx import Greeting
from ..fields import ATTR_EXTENSION, ATTR_FILE, PBX_FIELD, box_number, text
from .box import greeting_name, named, open_box

ATTR_NEW_NAME: Final = "new_name"

_GREETING_FIELDS: Final = {
    vol.Required(ATTR_EXTENSION): box_number,
    vol.Required(ATTR_FILE): text,
    **PBX_FIELD,
}
RENAME_GREETING_SCHEMA: Final = vol.Schema(
    {**_GREETING_FIELDS, vol.Required(ATTR_NEW_NAME): cv.string}
)
DELETE_GREETING_SCHEMA: Final = vol.Schema(_GREETING_FIELDS)


async def async_rename_greeting(call: ServiceCall) -> ServiceResponse:
    """Rename a greeting of a box."""
    name = greeting_name(call.data[ATTR_NEW_NAME])
    file = _requested_file(call)
    async with open_box(call) as box:
        greeting = box.find(file)
        if named(box.greetings, name) is not greeting:
            box.check_free(name)
        renamed, _ = await box.change(
            lambda: box.client.greetings.rename(greeting, name),
            lambda greetings: named(greetings, name),
            *(greeting.file, f"{name}.wav"),
        )
        return box.response(renamed)


async def async_delete_greeting(call: ServiceCall) -> ServiceResponse:
    """Delete a greeting of a box."""
    file = _requested_file(call)
    async with open_box(call) as box:
        greeting = box.find(file)

        def deleted(greetings: list[Greeting]) -> Greeting | None:
            is_listed = any(each.file == greeting.file for each in greetings)
            return None if is_listed else greeting

        await box.change(
            lambda: box.client.greetings.delete(greeting), deleted, greeting.file
        )
    return {ATTR_EXTENSION: box.number, ATTR_FILE: greeting.file}


def _requested_file(call: ServiceCall) -> str:
    file: str = call.data[ATTR_FILE]
    if not file.strip():
        raise GreetingEmpty
    return file
