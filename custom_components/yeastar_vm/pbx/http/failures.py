"""The meaning of an exception of aiohttp or of the network."""

from collections.abc import Iterable
import ssl
from typing import Final

import aiohttp

from ..errors import (
    CannotConnect,
    CertificateChanged,
    CertificateNotTrusted,
    CertificateWrongName,
    ConnectionFailure,
    InvalidResponse,
    YeastarError,
)

# Reasons of OpenSSL for an answer that is not TLS. Every other failure of a handshake
# is one of a server that speaks TLS, and must not lead to plain http.
_NO_TLS: Final = {
    "PACKET_LENGTH_TOO_LONG",  # before OpenSSL 3.2
    "RECORD_LAYER_FAILURE",
    "WRONG_VERSION_NUMBER",
}
# What a server answers to a handshake that it refuses. In TLS 1.2, that may be for want
# of a certificate of the client. TLS 1.3 has an answer of its own for that.
_REFUSED: Final = "SSLV3_ALERT_HANDSHAKE_FAILURE"
_CLIENT_CERTIFICATE: Final = "TLSV13_ALERT_CERTIFICATE_REQUIRED"
# OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH.
_WRONG_NAME: Final = {62, 64}
# X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL, X509_V_ERR_CA_MD_TOO_WEAK.
_WEAK: Final = {66, 67, 68}

# What aiohttp raises.
TROUBLE: Final = (aiohttp.ClientError, OSError, ValueError)

# The failures of a server that answered, the most telling one first.
_TELLING: Final = (
    CertificateChanged.key,
    CertificateWrongName.key,
    CertificateNotTrusted.key,
    ConnectionFailure.CLIENT_CERTIFICATE,
    ConnectionFailure.TLS_OUTDATED,
    ConnectionFailure.TLS_FAILED,
    ConnectionFailure.CONNECTION_LOST,
    ConnectionFailure.CONNECTION_REFUSED,
)


def failure(err: Exception) -> YeastarError:
    """Return the error for an exception of aiohttp or of the network.

    The texts of aiohttp contain the URL, and with it the access token: none is kept.
    """
    if reason := _tls_failure(err):
        return CannotConnect(reason)
    match err:
        case aiohttp.ServerFingerprintMismatch():
            return CertificateChanged(err.got.hex())
        case aiohttp.ClientConnectorCertificateError():
            return _certificate_failure(err.certificate_error)
        case ValueError(__context__=aiohttp.ServerFingerprintMismatch() as mismatch):
            # aiohttp stumbles over an IPv6 address with a zone when it puts it aside.
            return CertificateChanged(mismatch.got.hex())
        case aiohttp.ClientResponseError() | aiohttp.InvalidURL() | ValueError():
            return InvalidResponse("not an answer of a web server")
        case aiohttp.ClientConnectorDNSError():
            return CannotConnect(ConnectionFailure.HOST_NOT_FOUND)
        case TimeoutError():
            return CannotConnect(ConnectionFailure.TIMEOUT)
        case aiohttp.ClientConnectorError(os_error=ConnectionResetError()):
            return CannotConnect(ConnectionFailure.CONNECTION_LOST)
        case aiohttp.ClientConnectorError():
            return CannotConnect(ConnectionFailure.CONNECTION_REFUSED)
    return CannotConnect(ConnectionFailure.CONNECTION_LOST)


def _tls_failure(err: Exception) -> ConnectionFailure | None:
    """Return why TLS failed, or None if it did not, or only the certificate did."""
    match err:
        case aiohttp.ClientOSError(__cause__=ssl.SSLError(reason=reason)) if (
            reason == _CLIENT_CERTIFICATE
        ):
            return ConnectionFailure.CLIENT_CERTIFICATE
        case aiohttp.ClientConnectorSSLError(os_error=ssl.SSLError(reason=reason)):
            no_tls = reason in _NO_TLS
            return (
                ConnectionFailure.TLS_FAILED
                if no_tls
                else ConnectionFailure.TLS_OUTDATED
            )
    return None


def _certificate_failure(err: Exception) -> YeastarError:
    assert isinstance(err, ssl.SSLCertVerificationError)
    if err.verify_code in _WRONG_NAME:
        return CertificateWrongName()
    if err.verify_code in _WEAK:
        return CannotConnect(ConnectionFailure.TLS_OUTDATED)
    return CertificateNotTrusted()


def is_unreachable(err: Exception) -> bool:
    """Return whether no connection was made, though another address may take one."""
    return isinstance(
        err, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError
    ) and not isinstance(err, aiohttp.ClientConnectorDNSError)


def is_refused_handshake(err: Exception) -> bool:
    """Return whether a server refused a TLS handshake without saying why."""
    match err:
        case aiohttp.ClientConnectorSSLError(os_error=ssl.SSLError(reason=reason)):
            return bool(reason == _REFUSED)
    return False


def most_telling(errors: Iterable[YeastarError | None]) -> YeastarError | None:
    """Return the error that says most about a server, or None if none does."""
    telling = [each for each in errors if each and each.key in _TELLING]
    return min(telling, key=lambda each: _TELLING.index(each.key), default=None)


def is_unavailable(status: int) -> bool:
    """Return whether a server, or a gateway in front of it, is not available now."""
    return status == 429 or status >= 500
