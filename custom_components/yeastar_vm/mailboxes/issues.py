"""The repair issues of mailboxes: without messages on the PBX, or without texts."""

from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir

from ..errors.invalid_input import LanguageNotSupported
from ..errors.issues import (
    async_create_issue,
    async_delete_issue,
    async_entry_issues,
)
from ..errors.markdown import plain
from .mailbox import Absence, Mailbox

CONF_SUBENTRY_ID: Final = "subentry_id"

ENGINE_UNUSABLE: Final = "engine_unusable"
LANGUAGE_NOT_SUPPORTED: Final = "language_not_supported"


@callback
def async_create_mailbox_issue(
    hass: HomeAssistant, entry: ConfigEntry, mailbox: Mailbox, absence: Absence
) -> None:
    """Create the issue of a mailbox that has no messages on the PBX."""
    async_create_issue(
        hass,
        entry,
        _issue(mailbox),
        _details(mailbox),
        translation_key=absence,
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
    )


@callback
def async_delete_mailbox_issue(
    hass: HomeAssistant, entry: ConfigEntry, mailbox: Mailbox
) -> None:
    """Delete the issue of a mailbox that has messages again."""
    async_delete_issue(hass, entry, _issue(mailbox))


@callback
def async_delete_mailbox_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the issues of mailboxes that were removed."""
    for issue in async_entry_issues(hass, entry):
        assert issue.data
        mailbox_id = issue.data.get(CONF_SUBENTRY_ID)
        if mailbox_id and mailbox_id not in entry.subentries:
            ir.async_delete_issue(hass, issue.domain, issue.issue_id)


@callback
def async_create_speech_issue(
    hass: HomeAssistant, entry: ConfigEntry, mailbox: Mailbox, err: HomeAssistantError
) -> None:
    """Create the issue of a mailbox whose speech-to-text entity cannot be used."""
    assert mailbox.speech
    details = {**_details(mailbox), "engine": mailbox.speech.engine}
    key = ENGINE_UNUSABLE
    if isinstance(err, LanguageNotSupported):
        key = LANGUAGE_NOT_SUPPORTED
        details["language"] = mailbox.speech.language or hass.config.language
    async_delete_speech_issue(hass, entry, mailbox)
    async_create_issue(
        hass,
        entry,
        _speech_issue(mailbox),
        details,
        translation_key=key,
        severity=ir.IssueSeverity.WARNING,
    )


@callback
def async_delete_speech_issue(
    hass: HomeAssistant, entry: ConfigEntry, mailbox: Mailbox
) -> None:
    """Delete the issue of a mailbox whose speech-to-text entity can be used again."""
    async_delete_issue(hass, entry, _speech_issue(mailbox))


def _details(mailbox: Mailbox) -> dict[str, str]:
    """Return what all issues of a mailbox say, and what their repair needs to know."""
    return {"mailbox": plain(mailbox.title), CONF_SUBENTRY_ID: mailbox.subentry_id}


def _speech_issue(mailbox: Mailbox) -> str:
    return f"speech_{mailbox.subentry_id}"


def _issue(mailbox: Mailbox) -> str:
    return f"mailbox_{mailbox.subentry_id}"
