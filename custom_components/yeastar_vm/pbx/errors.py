"""What can go wrong with a PBX: one class for each thing that a caller does about it.

No text in here carries a URL, a token or a secret.
"""

from enum import StrEnum
from typing import ClassVar, override


class YeastarError(Exception):
    """Base of everything that this library raises."""

    text: ClassVar[str]

    @override
    def __str__(self) -> str:
        """Return what happened, in words for the log."""
        return super().__str__() or self.text


class InvalidUrl(YeastarError):
    """What was typed cannot be the base URL of a PBX."""

    text = "not the URL of a PBX"


class ConnectionFailure(StrEnum):
    """Why no answer of the PBX arrived."""

    HOST_NOT_FOUND = "host_not_found"
    CONNECTION_REFUSED = "connection_refused"
    CONNECTION_LOST = "connection_lost"
    TLS_FAILED = "tls_failed"
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"


class CannotConnect(YeastarError):
    """The PBX could not be reached, or its answer did not arrive: try again later."""

    def __init__(self, reason: ConnectionFailure) -> None:
        """Keep the reason."""
        super().__init__(reason.value)
        self.reason = reason


class CertificateNotTrusted(YeastarError):
    """No authority vouches for the server's certificate: pin it or do not connect."""

    text = "no authority vouches for the certificate"


class CertificateChanged(YeastarError):
    """The server shows another certificate than the pinned one. Nothing was sent."""

    def __init__(self, fingerprint: str) -> None:
        """Keep the SHA-256 fingerprint that was met: 64 lower-case hex digits."""
        super().__init__("the certificate is not the pinned one")
        self.fingerprint = fingerprint


class Redirected(YeastarError):
    """The server sends its callers to another origin, which is not followed."""

    def __init__(self, origin: str) -> None:
        """Keep the origin, e.g. `https://192.168.5.150:8088`."""
        super().__init__("redirected to another origin")
        self.origin = origin


class InvalidResponse(YeastarError):
    """What answered is not a P-Series PBX, or the answer is not one that it gives."""

    text = "not an answer of a PBX"


class InvalidCredentials(YeastarError):
    """The PBX refused the sign-in: new credentials are needed, no retry will help."""

    text = "the sign-in is refused"


class SignInPaused(YeastarError):
    """The PBX takes no sign-in for now. Nothing is sent to it before `retry_at`."""

    def __init__(self, retry_at: float) -> None:
        """Keep the time of the next attempt, in seconds since the epoch."""
        super().__init__()
        self.retry_at = retry_at


class AddressBlocked(SignInPaused):
    """Too many refused sign-ins came from this address (70004)."""

    text = "this address is blocked"


class AddressNotAllowed(SignInPaused):
    """The PBX's list of allowed addresses does not have this one (70087)."""

    text = "this address is not allowed"


class TooManyTokens(SignInPaused):
    """All eight access tokens of the application are in use (60002)."""

    text = "all access tokens are in use"


class AccessDenied(YeastarError):
    """The application may not do this, or the feature is switched off."""

    text = "access is denied"


class TokenRefused(AccessDenied):
    """The access token is not accepted: renew it once before giving up.

    `expired` tells 10004, which means just that, from 10005 and HTTP 401, which may as
    well mean that the application lacks the permission.
    """

    def __init__(self, *, expired: bool) -> None:
        """Keep which of the two it is."""
        super().__init__("access token refused")
        self.expired = expired


class NotSupported(YeastarError):
    """The firmware has no such endpoint (10001)."""

    text = "the firmware has no such endpoint"


class NotFound(YeastarError):
    """The PBX has no such extension or file (60001; 40001 or 40002 of its name)."""

    text = "no such extension or file"


class PbxFault(YeastarError):
    """The PBX answered with another error of its own."""

    def __init__(self, errcode: int) -> None:
        """Keep the error code of the vendor's table."""
        super().__init__(f"error {errcode}")
        self.errcode = errcode


class NoAudio(YeastarError):
    """The link of a greeting did not lead to audio."""

    text = "the link does not lead to audio"


class AudioTooLarge(YeastarError):
    """The audio is larger than a greeting can be."""

    text = "the audio is too large"
