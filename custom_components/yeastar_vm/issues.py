"""Repair issues, and what else happens when the PBX reports an error."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.network import NoURLAvailableError, get_url

from .audio import AudioError
from .const import DOMAIN
from .entry import YeastarConfigEntry
from .exceptions import invalid, translate
from .mailbox import Mailbox
from .pbx import InvalidCredentials, YeastarError

ADDRESS_NOT_ALLOWED: Final = "address_not_allowed"
CERTIFICATE_CHANGED: Final = "certificate_changed"
NO_URL_AVAILABLE: Final = "no_url_available"
MAILBOX_GONE: Final = "mailbox_gone"
NOT_SUPPORTED: Final = "not_supported"
URL_HAS_IP_ADDRESS: Final = "url_has_ip_address"

# The keys of the errors that are repair issues, too.
_ISSUES: Final = {ADDRESS_NOT_ALLOWED, CERTIFICATE_CHANGED, NOT_SUPPORTED}


@callback
def async_handle_error(
    hass: HomeAssistant, entry: YeastarConfigEntry, err: YeastarError | AudioError
) -> None:
    """Start reauthentication or create a repair issue if the error requires it."""
    if isinstance(err, InvalidCredentials):
        entry.async_start_reauth(hass)
    elif err.key in _ISSUES:
        async_create_issue(hass, entry, err.key)


@contextmanager
def handled_errors(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    kind: type[HomeAssistantError] = HomeAssistantError,
    *,
    greetings: bool = True,
) -> Iterator[None]:
    """Translate errors and keep the repair issues up to date.

    A block that succeeds deletes the issues of the entry. Blocks that do not use the
    greeting endpoints pass `greetings=False`: they say nothing about `not_supported`.
    """
    try:
        yield
    except (YeastarError, AudioError) as err:
        async_handle_error(hass, entry, err)
        raise translate(err, kind) from err
    async_delete_issues(hass, entry, greetings=greetings)


@callback
def async_create_issue(
    hass: HomeAssistant, entry: YeastarConfigEntry, issue: str
) -> None:
    """Create an issue of an entry."""
    _create_issue(hass, entry, issue, issue)


@callback
def async_create_mailbox_issue(
    hass: HomeAssistant, entry: YeastarConfigEntry, mailbox: Mailbox
) -> None:
    """Create the issue of a mailbox whose box does not exist on the PBX."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{MAILBOX_GONE}_{mailbox.subentry_id}",
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=MAILBOX_GONE,
        translation_placeholders={"name": entry.title, "mailbox": mailbox.title},
    )


@callback
def async_delete_issues(
    hass: HomeAssistant, entry: YeastarConfigEntry, *, greetings: bool
) -> None:
    """Delete the issues that a successful call rules out."""
    for issue in _ISSUES:
        if greetings or issue != NOT_SUPPORTED:
            ir.async_delete_issue(hass, DOMAIN, f"{issue}_{entry.entry_id}")


@callback
def async_home_url(hass: HomeAssistant, entry: YeastarConfigEntry) -> str:
    """Return the URL of Home Assistant that players use.

    If there is none, create an issue and raise ServiceValidationError.
    """
    try:
        url = get_url(hass)
    except NoURLAvailableError as err:
        problem, placeholders = _url_problem(hass)
        _create_issue(hass, entry, NO_URL_AVAILABLE, problem, **placeholders)
        raise invalid(problem, **placeholders) from err
    async_delete_url_issue(hass, entry)
    return url


@callback
def async_delete_url_issue(hass: HomeAssistant, entry: YeastarConfigEntry) -> None:
    """Delete the missing URL issue."""
    ir.async_delete_issue(hass, DOMAIN, f"{NO_URL_AVAILABLE}_{entry.entry_id}")


@callback
def async_watch_url(hass: HomeAssistant, entry: YeastarConfigEntry) -> CALLBACK_TYPE:
    """Keep the missing URL issue up to date with the URLs that are configured."""

    @callback
    def config_updated(_: Event) -> None:
        issue_id = f"{NO_URL_AVAILABLE}_{entry.entry_id}"
        if ir.async_get(hass).async_get_issue(DOMAIN, issue_id):
            with suppress(ServiceValidationError):
                async_home_url(hass, entry)

    return hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, config_updated)


def _url_problem(hass: HomeAssistant) -> tuple[str, dict[str, str]]:
    """Return the translation key and the placeholders of why there is no URL."""
    # Home Assistant leaves out a URL with an IP address if it has a certificate.
    if url := hass.config.internal_url or hass.config.external_url:
        return URL_HAS_IP_ADDRESS, {"url": url}
    return NO_URL_AVAILABLE, {}


@callback
def _create_issue(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    issue: str,
    translation_key: str,
    **placeholders: str,
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{issue}_{entry.entry_id}",
        data={"entry_id": entry.entry_id},
        is_fixable=issue == CERTIFICATE_CHANGED,
        severity=ir.IssueSeverity.ERROR,
        translation_key=translation_key,
        translation_placeholders={"name": entry.title, **placeholders},
    )
