"""The URL of Home Assistant that players use, and the repair issue if there is none."""

from contextlib import suppress
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.network import NoURLAvailableError, get_url

from .issues import async_create_issue, async_delete_issue, async_has_issue
from .translated import translated

NO_URL_AVAILABLE: Final = "no_url_available"
URL_HAS_IP_ADDRESS: Final = "url_has_ip_address"


@callback
def async_home_url(hass: HomeAssistant, entry: ConfigEntry) -> str:
    """Return the URL of Home Assistant that players use.

    If there is none, create an issue and raise ServiceValidationError.
    """
    try:
        url = get_url(hass)
    except NoURLAvailableError as err:
        problem, details = _problem(hass)
        async_create_issue(
            hass, entry, NO_URL_AVAILABLE, details, translation_key=problem
        )
        raise translated(ServiceValidationError, problem, **details) from err
    async_delete_issue(hass, entry, NO_URL_AVAILABLE)
    return url


@callback
def async_watch_url(hass: HomeAssistant, entry: ConfigEntry) -> CALLBACK_TYPE:
    """Keep the issue up to date with the URLs that are configured."""

    @callback
    def config_updated(_: Event | None = None) -> None:
        if async_has_issue(hass, entry, NO_URL_AVAILABLE):
            with suppress(ServiceValidationError):
                async_home_url(hass, entry)

    config_updated()
    return hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, config_updated)


def _problem(hass: HomeAssistant) -> tuple[str, dict[str, str]]:
    """Return the translation key and the placeholders of why there is no URL."""
    # Home Assistant leaves out a URL with an IP address if it has a certificate.
    if url := hass.config.internal_url or hass.config.external_url:
        return URL_HAS_IP_ADDRESS, {"url": url}
    return NO_URL_AVAILABLE, {}
