"""Certificates: read the one that a server shows, and trust one by its fingerprint."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
import hashlib
from typing import override

import aiohttp
from cryptography import x509


@dataclass(frozen=True, slots=True)
class Certificate:
    """A server's certificate.

    `fingerprint` is the SHA-256 of its DER form, 64 lower-case hex digits. The other
    fields are None where the certificate cannot be read.
    """

    fingerprint: str
    subject: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None

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
            )
        except ValueError, TypeError, KeyError, x509.InvalidVersion:
            return cls(fingerprint)


class CertificateProbe(aiohttp.Fingerprint):
    """Trusts nobody, and keeps what was shown as `der`.

    aiohttp asks it before anything is sent.
    """

    def __init__(self) -> None:
        """Expect what no certificate has."""
        super().__init__(bytes(32))
        self.der = b""

    @override
    def check(self, transport: asyncio.Transport) -> None:
        """Keep the certificate and turn away."""
        ssl_object = transport.get_extra_info("ssl_object")
        self.der = ssl_object.getpeercert(binary_form=True)
        super().check(transport)


def ssl_argument(fingerprint: str | None) -> aiohttp.Fingerprint | bool:
    """Return what aiohttp takes as `ssl`: the pinned certificate, or any authority's.

    With a fingerprint, another certificate is refused before anything is sent.
    """
    return aiohttp.Fingerprint(bytes.fromhex(fingerprint)) if fingerprint else True
