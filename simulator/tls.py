"""TLS as a PBX speaks it: recent, or as old, weak or strict as some do."""

import asyncio
from asyncio import sslproto
from enum import StrEnum, auto
from pathlib import Path
import ssl
from tempfile import TemporaryDirectory
from typing import override
import warnings

from .certificate import Certificate

_WEAK = Path(__file__).parent / "weak"
_NO_RULES = "@SECLEVEL=0"
"""Lets OpenSSL use what it otherwise takes for too weak."""


class Weakness(StrEnum):
    """What is too old, too weak or too strict for a client of today.

    What a client makes of it differs: see the tests.
    """

    TLS_1_1 = auto()
    """TLS 1.1 is the newest version that is spoken."""
    DH_1024 = auto()
    """Keys are agreed on with Diffie-Hellman of 1024 bits alone."""
    RSA_512 = auto()
    """The certificate's key is an RSA key of 512 bits; TLS 1.2 at most."""
    RSA_512_TLS_1_3 = auto()
    """The same with TLS 1.3, whose signatures do not fit into 512 bits."""
    NO_ENCRYPTION = auto()
    """Nothing is encrypted, which no client of today takes part in."""
    CLIENT_CERTIFICATE = auto()
    """A client has to have a certificate, too; TLS 1.2 at most."""
    CLIENT_CERTIFICATE_TLS_1_3 = auto()
    """The same with TLS 1.3, which tells a client so."""


DEMANDS = (Weakness.CLIENT_CERTIFICATE, Weakness.CLIENT_CERTIFICATE_TLS_1_3)
"""What is not weak, but demanded of a client."""


def weak_certificate(weakness: Weakness, now: float) -> Certificate:
    """Return a self-signed certificate that goes with a weakness.

    It may take a while.
    """
    match weakness:
        case Weakness.RSA_512 | Weakness.RSA_512_TLS_1_3:
            return Certificate.read((_WEAK / "rsa_512.pem").read_text("ascii"))
        case Weakness.DH_1024 | Weakness.NO_ENCRYPTION:
            return Certificate.create(now, rsa_key=True)
    return Certificate.create(now)


def server_context(
    certificate: Certificate, weakness: Weakness | None = None
) -> ssl.SSLContext:
    """Return the settings of a server that shows a certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    match weakness:
        case Weakness.TLS_1_1:
            context.set_ciphers(f"ALL:{_NO_RULES}")
            with warnings.catch_warnings(action="ignore"):
                context.minimum_version = ssl.TLSVersion.TLSv1
                context.maximum_version = ssl.TLSVersion.TLSv1_1
        case Weakness.DH_1024:
            context.set_ciphers(f"DHE:{_NO_RULES}")
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.load_dh_params(str(_WEAK / "dh_1024.pem"))
        case Weakness.RSA_512:
            context.set_ciphers(f"ALL:{_NO_RULES}")
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        case Weakness.RSA_512_TLS_1_3:
            context.set_ciphers(f"ALL:{_NO_RULES}")
        case Weakness.NO_ENCRYPTION:
            context.set_ciphers(f"NULL-SHA256:{_NO_RULES}")
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        case Weakness.CLIENT_CERTIFICATE:
            context.verify_mode = ssl.CERT_REQUIRED
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        case Weakness.CLIENT_CERTIFICATE_TLS_1_3:
            context.verify_mode = ssl.CERT_REQUIRED
    with TemporaryDirectory() as folder:
        file = Path(folder) / "certificate.pem"
        file.write_text(certificate.pem + certificate.key_pem, encoding="ascii")
        context.load_cert_chain(file)
    return context


class TlsConnection(sslproto.SSLProtocol):
    """The server's side of a connection.

    It tells a client why a handshake failed, as web servers do and asyncio does not.
    """

    def __init__(self, answers: asyncio.BaseProtocol, context: ssl.SSLContext) -> None:
        """Let ``answers`` talk to the client once it is connected."""
        super().__init__(
            asyncio.get_running_loop(),
            answers,
            context,
            waiter=None,  # type: ignore[arg-type]
            server_side=True,
        )

    @override
    def _fatal_error(
        self, exc: BaseException, message: str = "Fatal error on transport"
    ) -> None:
        if self._transport and isinstance(exc, ssl.SSLError):
            self._process_outgoing()  # type: ignore[attr-defined]
            self._transport.close()
        else:
            super()._fatal_error(exc, message)


class TlsOrNot(asyncio.Protocol):
    """Tells a client that speaks http to a port of https so, as nginx does."""

    def __init__(self, tls: TlsConnection) -> None:
        """Let ``tls`` talk to whoever speaks TLS."""
        self._tls = tls
        self._transport: asyncio.Transport

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        if data[0] != _HANDSHAKE:
            self._transport.write(_HTTP_TO_HTTPS)
            self._transport.close()
            return
        self._transport.set_protocol(self._tls)
        self._tls.connection_made(self._transport)
        self._tls.get_buffer(len(data))[: len(data)] = data
        self._tls.buffer_updated(len(data))


_HANDSHAKE = 22
_PAGE = (
    b"<html><head><title>400 The plain HTTP request was sent to HTTPS port</title>"
    b"</head><body><h1>400 Bad Request</h1></body></html>"
)
_HTTP_TO_HTTPS = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_PAGE), _PAGE)
)
