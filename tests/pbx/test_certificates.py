"""Certificates: pinned, changed, and looked at."""

import ssl

import aiohttp
import pytest

from custom_components.yeastar_vm.pbx import (
    CannotConnect,
    CertificateChanged,
    CertificateNotTrusted,
    Connections,
)
from custom_components.yeastar_vm.pbx.http.certificate import Certificate
from custom_components.yeastar_vm.pbx.http.failures import failure
from simulator import Fault, Names, Outage, PbxSimulator
from tests.clock import Clock

from .caller import Caller, stranger


async def test_a_self_signed_certificate_is_not_trusted(caller: Caller) -> None:
    """And nothing is sent to its owner."""
    client = caller.new(caller.client.sign_in, fingerprint=None)

    with pytest.raises(CertificateNotTrusted):
        await client.system.information()

    assert caller.asked() == []


async def test_a_changed_certificate_gets_nothing(signed_in: Caller) -> None:
    """The error names the new one."""
    await signed_in.pbx.renew_certificate()

    with pytest.raises(CertificateChanged) as caught:
        await signed_in.client.system.information()

    assert caught.value.fingerprint == signed_in.pbx.fingerprint
    assert signed_in.asked() == []


async def test_a_certificate_can_be_looked_at(
    connections: Connections, pbx: PbxSimulator
) -> None:
    """Without sending anything."""
    certificate, _ = await stranger(connections, pbx.base_url).probe_certificate()

    assert certificate.fingerprint == pbx.fingerprint
    assert certificate.subject is not None
    assert "127.0.0.1" in certificate.subject
    assert certificate.valid_from is not None
    assert certificate.valid_until is not None
    assert certificate.valid_from < certificate.valid_until
    assert pbx.requests == []


def test_a_certificate_that_cannot_be_read_has_a_fingerprint() -> None:
    """That is all that trust needs."""
    certificate = Certificate.from_der(b"not a certificate")

    assert len(certificate.fingerprint) == 64
    assert certificate.subject is None


async def test_a_certificate_needs_tls(
    connections: Connections, http_pbx: PbxSimulator
) -> None:
    """A server of plain http has none."""
    https_url = http_pbx.base_url.replace("http:", "https:")

    with pytest.raises(CannotConnect, match="tls_failed"):
        await stranger(connections, https_url).probe_certificate()


async def test_a_certificate_needs_a_server(
    connections: Connections, pbx: PbxSimulator
) -> None:
    """A closed port has none."""
    await pbx.stop()

    with pytest.raises(CannotConnect, match="connection_refused"):
        await stranger(connections, pbx.base_url).probe_certificate()


async def test_a_certificate_is_not_waited_for_for_ever(
    clock: Clock, connections: Connections, pbx: PbxSimulator
) -> None:
    """A server may accept and say nothing."""
    await pbx.begin_outage(Outage.DEAF)

    with clock.running(), pytest.raises(CannotConnect, match="timeout"):
        await stranger(connections, pbx.base_url).probe_certificate()


async def test_https_at_a_port_of_http(
    connections: Connections, http_pbx: PbxSimulator
) -> None:
    """Is told apart from a PBX that is off."""
    client = stranger(connections, http_pbx.base_url.replace("http:", "https:"))

    with pytest.raises(CannotConnect, match="tls_failed"):
        await client.system.information()


async def test_who_vouches_is_told_whatever_is_answered(caller: Caller) -> None:
    """The certificate comes first; of a self-signed one, nobody does."""
    caller.pbx.faults["*"] = Fault.CLOSE
    assert not (await caller.client.probe_certificate())[1]

    trusting = ssl.create_default_context(cadata=caller.pbx.certificate_pem)
    connections = Connections(ssl_context=trusting)
    assert (await Caller(connections, caller.pbx).client.probe_certificate())[1]
    caller.pbx.faults.clear()
    assert (await Caller(connections, caller.pbx).client.probe_certificate())[1]
    await connections.close()

    await caller.pbx.stop()
    with pytest.raises(CannotConnect):
        await caller.client.probe_certificate()


async def test_a_trusted_certificate_of_another_name(pbx: PbxSimulator) -> None:
    """It counts what the host is called, not the address that it has."""
    trusting = ssl.create_default_context(cadata=pbx.certificate_pem)
    names = Names({"pbx.example": ["127.0.0.1"]})
    connections = Connections(names, ssl_context=trusting)
    client = stranger(connections, f"https://pbx.example:{pbx.port}")

    certificate, is_trusted = await client.probe_certificate()

    assert "127.0.0.1" in certificate.names
    assert not is_trusted
    await connections.close()


def test_a_changed_certificate_at_an_address_with_a_zone() -> None:
    """Aiohttp stumbles over such an address, as `fe80::1%eth0`, when it puts it aside.

    No address of this machine is like that for certain, so its errors are made up.
    """
    shown = bytes(range(32))
    err = ValueError("Address not found in addr_infos")
    err.__context__ = aiohttp.ServerFingerprintMismatch(
        bytes(32), shown, "fe80::1%eth0", 8088
    )

    error = failure(err)

    assert isinstance(error, CertificateChanged)
    assert error.fingerprint == shown.hex()
