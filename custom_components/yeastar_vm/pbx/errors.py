"""Errors of the PBX library: one class for each thing that a caller can do about it.

No text here contains a URL, a token or a secret.
"""

from enum import StrEnum
from typing import override

from ..library import LibraryError


class YeastarError(LibraryError):
    """Base of everything that this library raises."""


class InvalidUrl(YeastarError):
    """What was typed cannot be the base URL of a PBX."""

    key = "invalid_url"
    text = "not the URL of a PBX"


class ConnectionFailure(StrEnum):
    """Why no answer of the PBX arrived.

    TLS_FAILED: the server does not speak TLS. TLS_OUTDATED: only an old version, or
    with keys that are too weak. CLIENT_CERTIFICATE: it demands a certificate of its
    clients. UNAVAILABLE: a gateway between here and the PBX, or
    the PBX itself, answered that it is not available now.
    """

    HOST_NOT_FOUND = "host_not_found"
    CONNECTION_REFUSED = "connection_refused"
    CONNECTION_LOST = "connection_lost"
    TLS_FAILED = "tls_failed"
    TLS_OUTDATED = "tls_outdated"
    CLIENT_CERTIFICATE = "client_certificate"
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"


class CannotConnect(YeastarError):
    """The PBX could not be reached, or its answer did not arrive: try again later."""

    def __init__(self, reason: ConnectionFailure) -> None:
        super().__init__(reason.value)
        self.key = reason.value
        self.reason = reason


class Interrupted(YeastarError):
    """The client was closed while a request was waiting for its answer."""

    key = "interrupted"
    text = "the connection was closed by this end"


class CertificateNotTrusted(YeastarError):
    """No trusted authority signed the certificate: pin it or do not connect."""

    key = "certificate_not_trusted"
    text = "the certificate is not signed by a trusted authority"


class CertificateWrongName(CertificateNotTrusted):
    """A trusted authority signed the certificate, but for another host name."""

    key = "certificate_wrong_name"
    text = "the certificate is for another host name"


class CertificateChanged(YeastarError):
    """The server shows another certificate than the pinned one. Nothing was sent.

    `fingerprint` is the SHA-256 that was met: 64 lower-case hex digits.
    """

    key = "certificate_changed"

    def __init__(self, fingerprint: str) -> None:
        super().__init__("the certificate is not the pinned one")
        self.fingerprint = fingerprint


class Redirected(YeastarError):
    """The server sends its callers to another origin. Nothing was sent there.

    `origin` is such as `https://192.168.5.150:8088`.
    """

    key = "redirected"

    def __init__(self, origin: str) -> None:
        super().__init__("redirected to another origin")
        self.origin = origin

    @property
    @override
    def details(self) -> dict[str, str]:
        """Return the origin."""
        return {"origin": self.origin}


class InvalidResponse(YeastarError):
    """What answered is not a P-Series PBX, or the answer is not one that it gives."""

    key = "not_a_pbx"
    text = "not an answer of a PBX"


class InvalidLink(InvalidResponse):
    """The PBX returned a link that is not followed."""

    key = "invalid_link"
    text = "not a link of the PBX"


class InvalidCredentials(YeastarError):
    """The PBX refused the sign-in: new credentials are needed, no retry will help."""

    key = "invalid_auth"
    text = "the sign-in was refused"


class SignInPaused(YeastarError):
    """The PBX takes no sign-in for now. Nothing is sent to it before `retry_at`.

    `retry_at` is in seconds since the epoch.
    """

    def __init__(self, retry_at: float) -> None:
        super().__init__()
        self.retry_at = retry_at

    def until(self, retry_at: float) -> SignInPaused:
        """Return the same error with another end."""
        return type(self)(retry_at)


class SignInFailed(SignInPaused):
    """The PBX answered a sign-in with an error that may pass."""

    key = "sign_in_failed"

    def __init__(self, retry_at: float, errcode: int) -> None:
        super().__init__(retry_at)
        self.errcode = errcode

    @property
    @override
    def details(self) -> dict[str, str]:
        """Return the error code."""
        return {"errcode": str(self.errcode)}

    @override
    def until(self, retry_at: float) -> SignInPaused:
        """Return the same error with another end."""
        return SignInFailed(retry_at, self.errcode)

    @override
    def __str__(self) -> str:
        """Return the error code, for the log."""
        return f"error {self.errcode}"


class ApiMissing(SignInPaused):
    """The PBX has no API to sign in to (10001), perhaps because it is updating."""

    key = "api_missing"
    text = "there is no API"


class AddressBlocked(SignInPaused):
    """Too many refused sign-ins came from this address (70004)."""

    key = "address_blocked"
    text = "this address is blocked"


class AddressNotAllowed(SignInPaused):
    """The PBX's list of allowed addresses does not have this one (70087)."""

    key = "address_not_allowed"
    text = "this address is not allowed"


class TooManyTokens(SignInPaused):
    """All eight access tokens of the application are in use (60002)."""

    key = "too_many_tokens"
    text = "all access tokens are in use"


class AccessDenied(YeastarError):
    """The application may not do this, or the feature is switched off."""

    key = "access_denied"
    text = "access is denied"


class TokenRefused(AccessDenied):
    """The access token is not accepted.

    `expired` tells 10004, which means just that, from 10005 and HTTP 401, which may as
    well mean that the application lacks the permission.
    """

    text = "access token refused"

    def __init__(self, *, expired: bool) -> None:
        self.expired = expired


class Unauthorized(TokenRefused):
    """HTTP 401 without an API answer: the PBX or a gateway in front of it.

    The PBX may have acted all the same.
    """

    def __init__(self) -> None:
        super().__init__(expired=False)


class GatewayRefused(YeastarError):
    """A gateway in front of the PBX refuses requests, with HTTP 401 or 403."""

    key = "gateway_refused"

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status

    @property
    @override
    def details(self) -> dict[str, str]:
        """Return the HTTP status."""
        return {"status": str(self.status)}


class NotSupported(YeastarError):
    """The firmware has no such endpoint (10001)."""

    key = "not_supported"
    text = "the firmware has no such endpoint"


class NotFound(YeastarError):
    """The PBX has no such extension or file (60001; 40001 or 40002 of its name)."""

    key = "not_found"
    text = "no such extension or file"


class PbxFault(YeastarError):
    """The PBX answered with another error of its own."""

    key = "pbx_fault"

    def __init__(self, errcode: int) -> None:
        super().__init__(f"error {errcode}")
        self.errcode = errcode

    @property
    @override
    def details(self) -> dict[str, str]:
        """Return the error code."""
        return {"errcode": str(self.errcode)}


class InternalFault(PbxFault):
    """The PBX failed, or did not understand a parameter (-2)."""


class AlreadyExists(PbxFault):
    """The PBX has an object of this name already (40003)."""

    key = "already_exists"


class FileTooLarge(PbxFault):
    """The file is larger than the PBX accepts (40004)."""

    key = "file_too_large"


class LimitReached(PbxFault):
    """The PBX does not accept another object of this kind (60002)."""

    key = "limit_reached"


class InUse(PbxFault):
    """The PBX uses this object elsewhere (70091)."""

    key = "in_use"


class NoAudio(YeastarError):
    """The link of a greeting did not lead to audio."""

    key = "no_audio"
    text = "the link does not lead to audio"


class AudioTooLarge(YeastarError):
    """The audio is larger than a greeting can be."""

    key = "audio_too_large"
    text = "the audio is too large"
