"""Diagnostics of a config entry, without secrets and without what identifies it."""

import time
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from yarl import URL

from .const import CONF_CERTIFICATE_FINGERPRINT, CONF_DELIVERY
from .entry import YeastarConfigEntry
from .kept import async_get_kept
from .mailboxes.mailboxes import Mailboxes
from .sign_in.account import Account
from .sign_in.tokens import entry_credentials


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: YeastarConfigEntry
) -> dict[str, Any]:
    """Return diagnostics for a config entry.

    Only what is known to be harmless is in them, whatever else an entry stores.
    """
    url = URL(entry.data[CONF_URL])
    diagnostics: dict[str, Any] = {
        "entry": {
            "version": f"{entry.version}.{entry.minor_version}",
            "source": entry.source,
            "state": entry.state.value,
            "disabled_by": entry.disabled_by,
            "created_at": entry.created_at.isoformat(),
            "modified_at": entry.modified_at.isoformat(),
            "delivery": entry.options.get(CONF_DELIVERY),
            "mailboxes": len(entry.subentries),
        },
        "connection": {
            "scheme": url.scheme,
            "port": url.port,
            "has_path": url.path != "/",
            "pinned_certificate": entry.data[CONF_CERTIFICATE_FINGERPRINT] is not None,
            "with_credentials": entry_credentials(entry.data) is not None,
        },
        "token": await _async_token_diagnostics(hass, entry),
        "refused_answers": _refused_answers(async_get_kept(hass, entry).account),
    }
    if entry.state is ConfigEntryState.LOADED:
        data = entry.runtime_data
        diagnostics["pbx"] = {"model": data.info.model, "firmware": data.info.firmware}
        diagnostics["relay"] = {"bytes_cached": data.playback.relay.size}
        if data.mailboxes:
            diagnostics["mailboxes"] = _mailbox_diagnostics(data.mailboxes)
            diagnostics["texts"] = data.transcriber.texts.counts()
    else:
        diagnostics["why_not_loaded"] = entry.error_reason_translation_key
    return diagnostics


def _refused_answers(account: Account) -> dict[str, Any]:
    """Return the last answer of each endpoint that was refused: keys and types."""
    now = time.time()
    return {
        endpoint: {
            "reason": refused.reason,
            "http_status": refused.status,
            "age": round(now - refused.at),
            "shape": refused.shape,
        }
        for endpoint, refused in account.mismatches.by_endpoint.items()
    }


def _mailbox_diagnostics(mailboxes: Mailboxes) -> dict[str, Any]:
    """Return counts, and nothing that says whose mailboxes they are."""
    messages, boxes = mailboxes.messages, mailboxes.boxes
    states = messages.data.values()
    return {
        "count": len(mailboxes),
        "exist": len(states),
        "messages": sum(len(state.messages) for state in states),
        "unread_messages": sum(len(state.unread) for state in states),
        "presences_known": sum(box.presence is not None for box in boxes.data.values()),
        "receives_events": messages.has_events,
        "last_poll_succeeded": messages.last_update_success,
    }


async def _async_token_diagnostics(
    hass: HomeAssistant, entry: YeastarConfigEntry
) -> dict[str, Any]:
    """Return whether there is an access token, and its age and validity in seconds."""
    account = async_get_kept(hass, entry).account
    await account.async_load()
    tokens = account.tokens
    diagnostics: dict[str, Any] = {
        "exists": tokens is not None,
        "sign_in_refused": account.is_refused,
    }
    if tokens:
        now = time.time()
        if tokens.obtained_at:
            diagnostics["age"] = round(now - tokens.obtained_at)
        diagnostics["expires_in"] = round(tokens.pair.access_expires_at - now)
        diagnostics["has_refresh_token"] = bool(tokens.pair.refresh_token)
    return diagnostics
