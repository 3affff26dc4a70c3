"""TLS that is too old or too weak is told apart from none at all."""

import pytest

from custom_components.yeastar_vm.pbx import (
    CannotConnect,
    CertificateNotTrusted,
    Connections,
)
from simulator import PbxSimulator, Weakness
from tests.properties.raw_server import RawServer

from .caller import stranger


@pytest.mark.parametrize("weakness", Weakness)
async def test_weak_tls_never_leads_to_plain_http(
    connections: Connections, pbx: PbxSimulator, weakness: Weakness
) -> None:
    """The advice to use `http://` would send the secret in the clear."""
    await pbx.begin_outage(weakness)
    client = stranger(connections, pbx.base_url)

    with pytest.raises((CannotConnect, CertificateNotTrusted)) as raised:
        await client.system.information()

    # What a pinned certificate can still be trusted for, it is offered for.
    assert raised.value.key in {"tls_outdated", "certificate_not_trusted"}
    assert pbx.requests == []


async def test_no_tls_at_all(connections: Connections, http_pbx: PbxSimulator) -> None:
    """That is something else."""
    url = http_pbx.base_url.replace("http:", "https:")
    client = stranger(connections, url)

    with pytest.raises(CannotConnect, match="tls_failed"):
        await client.system.information()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"SSH-2.0-Server\r\n", id="text"),
        pytest.param(b"\x16\x03\x03\xff\xff" + b"x" * 2**16, id="too long"),
    ],
)
async def test_a_server_of_something_else(
    connections: Connections, answer: bytes
) -> None:
    """Whatever it answers to a handshake, it is no TLS."""
    async with RawServer() as server:
        server.patient, server.answer = False, answer
        client = stranger(connections, f"https://{server.address}")

        with pytest.raises(CannotConnect, match="tls_failed"):
            await client.system.information()
