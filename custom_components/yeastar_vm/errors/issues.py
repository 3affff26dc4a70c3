"""Repair issues, and what else happens when the PBX reports an error."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..library import LibraryError
from ..pbx import (
    AddressNotAllowed,
    CertificateChanged,
    CertificateNotTrusted,
    InvalidCredentials,
    NotSupported,
    YeastarError,
)
from .translated import translate

ADDRESS_NOT_ALLOWED: Final = "address_not_allowed"
ANOTHER_PBX: Final = "another_pbx"
CERTIFICATE_CHANGED: Final = "certificate_changed"
CERTIFICATE_NOT_TRUSTED: Final = "certificate_not_trusted"
NOT_SUPPORTED: Final = "not_supported"

FIXABLE: Final = {ANOTHER_PBX, CERTIFICATE_CHANGED, CERTIFICATE_NOT_TRUSTED}
_OF_CONNECTION: Final[dict[type[YeastarError], str]] = {
    AddressNotAllowed: ADDRESS_NOT_ALLOWED,
    CertificateChanged: CERTIFICATE_CHANGED,
    CertificateNotTrusted: CERTIFICATE_NOT_TRUSTED,
}


class Feature(StrEnum):
    """What older firmware may lack; the value is the issue if it does."""

    GREETINGS = "not_supported"
    MESSAGES = "messages_not_supported"


@callback
def async_handle_error(
    hass: HomeAssistant,
    entry: ConfigEntry,
    err: LibraryError,
    feature: Feature | None = None,
) -> None:
    """Start reauthentication or create a repair issue if the error requires it.

    `feature` is what was asked for, if older firmware may lack it.
    """
    if isinstance(err, InvalidCredentials) and _is_in_use(hass, entry):
        entry.async_start_reauth(hass)
    if isinstance(err, NotSupported) and feature:
        async_create_issue(hass, entry, feature, translation_key=NOT_SUPPORTED)
    for kind, issue in _OF_CONNECTION.items():
        if isinstance(err, kind):
            async_create_issue(hass, entry, issue)


@contextmanager
def handled_errors(
    hass: HomeAssistant,
    entry: ConfigEntry,
    feature: Feature | None = None,
    *,
    kind: type[HomeAssistantError] = HomeAssistantError,
) -> Iterator[None]:
    """Translate errors and keep the repair issues up to date.

    A block that succeeds has reached the PBX, and used the feature that it asks for.
    """
    started = dt_util.utcnow()
    try:
        yield
    except LibraryError as err:
        async_handle_error(hass, entry, err, feature)
        raise translate(err, kind) from err
    async_note_success(hass, entry, started, feature)


@callback
def async_note_success(
    hass: HomeAssistant,
    entry: ConfigEntry,
    started: datetime,
    feature: Feature | None = None,
) -> None:
    """Delete the issues that an answer of the PBX rules out.

    `started` is when the PBX was asked: that says nothing about an issue that is newer.
    One of the future is older: the clock was set back since.
    """
    registry, now = ir.async_get(hass), dt_util.utcnow()
    for issue in (
        ANOTHER_PBX,
        *_OF_CONNECTION.values(),
        *([feature] if feature else ()),
    ):
        found = registry.async_get_issue(DOMAIN, _issue_id(entry, issue))
        if found and not started < found.created <= now:
            async_delete_issue(hass, entry, issue)


@callback
def async_create_issue(
    hass: HomeAssistant,
    entry: ConfigEntry,
    issue: str,
    details: Mapping[str, str] = MappingProxyType({}),
    *,
    translation_key: str | None = None,
    is_fixable: bool = False,
    severity: ir.IssueSeverity = ir.IssueSeverity.ERROR,
) -> None:
    """Create an issue of an entry, unless the entry was removed or disabled.

    `details` are placeholders of its text, and what its repair needs to know.
    """
    if not _is_in_use(hass, entry):
        return
    key = translation_key or issue
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(entry, issue),
        data={"entry_id": entry.entry_id, **details},
        is_fixable=is_fixable or key in FIXABLE,
        severity=severity,
        translation_key=key,
        translation_placeholders={"name": entry.title, **details},
    )


@callback
def async_has_issue(hass: HomeAssistant, entry: ConfigEntry, issue: str) -> bool:
    """Return whether an entry has an issue."""
    registry = ir.async_get(hass)
    return registry.async_get_issue(DOMAIN, _issue_id(entry, issue)) is not None


@callback
def async_delete_issue(hass: HomeAssistant, entry: ConfigEntry, issue: str) -> None:
    """Delete an issue of an entry, if there is one."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, issue))


@callback
def async_entry_issues(hass: HomeAssistant, entry: ConfigEntry) -> list[ir.IssueEntry]:
    """Return all issues of an entry."""
    return [
        issue
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN
        and issue.data
        and issue.data["entry_id"] == entry.entry_id
    ]


@callback
def async_delete_all_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete all issues of an entry."""
    for issue in async_entry_issues(hass, entry):
        ir.async_delete_issue(hass, DOMAIN, issue.issue_id)


def _issue_id(entry: ConfigEntry, issue: str) -> str:
    return f"{issue}_{entry.entry_id}"


@callback
def _is_in_use(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Return whether an entry is there and enabled; a call may outlive it."""
    return not entry.disabled_by and bool(
        hass.config_entries.async_get_entry(entry.entry_id)
    )
