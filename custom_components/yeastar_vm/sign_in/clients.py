"""Clients of PBXs: the pauses that they respect, and how they end."""

import asyncio
import logging
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import (
    HomeAssistantTCPConnector,
    async_get_clientsession,
)
from homeassistant.util.hass_dict import HassKey

from ..const import CONF_CERTIFICATE_FINGERPRINT, DOMAIN
from ..pbx import (
    ConnectionFailure,
    Pause,
    SignIn,
    TokenPair,
    YeastarClient,
    YeastarError,
)

_LOGGER = logging.getLogger(__name__)

CLOSE_TIMEOUT: Final = 3  # seconds that an unload waits for a running token renewal
FINISH_TIMEOUT: Final = 60  # seconds; longer than the requests of a renewal take
REVOKE_TIMEOUT: Final = 10  # seconds

# By entry ID. Both outlive an unload, and the retries of setup.
_PAUSES: HassKey[dict[str, Pause]] = HassKey(f"{DOMAIN}_pauses")
_CLOSING: HassKey[dict[str, asyncio.Task[None]]] = HassKey(f"{DOMAIN}_closing_clients")


@callback
def create_client(
    hass: HomeAssistant,
    base_url: str,
    fingerprint: str | None,
    sign_in: SignIn,
    pause: Pause,
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
        pause=pause,
        resolver=resolver,
    )


@callback
def create_entry_client(
    hass: HomeAssistant, entry: ConfigEntry, sign_in: SignIn
) -> YeastarClient:
    """Return a client for the address and the certificate of a config entry."""
    return create_client(
        hass,
        entry.data[CONF_URL],
        entry.data[CONF_CERTIFICATE_FINGERPRINT],
        sign_in,
        async_get_pause(hass, entry),
    )


@callback
def async_get_pause(hass: HomeAssistant, entry: ConfigEntry) -> Pause:
    """Return the pause of a config entry."""
    return hass.data.setdefault(_PAUSES, {}).setdefault(entry.entry_id, Pause())


@callback
def async_end_pause(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """End the pause of a config entry, if there is one."""
    if pause := hass.data.get(_PAUSES, {}).get(entry.entry_id):
        pause.end()


@callback
def async_forget_pause(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Forget the pause of a config entry that is removed."""
    hass.data.get(_PAUSES, {}).pop(entry.entry_id, None)


async def async_close_client(
    hass: HomeAssistant, entry: ConfigEntry, client: YeastarClient
) -> None:
    """Close the client of a config entry.

    A running token renewal finishes in the background if it takes long, because the
    PBX would hold tokens that nobody knows.
    """
    closing = hass.async_create_background_task(
        client.close(FINISH_TIMEOUT), f"close the client of {entry.title}"
    )
    if not closing.done():
        hass.data.setdefault(_CLOSING, {})[entry.entry_id] = closing
        await asyncio.wait([closing], timeout=CLOSE_TIMEOUT)


async def async_wait_closed(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Wait until the last client of a config entry is closed."""
    if closing := hass.data.get(_CLOSING, {}).get(entry.entry_id):
        await asyncio.wait([closing])
        hass.data[_CLOSING].pop(entry.entry_id, None)


async def async_revoke(client: YeastarClient, name: str) -> None:
    """Revoke the access token of a client, if that is possible.

    It expires by itself otherwise. `name` is that of the PBX, for the log.
    """
    try:
        async with asyncio.timeout(REVOKE_TIMEOUT):
            await client.revoke()
    except (YeastarError, TimeoutError) as err:
        _LOGGER.info(
            "An access token of %s could not be revoked (%s) and expires by itself",
            name,
            str(err) or ConnectionFailure.TIMEOUT,
        )


@callback
def async_revoke_later(
    hass: HomeAssistant, entry: ConfigEntry, tokens: TokenPair
) -> None:
    """Revoke an access token that a config entry no longer keeps."""
    client = create_entry_client(hass, entry, SignIn(None, tokens))
    hass.async_create_background_task(
        async_revoke(client, entry.title), f"revoke a token of {entry.title}"
    )
