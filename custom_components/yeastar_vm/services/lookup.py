"""The config entry and the greeting that an action means."""

from typing import Any, Final

from homeassistant.components.media_player import ATTR_MEDIA_CONTENT_ID
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.service import async_get_config_entry

from ..const import DOMAIN
from ..entry import YeastarConfigEntry, find_entry
from ..exceptions import invalid
from ..pbx import Greeting, NotFound, PlayLink, YeastarClient, comparable
from ..references import GreetingReference, parse_media_content_id

ATTR_EXTENSION: Final = "extension"
ATTR_FILE: Final = "file"
ATTR_MEDIA: Final = "media"

MAX_FILES: Final = 20  # that an error lists


def requested_greeting(
    hass: HomeAssistant, data: dict[str, Any]
) -> tuple[YeastarConfigEntry, str, str | None]:
    """Return the config entry, the extension and the file of a call.

    They come from either the media or the individual fields. Raise
    ServiceValidationError if both or neither are given, or if a field is empty.
    """
    extension, file = data.get(ATTR_EXTENSION), data.get(ATTR_FILE)
    if media := data.get(ATTR_MEDIA):
        if extension is not None or file is not None or ATTR_CONFIG_ENTRY_ID in data:
            raise invalid("media_or_extension")
        if (parsed := parse_media_content_id(media[ATTR_MEDIA_CONTENT_ID])) is None:
            raise invalid("not_a_greeting")
        pbx, reference = parsed
        if (entry := find_entry(hass, pbx)) is None:
            raise invalid("pbx_gone")
        return loaded_entry(hass, entry.entry_id), reference.number, reference.file
    if extension is None:
        raise invalid("media_or_extension")
    if not extension.strip():
        raise invalid("extension_empty")
    if file is not None and not file.strip():
        raise invalid("file_empty")
    entry = loaded_entry(hass, data.get(ATTR_CONFIG_ENTRY_ID))
    return entry, extension.strip(), file


def loaded_entry(hass: HomeAssistant, entry_id: str | None) -> YeastarConfigEntry:
    """Return a loaded config entry; the ID may be omitted if there is only one."""
    if entry_id is None:
        entries = hass.config_entries.async_entries(
            DOMAIN, include_ignore=False, include_disabled=False
        )
        if not entries:
            raise invalid("no_pbx")
        if len(entries) > 1:
            raise invalid(
                "several_pbxs",
                entries=", ".join(f"{e.title} ({e.entry_id})" for e in entries),
            )
        entry_id = entries[0].entry_id
    entry: YeastarConfigEntry = async_get_config_entry(hass, DOMAIN, entry_id)
    return entry


async def find_greeting(
    client: YeastarClient, extension: str, file: str | None
) -> tuple[GreetingReference, PlayLink]:
    """Return a greeting and its play link; the only one if no file is named.

    Raise ServiceValidationError if there is no such greeting.
    """
    if file is None:
        greetings = await client.list_greetings(extension)
        if len(greetings) > 1:
            raise invalid("file_required", extension=extension, files=_files(greetings))
        if not greetings:
            raise await _no_greetings(client, extension)
        file = greetings[0].file
    reference = GreetingReference(extension, file)
    try:
        return reference, await reference.get_link(client)
    except NotFound:
        greetings = await client.list_greetings(extension)
        if not greetings:
            raise await _no_greetings(client, extension) from None
        if any(greeting.file == file for greeting in greetings):
            raise
        for greeting in greetings:
            # The same name to a user, in another Unicode form.
            if comparable(greeting.file) == comparable(file):
                reference = GreetingReference(extension, greeting.file)
                return reference, await reference.get_link(client)
        raise invalid(
            "file_not_found", extension=extension, file=file, files=_files(greetings)
        ) from None


async def _no_greetings(
    client: YeastarClient, extension: str
) -> ServiceValidationError:
    """Return why an extension has no greetings: perhaps it does not exist."""
    if await client.get_extension(extension):
        return invalid("no_greetings", extension=extension)
    return invalid("extension_not_found", extension=extension)


def _files(greetings: list[Greeting]) -> str:
    files = [f'"{greeting.file}"' for greeting in greetings[:MAX_FILES]]
    return ", ".join([*files, "…"] if len(greetings) > MAX_FILES else files)
