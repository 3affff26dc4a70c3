"""The actions."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.helpers.typing import VolSchemaType

from ..const import DOMAIN
from .extensions import SEARCH_EXTENSIONS_SCHEMA, async_search_extensions
from .greetings.changes import (
    DELETE_GREETING_SCHEMA,
    RENAME_GREETING_SCHEMA,
    async_delete_greeting,
    async_rename_greeting,
)
from .greetings.lists import LIST_GREETINGS_SCHEMA, async_list_greetings
from .greetings.play import PLAY_GREETING_SCHEMA, async_play_greeting
from .greetings.record import RECORD_GREETING_SCHEMA, async_record_greeting
from .greetings.upload import UPLOAD_GREETING_SCHEMA, async_upload_greeting
from .messages.messages import (
    LIST_MESSAGES_SCHEMA,
    MESSAGE_SCHEMA,
    async_delete_message,
    async_list_messages,
    async_mark_message_read,
)
from .messages.play import PLAY_MESSAGE_SCHEMA, async_play_message
from .messages.transcribe import TRANSCRIBE_MESSAGE_SCHEMA, async_transcribe_message

_NONE: Final = SupportsResponse.NONE
_OPTIONAL: Final = SupportsResponse.OPTIONAL
_ONLY: Final = SupportsResponse.ONLY


@dataclass(frozen=True, slots=True)
class _Action:
    """An action; `for_administrators` those who are not an automation must be one."""

    handler: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
    schema: VolSchemaType
    response: SupportsResponse
    for_administrators: bool = False


ACTIONS: Final = {
    "delete_greeting": _Action(
        async_delete_greeting, DELETE_GREETING_SCHEMA, _OPTIONAL, True
    ),
    "delete_message": _Action(async_delete_message, MESSAGE_SCHEMA, _NONE),
    "list_greetings": _Action(async_list_greetings, LIST_GREETINGS_SCHEMA, _ONLY),
    "list_messages": _Action(async_list_messages, LIST_MESSAGES_SCHEMA, _ONLY),
    "mark_message_read": _Action(async_mark_message_read, MESSAGE_SCHEMA, _NONE),
    "play_greeting": _Action(async_play_greeting, PLAY_GREETING_SCHEMA, _OPTIONAL),
    "play_message": _Action(async_play_message, PLAY_MESSAGE_SCHEMA, _OPTIONAL),
    "record_greeting": _Action(
        async_record_greeting, RECORD_GREETING_SCHEMA, _OPTIONAL, True
    ),
    "rename_greeting": _Action(
        async_rename_greeting, RENAME_GREETING_SCHEMA, _OPTIONAL, True
    ),
    "search_extensions": _Action(
        async_search_extensions, SEARCH_EXTENSIONS_SCHEMA, _ONLY
    ),
    "transcribe_message": _Action(
        async_transcribe_message, TRANSCRIBE_MESSAGE_SCHEMA, _ONLY
    ),
    "upload_greeting": _Action(
        async_upload_greeting, UPLOAD_GREETING_SCHEMA, _OPTIONAL, True
    ),
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Set up the actions for the integration."""
    for name, action in ACTIONS.items():
        if action.for_administrators:
            async_register_admin_service(
                hass, DOMAIN, name, action.handler, action.schema, action.response
            )
        else:
            hass.services.async_register(
                DOMAIN, name, action.handler, action.schema, action.response
            )
