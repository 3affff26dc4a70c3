"""Certificates: read the one that a server shows, and trust one by its fingerprint."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
import hashlib
import ssl

import aiohttp
from cryptography import x509
from yarl import URL

from .errors import CannotConnect, ConnectionFailure

CONNECT_TIMEOUT = 10  # seconds


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
        except ValueError, TypeError, x509.InvalidVersion:
            return cls(fingerprint)


def _unverified_context() -> ssl.SSLContext:
    """Return a context that only looks: nothing is ever sent over it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def fetch_certificate(base_url: str) -> Certificate:
    """Return the certificate that the server of an https base URL shows now.

    Raise CannotConnect where there is none to be had within ten seconds.
    """
    url = URL(base_url)
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            _, writer = await asyncio.open_connection(
                url.host, url.port, ssl=_unverified_context(), server_hostname=url.host
            )
    except TimeoutError:
        raise CannotConnect(ConnectionFailure.TIMEOUT) from None
    except ssl.SSLError, ConnectionResetError:
        raise CannotConnect(ConnectionFailure.TLS_FAILED) from None
    except OSError, UnicodeError:
        raise CannotConnect(ConnectionFailure.CONNECTION_REFUSED) from None
    try:
        der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        writer.transport.abort()
    return Certificate.from_der(der)


def trust(fingerprint: str | None) -> aiohttp.Fingerprint | bool:
    """Return what aiohttp takes as `ssl`: the pinned certificate, or any authority's.

    With a fingerprint, another certificate is refused before anything is sent.
    """
    return aiohttp.Fingerprint(bytes.fromhex(fingerprint)) if fingerprint else True
