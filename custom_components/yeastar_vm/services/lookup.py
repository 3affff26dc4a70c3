"""The PBX and the greeting that an action means."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from ..const import DOMAIN
from ..entry import YeastarConfigEntry, find_entry
from ..errors.exceptions import invalid, not_loaded
from ..pbx import Greeting, NotFound, PlayLink, YeastarClient
from ..playback.references import (
    GreetingReference,
    is_same_name,
    parse_media_content_id,
)
from .fields import ATTR_EXTENSION, ATTR_FILE, ATTR_MEDIA

# Seconds for all requests that find what is meant. One alone ends before that, with the
# error that says so.
LOOKUP_TIMEOUT: Final = 40
MAX_FILES: Final = 20  # that an error lists


async def requested_greeting(
    hass: HomeAssistant, data: dict[str, Any]
) -> tuple[YeastarConfigEntry, str, str | None]:
    """Return the config entry, the extension and the file of a call.

    They come from either the media or the individual fields. Raise
    ServiceValidationError if both or neither are given, or if a field is empty.
    """
    extension, file = data.get(ATTR_EXTENSION), data.get(ATTR_FILE)
    if ATTR_MEDIA in data:
        if extension is not None or file is not None or ATTR_CONFIG_ENTRY_ID in data:
            raise invalid("media_or_extension")
        match parse_media_content_id(data[ATTR_MEDIA]):
            case pbx, GreetingReference() as reference:
                pass
            case _:
                raise invalid("not_a_greeting")
        if (entry := find_entry(hass, pbx)) is None:
            raise invalid("pbx_gone")
        return await require_loaded(hass, entry), reference.number, reference.file
    if extension is None:
        raise invalid("media_or_extension")
    if not extension:
        raise invalid("extension_empty")
    if file is not None and not file.strip():
        raise invalid("file_empty")
    entry = await loaded_entry(hass, data)
    return entry, extension, file


async def loaded_entry(hass: HomeAssistant, data: dict[str, Any]) -> YeastarConfigEntry:
    """Return the loaded config entry that a call means.

    The only one is meant if none is named, or if the one that is named was removed:
    the PBX may have been added again. Raise ServiceValidationError if there is none,
    and what keeps it from being loaded.
    """
    entry_id = data.get(ATTR_CONFIG_ENTRY_ID)
    entries: list[YeastarConfigEntry] = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False
    )
    for entry in entries:
        if entry.entry_id == entry_id:
            return await require_loaded(hass, entry)
    enabled = [entry for entry in entries if not entry.disabled_by]
    if not enabled:
        raise invalid("no_pbx")
    if len(enabled) > 1:
        raise invalid(
            "several_pbxs" if entry_id is None else "pbx_not_found",
            entries=", ".join(f"{e.title} ({e.entry_id})" for e in enabled),
        )
    return await require_loaded(hass, enabled[0])


async def require_loaded(
    hass: HomeAssistant, entry: YeastarConfigEntry
) -> YeastarConfigEntry:
    """Return an entry; raise ServiceValidationError if it is not loaded."""
    if entry.state is not ConfigEntryState.LOADED:
        raise await not_loaded(hass, entry, ServiceValidationError)
    return entry


async def find_greeting(
    client: YeastarClient, extension: str, file: str | None
) -> tuple[GreetingReference, PlayLink]:
    """Return a greeting and its play link; the only one if no file is named.

    Raise ServiceValidationError if there is no such greeting.
    """
    if file is None:
        greetings = await client.greetings.of(extension)
        if len(greetings) > 1:
            raise invalid(
                "file_required", extension=extension, files=listed_files(greetings)
            )
        if not greetings:
            raise await _no_greetings(client, extension)
        file = greetings[0].file
    try:
        return await GreetingReference(extension, file).find(client)
    except NotFound:
        greetings = await client.greetings.of(extension)
        if not greetings:
            raise await _no_greetings(client, extension) from None
        if any(is_same_name(greeting.file, file) for greeting in greetings):
            raise
        raise invalid(
            "file_not_found",
            extension=extension,
            file=file,
            files=listed_files(greetings),
        ) from None


async def _no_greetings(
    client: YeastarClient, extension: str
) -> ServiceValidationError:
    """Return why a box has no greetings: perhaps it does not exist."""
    if await client.find_box(extension):
        return invalid("no_greetings", extension=extension)
    return invalid("extension_not_found", extension=extension)


def listed_files(greetings: list[Greeting]) -> str:
    """Return the files of greetings as an error lists them."""
    files = [f'"{greeting.file}"' for greeting in greetings[:MAX_FILES]]
    return ", ".join([*files, "…"] if len(greetings) > MAX_FILES else files)
