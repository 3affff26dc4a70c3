"""Certificates: read the one that a server shows."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
import hashlib
import ssl
from typing import override

import aiohttp
from cryptography import x509


@dataclass(frozen=True, slots=True)
class Certificate:
    """A server's certificate.

    `fingerprint` is the SHA-256 of its DER form, 64 lower-case hex digits. `names` are
    the host names and IP addresses that it is for, without wildcards. The other fields
    are None if the certificate cannot be read.
    """

    fingerprint: str
    subject: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    names: tuple[str, ...] = ()

    @classmethod
    def from_der(cls, der: bytes) -> Certificate:
        """Read a certificate. One that cannot be read still has a fingerprint."""
        fingerprint = hashlib.sha256(der).hexdigest()
        try:
            parsed = x509.load_der_x509_certificate(der)
            return cls(
                fingerprint,
                parsed.subject.rfc4514_string(),
                parsed.not_valid_before_utc,
                parsed.not_valid_after_utc,
                _names(parsed),
            )
        except ValueError, TypeError, KeyError, x509.InvalidVersion:
            return cls(fingerprint)


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return the names of a certificate; raise ValueError if they cannot be read."""
    try:
        found = certificate.extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
    except x509.ExtensionNotFound:
        return ()
    names = found.value.get_values_for_type(x509.DNSName)
    addresses = found.value.get_values_for_type(x509.IPAddress)
    return (
        *(name for name in names if "*" not in name),
        *(str(address) for address in addresses),
    )


class CertificateProbe(aiohttp.Fingerprint):
    """Keep the certificate of the server as `der` with its `address`, and refuse it.

    aiohttp calls `check` before it sends anything.
    """

    def __init__(self) -> None:
        super().__init__(bytes(32))
        self.der = b""
        self.address = ""

    @override
    def check(self, transport: asyncio.Transport) -> None:
        """Keep the certificate and refuse it."""
        ssl_object = transport.get_extra_info("ssl_object")
        self.der = ssl_object.getpeercert(binary_form=True)
        self.address, *_ = transport.get_extra_info("peername")
        transport.abort()
        # After a mismatch, aiohttp would wait for the other addresses of the host.
        raise aiohttp.ClientConnectionError


def no_authorities() -> ssl.SSLContext:
    """Return the settings of a client that trusts no certificate."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
