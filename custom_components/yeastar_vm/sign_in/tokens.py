"""The tokens of a config entry: load, hand over, and take away."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
import time
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET
from homeassistant.core import HomeAssistant

from ..const import CONF_SIGN_IN_REFUSED
from ..pbx import Credentials, SignIn, TokenPair, YeastarClient
from .clients import (
    REVOKE_TIMEOUT,
    async_revoke_later,
    async_wait_closed,
    create_entry_client,
)
from .store import (
    CONF_OBTAINED_AT,
    CONF_TOKEN,
    TokenStore,
    async_get_token_store,
    async_remove_token_store,
    tokens_to_data,
)

_SIGN_IN_KEYS: Final = {CONF_TOKEN, CONF_SIGN_IN_REFUSED, CONF_OBTAINED_AT}


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


async def async_load_tokens(hass: HomeAssistant, entry: ConfigEntry) -> TokenStore:
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


async def async_create_client(hass: HomeAssistant, entry: ConfigEntry) -> YeastarClient:
    """Return the client of a config entry, which saves its tokens."""
    await async_wait_closed(hass, entry)
    store = await async_load_tokens(hass, entry)
    sign_in = SignIn(entry_credentials(entry.data), store.tokens, store.sign_in_refused)
    client = create_entry_client(hass, entry, sign_in)
    client.add_sign_in_listener(store.async_writer())
    return client


async def async_take_tokens(hass: HomeAssistant, entry: ConfigEntry) -> list[TokenPair]:
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


def _is_same(one: TokenPair, other: TokenPair | None) -> bool:
    return other is not None and one.access_token == other.access_token
