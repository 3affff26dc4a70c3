"""Diagnostics of a config entry, without secrets and without what identifies it."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import (
    CONF_ACCESS_TOKEN,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_UNIQUE_ID,
    CONF_URL,
)
from homeassistant.core import HomeAssistant
from yarl import URL

from .const import CONF_REFRESH_TOKEN
from .entry import YeastarConfigEntry

TO_REDACT = {
    CONF_ACCESS_TOKEN,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_REFRESH_TOKEN,
    CONF_UNIQUE_ID,
    "name",
    "serial_number",
    "title",
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: YeastarConfigEntry
) -> dict[str, Any]:
    """Return diagnostics for a config entry."""
    stored = entry.as_dict()
    url = URL(stored["data"][CONF_URL])
    stored["data"] = {
        **stored["data"],
        CONF_URL: f"{url.scheme}://{REDACTED}:{url.port}{url.path}",
    }
    diagnostics: dict[str, Any] = {"entry": async_redact_data(stored, TO_REDACT)}
    if entry.state is ConfigEntryState.LOADED:
        data = entry.runtime_data
        diagnostics["pbx"] = async_redact_data(asdict(data.info), TO_REDACT)
        diagnostics["relay"] = {"bytes_cached": data.relay.size}
    else:
        diagnostics["why_not_loaded"] = entry.error_reason_translation_key
    return diagnostics
