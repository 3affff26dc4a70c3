"""The repair issues of mailboxes that have no messages on the PBX."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..errors.issues import async_create_issue, async_delete_issue
from .mailbox import Absence, Mailbox


@callback
def async_create_mailbox_issue(
    hass: HomeAssistant, entry: ConfigEntry, mailbox: Mailbox, absence: Absence
) -> None:
    """Create the issue of a mailbox that has no messages on the PBX."""
    async_create_issue(
        hass,
        entry,
        _issue(mailbox),
        {"mailbox": mailbox.title},
        translation_key=absence,
        severity=ir.IssueSeverity.WARNING,
    )


@callback
def async_delete_mailbox_issue(
    hass: HomeAssistant, entry: ConfigEntry, mailbox: Mailbox
) -> None:
    """Delete the issue of a mailbox that has messages again, or is removed."""
    async_delete_issue(hass, entry, _issue(mailbox))


def _issue(mailbox: Mailbox) -> str:
    return f"mailbox_{mailbox.subentry_id}"
