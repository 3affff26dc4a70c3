"""A PBX whose name has several addresses."""

from collections.abc import Sequence

from aiohttp import (
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientSession,
    TCPConnector,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest

from simulator import Names, PbxSimulator, Resolve

from .common import accept_any_certificate


@pytest.fixture
def https() -> bool:
    """Let the PBX have https."""
    return True


async def answer(pbx: PbxSimulator, names: Names) -> int:
    """Ask for anything at pbx.example; return the HTTP status."""
    url = f"{'https' if pbx.https else 'http'}://pbx.example:{pbx.port}"
    async with (
        ClientSession(connector=TCPConnector(resolver=names)) as session,
        session.get(url, ssl=accept_any_certificate()) as reply,
    ):
        return reply.status


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("127.0.0.1", ["127.0.0.1", "::1"]),
        ("127.0.0.1", ["::1", "127.0.0.1"]),
        pytest.param("::1", ["127.0.0.1", "::1"], marks=pytest.mark.ipv6),
        pytest.param("::1", ["::1", "127.0.0.1"], marks=pytest.mark.ipv6),
        ("127.0.0.2", ["127.0.0.1", "127.0.0.2"]),
        ("127.0.0.1", ["127.0.0.9", "::1", "127.0.0.1"]),
        ("127.0.0.1", ["127.0.0.1", "127.0.0.9", "::1"]),
    ],
)
@pytest.mark.parametrize("https", [True, False])
async def test_a_pbx_listens_at_one_address_of_its_name(
    host: str, addresses: Sequence[str], https: bool
) -> None:
    """A client finds it, wherever the dead ones stand."""
    async with PbxSimulator(https=https, host=host) as pbx:
        assert await answer(pbx, Names({"pbx.example": addresses})) == 404


async def test_a_name_without_an_address_that_answers(pbx: PbxSimulator) -> None:
    """It is known, and nobody is there."""
    names = Names({"pbx.example": ["127.0.0.9", "127.0.0.8"]})

    with pytest.raises(ClientError) as raised:
        await answer(pbx, names)

    assert not isinstance(raised.value, ClientConnectorDNSError)


async def test_a_name_that_is_not_known(pbx: PbxSimulator) -> None:
    """Until a test says otherwise."""
    names = Names()
    with pytest.raises(ClientConnectorDNSError):
        await answer(pbx, names)

    names.addresses["pbx.example"] = ["127.0.0.1"]

    assert await answer(pbx, names) == 404
    assert names.asked == ["pbx.example", "pbx.example"]


async def test_home_assistant_resolves_what_a_test_says(
    hass: HomeAssistant, resolve: Resolve, pbx: PbxSimulator
) -> None:
    """Its session tries all addresses; another name is not known to it."""
    session = async_get_clientsession(hass)
    url = f"https://pbx.example:{pbx.port}"
    anything = accept_any_certificate()
    with pytest.raises(ClientConnectorDNSError):
        await session.get(url, ssl=anything)

    resolve("pbx.example", ["127.0.0.9", "::1", "127.0.0.1"])
    async with session.get(url, ssl=anything) as reply:
        assert reply.status == 404

    resolve("pbx.example", ["127.0.0.9"])
    with pytest.raises(ClientConnectorError, match="Connect call failed"):
        await session.get(url, ssl=anything)
