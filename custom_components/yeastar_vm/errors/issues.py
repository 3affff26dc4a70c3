"""Repair issues, and what else happens when the PBX reports an error."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util.hass_dict import HassKey

from ..audio import AudioError
from ..const import DOMAIN
from ..entry import YeastarConfigEntry
from ..mailboxes.mailbox import Absence, Mailbox
from ..pbx import (
    AddressNotAllowed,
    CertificateChanged,
    CertificateNotTrusted,
    InvalidCredentials,
    NotSupported,
    YeastarError,
)
from ..sign_in.clients import async_end_pause
from .exceptions import invalid, translate

ADDRESS_NOT_ALLOWED: Final = "address_not_allowed"
ANOTHER_PBX: Final = "another_pbx"
CERTIFICATE_CHANGED: Final = "certificate_changed"
CERTIFICATE_NOT_TRUSTED: Final = "certificate_not_trusted"
NO_URL_AVAILABLE: Final = "no_url_available"
NOT_SUPPORTED: Final = "not_supported"
MESSAGES_NOT_SUPPORTED: Final = "messages_not_supported"
URL_HAS_IP_ADDRESS: Final = "url_has_ip_address"

FIXABLE: Final = {ANOTHER_PBX, CERTIFICATE_CHANGED, CERTIFICATE_NOT_TRUSTED}
_OF_ERRORS: Final[dict[type[YeastarError], str]] = {
    AddressNotAllowed: ADDRESS_NOT_ALLOWED,
    CertificateChanged: CERTIFICATE_CHANGED,
    CertificateNotTrusted: CERTIFICATE_NOT_TRUSTED,
    NotSupported: NOT_SUPPORTED,
}
_OF_PBX: Final = {*_OF_ERRORS.values(), ANOTHER_PBX, MESSAGES_NOT_SUPPORTED}

# When each issue was last created, in the time of the event loop.
_CREATED: HassKey[dict[str, float]] = HassKey(f"{DOMAIN}_issues_created")


@callback
def async_handle_error(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    err: YeastarError | AudioError,
    *,
    greetings: bool = True,
) -> None:
    """Start reauthentication or create a repair issue if the error requires it.

    `greetings` as in `handled_errors`.
    """
    if isinstance(err, InvalidCredentials) and _is_in_use(hass, entry):
        entry.async_start_reauth(hass)
    for kind, issue in _OF_ERRORS.items():
        if isinstance(err, kind):
            issue_id = issue
            if issue == NOT_SUPPORTED and not greetings:
                issue_id = MESSAGES_NOT_SUPPORTED
            async_create_issue(hass, entry, issue_id, translation_key=issue)


@contextmanager
def handled_errors(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    kind: type[HomeAssistantError] = HomeAssistantError,
    *,
    greetings: bool = True,
) -> Iterator[None]:
    """Translate errors and keep the repair issues up to date.

    A block that succeeds deletes the issues that are older than it. Blocks that do not
    use the greeting endpoints pass `greetings=False`: the firmware may lack only those,
    or only what they do not use.
    """
    started = hass.loop.time()
    try:
        yield
    except (YeastarError, AudioError) as err:
        async_handle_error(hass, entry, err, greetings=greetings)
        raise translate(err, kind) from err
    async_delete_issues(hass, entry, started, greetings=greetings)


@callback
def async_create_issue(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    issue: str,
    *,
    translation_key: str | None = None,
    **details: str,
) -> None:
    """Create an issue of an entry, unless the entry was removed or disabled.

    `details` are placeholders of its text, and what its repair needs to know.
    """
    if not _is_in_use(hass, entry):
        return
    issue_id = f"{issue}_{entry.entry_id}"
    hass.data.setdefault(_CREATED, {})[issue_id] = hass.loop.time()
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"entry_id": entry.entry_id, **details},
        is_fixable=issue in FIXABLE,
        severity=ir.IssueSeverity.ERROR,
        translation_key=translation_key or issue,
        translation_placeholders={"name": entry.title, **details},
    )


@callback
def async_create_mailbox_issue(
    hass: HomeAssistant, entry: YeastarConfigEntry, mailbox: Mailbox, absence: Absence
) -> None:
    """Create the issue of a mailbox that has no messages on the PBX."""
    if not _is_in_use(hass, entry):
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        _mailbox_issue_id(mailbox),
        data={"entry_id": entry.entry_id},
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=absence,
        translation_placeholders={"name": entry.title, "mailbox": mailbox.title},
    )


@callback
def async_delete_mailbox_issue(
    hass: HomeAssistant, entry: ConfigEntry, mailbox: Mailbox
) -> None:
    """Delete the issue of a mailbox that has messages again."""
    ir.async_delete_issue(hass, DOMAIN, _mailbox_issue_id(mailbox))


def _mailbox_issue_id(mailbox: Mailbox) -> str:
    return f"mailbox_{mailbox.subentry_id}"


@callback
def async_delete_issues(
    hass: HomeAssistant, entry: YeastarConfigEntry, started: float, *, greetings: bool
) -> None:
    """Delete the issues that a successful call rules out.

    `started` is when the call started: it says nothing about an issue that is newer.
    """
    created = hass.data.get(_CREATED, {})
    for issue in _OF_PBX - {MESSAGES_NOT_SUPPORTED if greetings else NOT_SUPPORTED}:
        if created.get(f"{issue}_{entry.entry_id}", started) <= started:
            _delete_issue(hass, entry, issue)


@callback
def async_delete_all_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the issues of an entry that is removed or disabled."""
    for issue in _issues_of(hass, entry):
        ir.async_delete_issue(hass, DOMAIN, issue.issue_id)


@callback
def async_watch_entries(hass: HomeAssistant) -> None:
    """Settle what is over once an entry is unloaded.

    That is the pause, because a person reloads the entry: a retry of setup does not
    unload it first. The issues of missing mailboxes are created again if they are still
    missing. If the entry was disabled, all its issues are over.
    """

    @callback
    def entry_changed(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain != DOMAIN or entry.state is not ConfigEntryState.NOT_LOADED:
            return
        async_end_pause(hass, entry)
        for issue in _issues_of(hass, entry):
            if entry.disabled_by or issue.translation_key in Absence:
                ir.async_delete_issue(hass, DOMAIN, issue.issue_id)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, entry_changed)


@callback
def async_home_url(hass: HomeAssistant, entry: YeastarConfigEntry) -> str:
    """Return the URL of Home Assistant that players use.

    If there is none, create an issue and raise ServiceValidationError.
    """
    try:
        url = get_url(hass)
    except NoURLAvailableError as err:
        problem, details = _url_problem(hass)
        async_create_issue(
            hass, entry, NO_URL_AVAILABLE, translation_key=problem, **details
        )
        raise invalid(problem, **details) from err
    _delete_issue(hass, entry, NO_URL_AVAILABLE)
    return url


@callback
def async_watch_url(hass: HomeAssistant, entry: YeastarConfigEntry) -> CALLBACK_TYPE:
    """Keep the missing URL issue up to date with the URLs that are configured."""

    @callback
    def config_updated(_: Event | None = None) -> None:
        issue_id = f"{NO_URL_AVAILABLE}_{entry.entry_id}"
        if ir.async_get(hass).async_get_issue(DOMAIN, issue_id):
            with suppress(ServiceValidationError):
                async_home_url(hass, entry)

    config_updated()
    return hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, config_updated)


def _url_problem(hass: HomeAssistant) -> tuple[str, dict[str, str]]:
    """Return the translation key and the placeholders of why there is no URL."""
    # Home Assistant leaves out a URL with an IP address if it has a certificate.
    if url := hass.config.internal_url or hass.config.external_url:
        return URL_HAS_IP_ADDRESS, {"url": url}
    return NO_URL_AVAILABLE, {}


@callback
def _delete_issue(hass: HomeAssistant, entry: ConfigEntry, issue: str) -> None:
    issue_id = f"{issue}_{entry.entry_id}"
    hass.data.get(_CREATED, {}).pop(issue_id, None)
    ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def _issues_of(hass: HomeAssistant, entry: ConfigEntry) -> list[ir.IssueEntry]:
    """Return the issues of an entry."""
    return [
        issue
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN
        and issue.data
        and issue.data["entry_id"] == entry.entry_id
    ]


@callback
def _is_in_use(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Return whether an entry is there and enabled; a call may outlive it."""
    return not entry.disabled_by and bool(
        hass.config_entries.async_get_entry(entry.entry_id)
    )
