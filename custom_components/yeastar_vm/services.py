"""The actions."""

from typing import Any

from homeassistant.components.media_player import (
    ATTR_MEDIA_ANNOUNCE,
    ATTR_MEDIA_CONTENT_ID,
    ATTR_MEDIA_CONTENT_TYPE,
    ATTR_MEDIA_EXTRA,
    DOMAIN as MEDIA_PLAYER_DOMAIN,
    SERVICE_PLAY_MEDIA,
    MediaPlayerEntityFeature,
    MediaType,
)
from homeassistant.const import (
    ATTR_CONFIG_ENTRY_ID,
    ATTR_ENTITY_ID,
    ATTR_SUPPORTED_FEATURES,
    ENTITY_MATCH_ALL,
    STATE_UNAVAILABLE,
)
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)
import voluptuous as vol

from .const import CONF_DELIVERY, DOMAIN, Delivery
from .delivery import async_deliver
from .entry import YeastarConfigEntry
from .errors import invalid, translated_errors
from .media_id import greeting_media_content_id, read_media_content_id
from .pbx import Greeting, NotFound, PlayLink, YeastarClient

SERVICE_LIST_GREETINGS = "list_greetings"
SERVICE_PLAY_GREETING = "play_greeting"
SERVICE_SEARCH_EXTENSIONS = "search_extensions"

ATTR_DELIVERY = CONF_DELIVERY
ATTR_EXPIRES_AT = "expires_at"
ATTR_EXTENSION = "extension"
ATTR_FILE = "file"
ATTR_LIMIT = "limit"
ATTR_MEDIA = "media"
ATTR_SEARCH = "search"
ATTR_URL = "url"

MAX_FILES = 20  # that an error lists

PLAY_GREETING_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Optional(ATTR_EXTENSION): cv.string,
        vol.Optional(ATTR_FILE): cv.string,
        # What the media selector gives: more than this, which says it all.
        vol.Optional(ATTR_MEDIA): vol.Schema(
            {vol.Required(ATTR_MEDIA_CONTENT_ID): cv.string}, extra=vol.ALLOW_EXTRA
        ),
        vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
        vol.Optional(ATTR_MEDIA_ANNOUNCE): cv.boolean,
        vol.Optional(ATTR_MEDIA_EXTRA): dict,
        vol.Optional(ATTR_DELIVERY): vol.Coerce(Delivery),
    }
)

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
            # Before 2026.9, what does not fit into the other type was an error.
            vol.Any(int, vol.Coerce(float)),
            vol.Range(min=1, max=500),
            vol.Coerce(int),
        ),
        vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(
        DOMAIN,
        SERVICE_PLAY_GREETING,
        _async_play_greeting,
        PLAY_GREETING_SCHEMA,
        SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_LIST_GREETINGS,
        _async_list_greetings,
        LIST_GREETINGS_SCHEMA,
        SupportsResponse.ONLY,
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_SEARCH_EXTENSIONS,
        _async_search_extensions,
        SEARCH_EXTENSIONS_SCHEMA,
        SupportsResponse.ONLY,
    )


async def _async_play_greeting(call: ServiceCall) -> ServiceResponse:
    """Play a greeting of an extension on media players."""
    hass = call.hass
    entry_id, extension, file = _greeting(call.data)
    entry = _config_entry(hass, entry_id)
    data = entry.runtime_data
    players = _players(hass, call.data)
    delivery = call.data.get(ATTR_DELIVERY) or Delivery(
        entry.options.get(CONF_DELIVERY, Delivery.AUTO)
    )
    with translated_errors(hass, entry):
        link = await _play_link(data.client, extension, file)
        media = await async_deliver(
            hass, entry, data.clips, extension, link, delivery=delivery
        )

    play_media: dict[str, Any] = {
        ATTR_ENTITY_ID: players,
        ATTR_MEDIA_CONTENT_ID: media.url,
        ATTR_MEDIA_CONTENT_TYPE: MediaType.MUSIC,
    }
    for option in (ATTR_MEDIA_ANNOUNCE, ATTR_MEDIA_EXTRA):
        if option in call.data:
            play_media[option] = call.data[option]
    await hass.services.async_call(
        MEDIA_PLAYER_DOMAIN,
        SERVICE_PLAY_MEDIA,
        play_media,
        blocking=True,
        context=call.context,
    )
    if not call.return_response:
        return None
    return {
        ATTR_EXTENSION: extension,
        ATTR_FILE: link.file,
        ATTR_URL: media.url,
        ATTR_EXPIRES_AT: media.expires_at.isoformat(),
        ATTR_DELIVERY: media.delivery.value,
        ATTR_MEDIA_CONTENT_TYPE: MediaType.MUSIC.value,
    }


async def _async_list_greetings(call: ServiceCall) -> ServiceResponse:
    """Answer with an extension's greetings."""
    hass = call.hass
    entry_id, extension, _ = _greeting(call.data)
    entry = _config_entry(hass, entry_id)
    client = entry.runtime_data.client
    with translated_errors(hass, entry):
        greetings = await client.list_greetings(extension)
        if not greetings and await client.get_extension(extension) is None:
            raise invalid("extension_not_found", extension=extension)
    return {
        "greetings": [
            {
                ATTR_FILE: greeting.file,
                "type": greeting.type,
                ATTR_EXTENSION: extension,
                ATTR_MEDIA_CONTENT_ID: greeting_media_content_id(
                    entry.entry_id, extension, greeting.file
                ),
            }
            for greeting in greetings
        ]
    }


async def _async_search_extensions(call: ServiceCall) -> ServiceResponse:
    """Answer with the extensions that match a text."""
    hass = call.hass
    entry = _config_entry(hass, call.data.get(ATTR_CONFIG_ENTRY_ID))
    with translated_errors(hass, entry, greetings=False):
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


def _greeting(data: dict[str, Any]) -> tuple[str | None, str, str | None]:
    """Return which entry ID, extension and file a call means.

    Either a medium says it all, or the fields do. Raise ServiceValidationError where
    neither or both do, and where a field is blank.
    """
    extension, file = data.get(ATTR_EXTENSION), data.get(ATTR_FILE)
    if media := data.get(ATTR_MEDIA):
        if extension is not None or file is not None or ATTR_CONFIG_ENTRY_ID in data:
            raise invalid("media_or_extension")
        if (named := read_media_content_id(media[ATTR_MEDIA_CONTENT_ID])) is None:
            raise invalid("not_a_greeting")
        return named
    if extension is None:
        raise invalid("media_or_extension")
    if not extension.strip():
        raise invalid("extension_empty")
    if file is not None and not file.strip():
        raise invalid("file_empty")
    return data.get(ATTR_CONFIG_ENTRY_ID), extension.strip(), file


def _config_entry(hass: HomeAssistant, entry_id: str | None) -> YeastarConfigEntry:
    """Return the loaded entry that is meant: the only one, where none is named."""
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


def _players(hass: HomeAssistant, data: dict[str, Any]) -> list[str]:
    """Return the media players of a target.

    A player that is named has to be able to play; of an area, a floor, a label or a
    device those are taken that can. Raise ServiceValidationError otherwise.
    """
    if data.get(ATTR_ENTITY_ID) == ENTITY_MATCH_ALL:
        named = set[str]()
        others = set(hass.states.async_entity_ids(MEDIA_PLAYER_DOMAIN))
    else:
        selected = async_extract_referenced_entity_ids(hass, TargetSelection(data))
        named, others = selected.referenced, selected.indirectly_referenced
    for entity_id in named:
        if problem := _problem(hass, entity_id):
            raise invalid(problem, entity_id=entity_id)
    players = named | {other for other in others if not _problem(hass, other)}
    if not players:
        raise invalid("no_players")
    return sorted(players)


def _problem(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the translation key of what keeps an entity from playing media."""
    if not entity_id.startswith(f"{MEDIA_PLAYER_DOMAIN}."):
        return "not_a_player"
    if (state := hass.states.get(entity_id)) is None:
        return "player_not_found"
    if state.state == STATE_UNAVAILABLE:
        return "player_unavailable"
    features = state.attributes.get(ATTR_SUPPORTED_FEATURES, 0)
    if not features & MediaPlayerEntityFeature.PLAY_MEDIA:
        return "player_cannot_play"
    return None


async def _play_link(
    client: YeastarClient, extension: str, file: str | None
) -> PlayLink:
    """Return the link of a greeting, of the only one where no file is named.

    Raise ServiceValidationError where there is no such greeting.
    """
    if file is None:
        greetings = await client.list_greetings(extension)
        if len(greetings) > 1:
            raise invalid("file_required", extension=extension, files=_files(greetings))
        if not greetings:
            raise await _nothing_there(client, extension)
        file = greetings[0].file
    try:
        return await client.get_play_link(extension, file)
    except NotFound:
        greetings = await client.list_greetings(extension)
        if not greetings:
            raise await _nothing_there(client, extension) from None
        if any(greeting.file == file for greeting in greetings):
            raise
        raise invalid(
            "file_not_found", extension=extension, file=file, files=_files(greetings)
        ) from None


async def _nothing_there(
    client: YeastarClient, extension: str
) -> ServiceValidationError:
    """Return why an extension has no greetings: perhaps it does not exist."""
    if await client.get_extension(extension):
        return invalid("no_greetings", extension=extension)
    return invalid("extension_not_found", extension=extension)


def _files(greetings: list[Greeting]) -> str:
    files = [f'"{greeting.file}"' for greeting in greetings[:MAX_FILES]]
    return ", ".join([*files, "…"] if len(greetings) > MAX_FILES else files)
