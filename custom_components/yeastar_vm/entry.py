"""What a config entry stores, and what it holds while it is loaded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import (
    HomeAssistantTCPConnector,
    async_get_clientsession,
)
from homeassistant.util.hass_dict import HassKey

from .const import CONF_CERTIFICATE_FINGERPRINT, CONF_SIGN_IN_REFUSED, DOMAIN
from .coordinator import MailboxCoordinator
from .direct import DirectChecks
from .directory import Directory
from .pbx import Credentials, Pause, PbxInfo, SignIn, YeastarClient
from .references import pbx_identifier
from .relay import Relay
from .token_store import CONF_TOKEN, TokenStore, async_get_token_store, tokens_to_data

# By base URL, so that a flow, a retried setup and an entry respect the same pause.
PAUSES: HassKey[dict[str, Pause]] = HassKey(f"{DOMAIN}_pauses")


@dataclass(frozen=True, slots=True)
class YeastarData:
    """Runtime data of a config entry.

    `mailboxes` is None if the user added none. Browsing fills in the directory.
    """

    client: YeastarClient
    relay: Relay
    info: PbxInfo
    mailboxes: MailboxCoordinator | None
    directory: Directory
    direct_checks: DirectChecks = field(default_factory=DirectChecks)


type YeastarConfigEntry = ConfigEntry[YeastarData]


def sign_in_to_data(sign_in: SignIn) -> dict[str, Any]:
    """Return a sign-in as a flow leaves it in the data of an entry.

    Setup takes the tokens over into the token store.
    """
    data = tokens_to_data(sign_in.tokens, sign_in_refused=sign_in.refused)
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

    Tokens that a flow or version 1.0.0 left in the entry are moved there.
    """
    store = await async_get_token_store(hass, entry.entry_id)
    if CONF_TOKEN in entry.data:
        store.async_take_over(entry.data)
        data = {
            key: value
            for key, value in entry.data.items()
            if key not in (CONF_TOKEN, CONF_SIGN_IN_REFUSED)
        }
        hass.config_entries.async_update_entry(entry, data=data)
    return store


@callback
def create_client(
    hass: HomeAssistant,
    base_url: str,
    fingerprint: str | None,
    sign_in: SignIn,
) -> YeastarClient:
    """Return a client that uses the HTTP session of Home Assistant."""
    session = async_get_clientsession(hass)

    async def resolver(host: str) -> list[str]:
        connector = session.connector
        assert isinstance(connector, HomeAssistantTCPConnector)
        return [found["host"] for found in await connector.async_resolve_host(host)]

    return YeastarClient(
        session,
        base_url,
        fingerprint=fingerprint,
        sign_in=sign_in,
        pause=hass.data.setdefault(PAUSES, {}).setdefault(base_url, Pause()),
        resolver=resolver,
    )


async def async_create_entry_client(
    hass: HomeAssistant, entry: YeastarConfigEntry
) -> YeastarClient:
    """Return the client of a config entry, which saves its tokens."""
    store = await async_load_tokens(hass, entry)

    @callback
    def save(sign_in: SignIn) -> None:
        store.async_set(sign_in.tokens, sign_in_refused=sign_in.refused)

    client = create_client(
        hass,
        entry.data[CONF_URL],
        entry.data[CONF_CERTIFICATE_FINGERPRINT],
        SignIn(entry_credentials(entry.data), store.tokens, store.sign_in_refused),
    )
    client.add_sign_in_listener(save)
    return client


@callback
def find_entry(hass: HomeAssistant, pbx: str) -> YeastarConfigEntry | None:
    """Return the config entry that the PBX part of a media identifier means, or None.

    It is the serial number, or in identifiers of 1.0.0 the entry ID. If no entry has
    it, the PBX was replaced or removed and added again: if there is exactly one, that
    one is meant.
    """
    entries: list[YeastarConfigEntry] = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False
    )
    for entry in entries:
        if pbx in (entry.entry_id, pbx_identifier(entry.unique_id or "")):
            return entry
    return entries[0] if len(entries) == 1 else None
