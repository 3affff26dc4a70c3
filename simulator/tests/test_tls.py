"""Certificates, TLS that is too old or too weak, and http where TLS is meant."""

import asyncio
from datetime import timedelta
import ssl
import time
import warnings

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientConnectorSSLError,
    ClientOSError,
    ClientSession,
    ServerDisconnectedError,
    TCPConnector,
)
from cryptography import x509
import pytest
from yarl import URL

from simulator import Authority, Certificate, Names, Outage, PbxSimulator, Weakness
from simulator.tls import DEMANDS

from .common import accept_any_certificate, shown_fingerprint


@pytest.fixture
def https() -> bool:
    """Let the PBX have https."""
    return True


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_certificate_is_valid_once_trusted(host: str) -> None:
    """A client that trusts the certificate can verify names and validity."""
    async with PbxSimulator() as pbx:
        trust = ssl.create_default_context(cadata=pbx.certificate_pem)

        _, writer = await asyncio.open_connection(
            "127.0.0.1", pbx.port, ssl=trust, server_hostname=host
        )

        writer.transport.abort()


async def test_certificate_is_not_trusted_by_itself(pbx: PbxSimulator) -> None:
    """The certificate is self-signed."""
    # In debug mode asyncio logs an error for a client that breaks its handshake off.
    asyncio.get_running_loop().set_debug(False)
    async with ClientSession() as session:
        with pytest.raises(ClientConnectorError):
            await session.get(pbx.base_url)


async def test_renewed_certificate(pbx: PbxSimulator) -> None:
    """Port and base URL stay, the fingerprint is that of the new certificate."""
    base_url, before = pbx.base_url, pbx.fingerprint

    await pbx.renew_certificate()

    assert pbx.base_url == base_url
    assert pbx.fingerprint != before
    assert pbx.fingerprint == await shown_fingerprint(pbx)


async def test_the_certificate_of_the_factory() -> None:
    """It names the kind of the device and no host, as of the Software Edition."""
    async with PbxSimulator(certificate=Certificate.factory(time.time())) as pbx:
        shown = x509.load_pem_x509_certificate(pbx.certificate_pem.encode())
        by_name = await refused(
            pbx, ssl.create_default_context(cadata=pbx.certificate_pem)
        )

        assert await get(pbx, accept_any_certificate()) == 404
        assert pbx.fingerprint == await shown_fingerprint(pbx)

    assert shown.subject.rfc4514_string() == "CN=UCCPBX"
    assert shown.issuer == shown.subject
    assert "IP address mismatch" in by_name


# An authority


@pytest.fixture
def authority() -> Authority:
    """Return an authority that a client may trust."""
    return Authority(time.time())


async def get(pbx: PbxSimulator, trust: ssl.SSLContext, host: str = "") -> int:
    """Ask a PBX for anything under a host name; return the HTTP status."""
    names = Names({"pbx.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]})
    url = URL(pbx.base_url)
    if host:
        url = url.with_host(host)
    async with (
        ClientSession(connector=TCPConnector(resolver=names)) as session,
        session.get(url, ssl=trust) as reply,
    ):
        return reply.status


async def refused(pbx: PbxSimulator, trust: ssl.SSLContext, host: str = "") -> str:
    """Return why a client refuses the certificate of a PBX."""
    with pytest.raises(ClientConnectorCertificateError) as raised:
        await get(pbx, trust, host)
    return str(raised.value)


async def test_a_certificate_of_an_authority(authority: Authority) -> None:
    """Whoever trusts the authority trusts all of them; nobody else does."""
    trust = ssl.create_default_context(cadata=authority.pem)
    async with PbxSimulator(certificate=authority.issue(time.time())) as pbx:
        first = pbx.fingerprint
        assert await get(pbx, trust) == 404

        pbx.show(authority.issue(time.time()))

        assert await get(pbx, trust) == 404
        assert first != pbx.fingerprint == await shown_fingerprint(pbx)
        assert "unable to get local issuer" in await refused(
            pbx, ssl.create_default_context()
        )


async def test_a_certificate_for_another_name(authority: Authority) -> None:
    """It is valid under that name alone."""
    trust = ssl.create_default_context(cadata=authority.pem)
    certificate = authority.issue(time.time(), ["pbx.example", "192.0.2.7"])
    async with PbxSimulator(certificate=certificate) as pbx:
        assert await get(pbx, trust, "pbx.example") == 404

        by_address = await refused(pbx, trust)
        by_name = await refused(pbx, trust, "other.example")

    assert "IP address mismatch, certificate is not valid for '127.0.0.1'" in by_address
    assert "Hostname mismatch" in by_name


@pytest.mark.parametrize(
    ("age", "reason"), [(11, "has expired"), (-1, "is not yet valid")]
)
async def test_a_certificate_at_the_wrong_time(
    authority: Authority, age: int, reason: str
) -> None:
    """It has expired, or it begins later."""
    trust = ssl.create_default_context(cadata=authority.pem)
    certificate = authority.issue(
        time.time(), age=timedelta(days=age), valid_for=timedelta(days=10)
    )
    async with PbxSimulator(certificate=certificate) as pbx:
        assert reason in await refused(pbx, trust)


async def test_a_certificate_of_another_authority(authority: Authority) -> None:
    """That has the same name as the trusted one."""
    trust = ssl.create_default_context(cadata=authority.pem)
    another = Authority(time.time())
    async with PbxSimulator(certificate=another.issue(time.time())) as pbx:
        assert "CERTIFICATE_VERIFY_FAILED" in await refused(pbx, trust)


# Old and weak TLS


def a_weak_client() -> ssl.SSLContext:
    """Return a context of a client that is as old as the server."""
    context = accept_any_certificate()
    context.set_ciphers("ALL:eNULL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    return context


@pytest.mark.parametrize(
    ("weakness", "reason"),
    [
        (Weakness.TLS_1_1, "TLSV1_ALERT_PROTOCOL_VERSION"),
        (Weakness.DH_1024, "DH_KEY_TOO_SMALL"),
        (Weakness.RSA_512_TLS_1_3, "SSLV3_ALERT_HANDSHAKE_FAILURE"),
        (Weakness.NO_ENCRYPTION, "SSLV3_ALERT_HANDSHAKE_FAILURE"),
    ],
)
async def test_tls_that_a_client_of_today_refuses(
    pbx: PbxSimulator, weakness: Weakness, reason: str
) -> None:
    """Whatever certificate it accepts; the server's alert says why."""
    await pbx.weaken(weakness)

    with pytest.raises(ClientConnectorSSLError, match=reason):
        await get(pbx, accept_any_certificate())


@pytest.mark.parametrize(
    "weakness",
    [w for w in Weakness if w not in (Weakness.RSA_512_TLS_1_3, *DEMANDS)],
)
async def test_old_tls_for_an_old_client(pbx: PbxSimulator, weakness: Weakness) -> None:
    """It really is spoken; and it can be over."""
    before = pbx.fingerprint
    await pbx.weaken(weakness)
    assert await get(pbx, a_weak_client()) == 404
    assert pbx.fingerprint != before

    await pbx.weaken(None)

    trust = ssl.create_default_context(cadata=pbx.certificate_pem)
    assert await get(pbx, trust) == 404


@pytest.mark.parametrize(
    ("weakness", "reason"),
    [
        (Weakness.CLIENT_CERTIFICATE, "SSLV3_ALERT_HANDSHAKE_FAILURE"),
        (Weakness.CLIENT_CERTIFICATE_TLS_1_3, "TLSV13_ALERT_CERTIFICATE_REQUIRED"),
    ],
)
async def test_a_certificate_of_the_client_is_demanded(
    pbx: PbxSimulator, weakness: Weakness, reason: str
) -> None:
    """The PBX shows its own as before; its alert says what it wants in TLS 1.3 only."""
    before = pbx.fingerprint
    await pbx.weaken(weakness)
    assert pbx.fingerprint == before

    with pytest.raises(ClientOSError, match=reason):
        await get(pbx, accept_any_certificate())


async def test_a_key_that_is_too_weak(pbx: PbxSimulator) -> None:
    """Is refused by whoever looks at the certificate, even one who trusts it."""
    await pbx.weaken(Weakness.RSA_512)

    trust = ssl.create_default_context(cadata=pbx.certificate_pem)
    assert "key too weak" in await refused(pbx, trust)
    assert await get(pbx, accept_any_certificate()) == 404


# http where TLS is meant


async def test_http_at_the_port_of_https(pbx: PbxSimulator) -> None:
    """The connection is closed, or a page says so, as nginx does."""
    http_url = pbx.base_url.replace("https:", "http:")
    async with ClientSession() as session:
        with pytest.raises(ServerDisconnectedError):
            await session.get(http_url)

        pbx.explain_http()
        async with session.get(http_url) as reply:
            page = await reply.text()

    assert reply.status == 400
    assert "The plain HTTP request was sent to HTTPS port" in page
    assert await get(pbx, accept_any_certificate()) == 404
    assert len(pbx.requests) == 1


@pytest.mark.parametrize("https", [True, False])
async def test_the_other_protocol_for_a_while(https: bool) -> None:
    """The port speaks http where https is meant, and https where http is."""
    async with PbxSimulator(https=https) as pbx:
        other = URL(pbx.base_url).with_scheme("http" if https else "https")
        async with ClientSession() as session:
            await pbx.begin_outage(Outage.OTHER_PROTOCOL)
            with pytest.raises((ClientConnectorSSLError, ServerDisconnectedError)):
                await session.get(pbx.base_url, ssl=accept_any_certificate())
            async with session.get(other, ssl=accept_any_certificate()) as reply:
                assert reply.status == 404

            await pbx.end_outage()
            right = await session.get(pbx.base_url, ssl=accept_any_certificate())
            assert right.status == 404
