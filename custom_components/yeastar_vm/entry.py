"""What a config entry stores, and what it holds while it is loaded."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
import time
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET
from homeassistant.core import HomeAssistant, callback

from .const import CONF_SIGN_IN_REFUSED, DOMAIN
from .mailboxes.coordinator import MailboxCoordinator
from .mailboxes.listener import EventListener
from .pbx import Credentials, PbxInfo, SignIn, TokenPair, YeastarClient
from .playback.direct import DirectChecks
from .playback.directory import Directory
from .playback.references import pbx_identifier
from .playback.relay import Relay
from .sign_in.clients import (
    REVOKE_TIMEOUT,
    async_revoke_later,
    async_wait_closed,
    create_entry_client,
)
from .sign_in.store import (
    CONF_OBTAINED_AT,
    CONF_TOKEN,
    TokenStore,
    async_get_token_store,
    async_remove_token_store,
    tokens_to_data,
)

_SIGN_IN_KEYS: Final = {CONF_TOKEN, CONF_SIGN_IN_REFUSED, CONF_OBTAINED_AT}


@dataclass(frozen=True, slots=True)
class YeastarData:
    """Runtime data of a config entry.

    `mailboxes` and `listener` are None if the user added none. Browsing fills in the
    directory.
    """

    client: YeastarClient
    relay: Relay
    info: PbxInfo
    mailboxes: MailboxCoordinator | None
    listener: EventListener | None
    directory: Directory
    direct_checks: DirectChecks = field(default_factory=DirectChecks)


type YeastarConfigEntry = ConfigEntry[YeastarData]


def sign_in_to_data(sign_in: SignIn) -> dict[str, Any]:
    """Return a sign-in as a flow leaves it in the data of an entry.

    Setup takes the tokens over into the token store.
    """
    data = tokens_to_data(sign_in.tokens, sign_in_refused=sign_in.refused)
    data[CONF_OBTAINED_AT] = time.time()
    if sign_in.credentials:
        data[CONF_CLIENT_ID] = sign_in.credentials.client_id
        data[CONF_CLIENT_SECRET] = sign_in.credentials.client_secret
    return data


def entry_credentials(data: Mapping[str, Any]) -> Credentials | None:
    """Return the credentials in the data of an entry, or None."""
    if CONF_CLIENT_ID not in data:
        return None
    return Credentials(data[CONF_CLIENT_ID], data[CONF_CLIENT_SECRET])


async def async_load_tokens(
    hass: HomeAssistant, entry: YeastarConfigEntry
) -> TokenStore:
    """Return the token store of an entry.

    Tokens that a flow or version 1.0.0 left in the entry are moved there, and the ones
    that they replace are revoked.
    """
    store = await async_get_token_store(hass, entry.entry_id)
    while CONF_TOKEN in (data := entry.data):
        before = store.tokens
        store.async_take_over(data)
        if before and not _is_same(before, store.tokens):
            async_revoke_later(hass, entry, before)
        await store.async_save()
        if entry.data is data:  # Otherwise, a flow left another sign-in meanwhile.
            hass.config_entries.async_update_entry(
                entry, data={k: v for k, v in data.items() if k not in _SIGN_IN_KEYS}
            )
    return store


async def async_create_entry_client(
    hass: HomeAssistant, entry: YeastarConfigEntry
) -> YeastarClient:
    """Return the client of a config entry, which saves its tokens."""
    await async_wait_closed(hass, entry)
    store = await async_load_tokens(hass, entry)
    sign_in = SignIn(entry_credentials(entry.data), store.tokens, store.sign_in_refused)
    client = create_entry_client(hass, entry, sign_in)
    client.add_sign_in_listener(store.async_writer())
    return client


async def async_take_tokens(
    hass: HomeAssistant, entry: YeastarConfigEntry
) -> list[TokenPair]:
    """Delete the token store of an entry that is removed; return its tokens.

    There are two if a flow left a sign-in that setup has not yet taken over.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(REVOKE_TIMEOUT):
            await async_wait_closed(hass, entry)
    store = await async_get_token_store(hass, entry.entry_id)
    found = {store.tokens}
    if CONF_TOKEN in entry.data:
        store.async_take_over(entry.data)
        found.add(store.tokens)
    await async_remove_token_store(hass, entry.entry_id)
    return [tokens for tokens in found if tokens]


@callback
def async_update_and_reload(
    hass: HomeAssistant, entry: YeastarConfigEntry, **changes: Any
) -> None:
    """Change an entry and reload it.

    The update listener reloads an entry that is loaded; another one has none.
    """
    is_loaded = entry.state is ConfigEntryState.LOADED
    hass.config_entries.async_update_entry(entry, **changes)
    if not is_loaded:
        hass.config_entries.async_schedule_reload(entry.entry_id)


@callback
def find_entry(hass: HomeAssistant, pbx: str) -> YeastarConfigEntry | None:
    """Return the config entry that the PBX part of a media identifier means, or None.

    It is the serial number, or in identifiers of 1.0.0 the entry ID. If no entry has
    it, the PBX was replaced or removed and added again: if exactly one is enabled, that
    one is meant.
    """
    entries: list[YeastarConfigEntry] = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False
    )
    for entry in entries:
        if pbx in (entry.entry_id, pbx_identifier(entry.unique_id or "")):
            return entry
    enabled = [entry for entry in entries if not entry.disabled_by]
    return enabled[0] if len(enabled) == 1 else None


def _is_same(one: TokenPair, other: TokenPair | None) -> bool:
    return other is not None and one.access_token == other.access_token
