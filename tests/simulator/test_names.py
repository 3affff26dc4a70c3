"""A PBX whose name has several addresses."""

from collections.abc import Sequence

from aiohttp import ClientConnectorDNSError, ClientError, ClientSession, TCPConnector
import pytest

from tests.pbx_simulator import Names, PbxSimulator

from .common import accept_any_certificate


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
        ("::1", ["127.0.0.1", "::1"]),
        ("::1", ["::1", "127.0.0.1"]),
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
