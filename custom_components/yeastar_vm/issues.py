"""Repair issues: what only the user can mend, until it is mended."""

from contextlib import suppress
from typing import Final

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.network import NoURLAvailableError, get_url

from .const import DOMAIN
from .entry import YeastarConfigEntry
from .pbx import AddressNotAllowed, CertificateChanged, NotSupported

CERTIFICATE_CHANGED: Final = "certificate_changed"
NO_URL_AVAILABLE: Final = "no_url_available"
NOT_SUPPORTED: Final = "not_supported"

_ISSUES: Final[dict[type[Exception], str]] = {
    AddressNotAllowed: "address_not_allowed",
    CertificateChanged: CERTIFICATE_CHANGED,
    NotSupported: NOT_SUPPORTED,
}


@callback
def async_report_error(
    hass: HomeAssistant, entry: YeastarConfigEntry, err: Exception
) -> None:
    """Create the issue for what the PBX said, where the user has to act on it."""
    if issue := _ISSUES.get(type(err)):
        async_report(hass, entry, issue)


@callback
def async_report(hass: HomeAssistant, entry: YeastarConfigEntry, issue: str) -> None:
    """Create an issue of an entry."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{issue}_{entry.entry_id}",
        data={"entry_id": entry.entry_id},
        is_fixable=issue == CERTIFICATE_CHANGED,
        severity=ir.IssueSeverity.ERROR,
        translation_key=issue,
        translation_placeholders={"name": entry.title},
    )


@callback
def async_settle(
    hass: HomeAssistant, entry: YeastarConfigEntry, *, greetings: bool
) -> None:
    """Delete the issues of a PBX, because it works: also its greetings, or the rest."""
    for issue in _ISSUES.values():
        if greetings or issue != NOT_SUPPORTED:
            ir.async_delete_issue(hass, DOMAIN, f"{issue}_{entry.entry_id}")


@callback
def async_settle_url(hass: HomeAssistant, entry: YeastarConfigEntry) -> None:
    """Delete the issue of the address, because Home Assistant knows it."""
    ir.async_delete_issue(hass, DOMAIN, f"{NO_URL_AVAILABLE}_{entry.entry_id}")


@callback
def async_watch_url(hass: HomeAssistant, entry: YeastarConfigEntry) -> CALLBACK_TYPE:
    """Settle the issue of the address when the user enters one."""

    @callback
    def look(_: Event) -> None:
        with suppress(NoURLAvailableError):
            get_url(hass)
            async_settle_url(hass, entry)

    return hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, look)
