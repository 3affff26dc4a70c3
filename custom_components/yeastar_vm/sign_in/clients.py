"""Clients of PBXs: the pauses that they respect, and how they end."""

import asyncio
import logging
import socket
from typing import Final, override

from aiohttp.abc import AbstractResolver, ResolveResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_URL, EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import (
    HomeAssistantTCPConnector,
    async_get_clientsession,
)
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.ssl import SSL_ALPN_HTTP11, SSLCipherList, client_context

from ..const import CONF_CERTIFICATE_FINGERPRINT, DOMAIN
from ..pbx import (
    BaseUrl,
    ConnectionFailure,
    Connections,
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
_CONNECTIONS: HassKey[Connections] = HassKey(f"{DOMAIN}_connections")


class _Resolver(AbstractResolver):
    """Resolve host names as Home Assistant does."""

    def __init__(self, hass: HomeAssistant) -> None:
        connector = async_get_clientsession(hass).connector
        assert isinstance(connector, HomeAssistantTCPConnector)
        self._connector = connector

    @override
    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[ResolveResult]:
        """Return the addresses of a host name; raise OSError if it has none."""
        found = await self._connector.async_resolve_host(host)
        return [{**each, "port": port} for each in found]

    @override
    async def close(self) -> None:
        """Do nothing: the resolver belongs to Home Assistant."""


@singleton(_CONNECTIONS)
@callback
def _async_get_connections(hass: HomeAssistant) -> Connections:
    """Return the connections of all clients.

    Home Assistant's own session keeps connections for the next request, sends some
    requests again, and follows the redirects of a WebSocket.
    """
    connections = Connections(
        _Resolver(hass),
        client_context(SSLCipherList.PYTHON_DEFAULT, SSL_ALPN_HTTP11),
    )

    async def close(_: Event) -> None:
        await connections.close()

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, close)
    return connections


@callback
def create_client(
    hass: HomeAssistant,
    base_url: BaseUrl,
    fingerprint: str | None,
    sign_in: SignIn,
    pause: Pause,
) -> YeastarClient:
    """Return a client that connects as Home Assistant does."""
    return YeastarClient(
        _async_get_connections(hass),
        base_url,
        fingerprint=fingerprint,
        sign_in=sign_in,
        pause=pause,
    )


@callback
def create_entry_client(
    hass: HomeAssistant, entry: ConfigEntry, sign_in: SignIn
) -> YeastarClient:
    """Return a client for the address and the certificate of a config entry."""
    return create_client(
        hass,
        BaseUrl(entry.data[CONF_URL]),
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
