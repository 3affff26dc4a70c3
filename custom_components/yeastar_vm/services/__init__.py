"""The actions."""

from typing import Final

from homeassistant.core import HomeAssistant, SupportsResponse, callback

from ..const import DOMAIN
from .lists import (
    LIST_GREETINGS_SCHEMA,
    SEARCH_EXTENSIONS_SCHEMA,
    async_list_greetings,
    async_search_extensions,
)
from .play import PLAY_GREETING_SCHEMA, async_play_greeting

SERVICE_LIST_GREETINGS: Final = "list_greetings"
SERVICE_PLAY_GREETING: Final = "play_greeting"
SERVICE_SEARCH_EXTENSIONS: Final = "search_extensions"


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
