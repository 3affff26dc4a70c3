"""The actions."""

from typing import Final

from homeassistant.core import HomeAssistant, SupportsResponse, callback
from homeassistant.helpers.service import async_register_admin_service

from ..const import DOMAIN
from .greetings.changes import (
    DELETE_GREETING_SCHEMA,
    RENAME_GREETING_SCHEMA,
    async_delete_greeting,
    async_rename_greeting,
)
from .greetings.play import PLAY_GREETING_SCHEMA, async_play_greeting
from .greetings.record import RECORD_GREETING_SCHEMA, async_record_greeting
from .greetings.upload import UPLOAD_GREETING_SCHEMA, async_upload_greeting
from .lists import (
    LIST_GREETINGS_SCHEMA,
    SEARCH_EXTENSIONS_SCHEMA,
    async_list_greetings,
    async_search_extensions,
)
from .messages.messages import (
    LIST_MESSAGES_SCHEMA,
    MESSAGE_SCHEMA,
    async_delete_message,
    async_list_messages,
    async_mark_message_read,
)
from .messages.play import PLAY_MESSAGE_SCHEMA, async_play_message
from .messages.transcribe import TRANSCRIBE_MESSAGE_SCHEMA, async_transcribe_message

SERVICE_DELETE_GREETING: Final = "delete_greeting"
SERVICE_DELETE_MESSAGE: Final = "delete_message"
SERVICE_LIST_GREETINGS: Final = "list_greetings"
SERVICE_LIST_MESSAGES: Final = "list_messages"
SERVICE_MARK_MESSAGE_READ: Final = "mark_message_read"
SERVICE_PLAY_GREETING: Final = "play_greeting"
SERVICE_PLAY_MESSAGE: Final = "play_message"
SERVICE_RECORD_GREETING: Final = "record_greeting"
SERVICE_RENAME_GREETING: Final = "rename_greeting"
SERVICE_SEARCH_EXTENSIONS: Final = "search_extensions"
SERVICE_TRANSCRIBE_MESSAGE: Final = "transcribe_message"
SERVICE_UPLOAD_GREETING: Final = "upload_greeting"

# The actions that change greetings: for administrators and automations.
_CHANGES: Final = (
    (SERVICE_UPLOAD_GREETING, async_upload_greeting, UPLOAD_GREETING_SCHEMA),
    (SERVICE_RECORD_GREETING, async_record_greeting, RECORD_GREETING_SCHEMA),
    (SERVICE_RENAME_GREETING, async_rename_greeting, RENAME_GREETING_SCHEMA),
    (SERVICE_DELETE_GREETING, async_delete_greeting, DELETE_GREETING_SCHEMA),
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Set up the actions for the integration."""
    hass.services.async_register(
        DOMAIN,
        SERVICE_PLAY_GREETING,
        async_play_greeting,
        PLAY_GREETING_SCHEMA,
        SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_LIST_GREETINGS,
        async_list_greetings,
        LIST_GREETINGS_SCHEMA,
        SupportsResponse.ONLY,
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_SEARCH_EXTENSIONS,
        async_search_extensions,
        SEARCH_EXTENSIONS_SCHEMA,
        SupportsResponse.ONLY,
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_LIST_MESSAGES,
        async_list_messages,
        LIST_MESSAGES_SCHEMA,
        SupportsResponse.ONLY,
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_PLAY_MESSAGE,
        async_play_message,
        PLAY_MESSAGE_SCHEMA,
        SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_TRANSCRIBE_MESSAGE,
        async_transcribe_message,
        TRANSCRIBE_MESSAGE_SCHEMA,
        SupportsResponse.ONLY,
    )
    for name, handler, schema in _CHANGES:
        async_register_admin_service(
            hass, DOMAIN, name, handler, schema, SupportsResponse.OPTIONAL
        )
    async_register_admin_service(
        hass,
        DOMAIN,
        SERVICE_MARK_MESSAGE_READ,
        async_mark_message_read,
        MESSAGE_SCHEMA,
    )
    async_register_admin_service(
        hass, DOMAIN, SERVICE_DELETE_MESSAGE, async_delete_message, MESSAGE_SCHEMA
    )
