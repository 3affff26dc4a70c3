"""Clients of PBXs."""

import asyncio
import logging
import socket
from typing import Final, override

from aiohttp.abc import AbstractResolver, ResolveResult
from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import (
    HomeAssistantTCPConnector,
    async_get_clientsession,
)
from homeassistant.helpers.singleton import singleton
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.ssl import SSL_ALPN_HTTP11, SSLCipherList, client_context

from ..const import DOMAIN
from ..pbx import (
    ConnectionFailure,
    Connections,
    Mismatches,
    Pause,
    SignIn,
    YeastarClient,
    YeastarError,
)
from .address import Address

_LOGGER = logging.getLogger(__name__)

REVOKE_TIMEOUT: Final = 10  # seconds
STOP_TIMEOUT: Final = 2  # seconds that a stop waits for a running token renewal

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
    address: Address,
    sign_in: SignIn,
    pause: Pause,
    mismatches: Mismatches | None = None,
) -> YeastarClient:
    """Return a client that connects as Home Assistant does."""
    return YeastarClient(
        _async_get_connections(hass),
        address.base_url,
        fingerprint=address.fingerprint,
        sign_in=sign_in,
        pause=pause,
        mismatches=mismatches,
        time_zone=dt_util.get_default_time_zone(),
    )


@callback
def async_close_at_stop(hass: HomeAssistant, client: YeastarClient) -> CALLBACK_TYPE:
    """Close a client when Home Assistant stops; return a function that undoes this."""

    async def stop(_: Event) -> None:
        await client.close(STOP_TIMEOUT)

    return hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, stop)


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
