"""The pause that a PBX demands from all its clients at one address."""

from dataclasses import dataclass, field
import time
from typing import Final

from ..errors import (
    AddressBlocked,
    AddressNotAllowed,
    ApiMissing,
    SignInFailed,
    SignInPaused,
    TooManyTokens,
)
from ..values import whole_number
from .endpoint import GET_TOKEN, SIGN_IN, Endpoint

# How long nothing is sent, in seconds. A block ends after about ten minutes if the PBX
# does not say when; an allow list is corrected by somebody who then tries again; a
# token expires within half an hour.
BLOCKED_PAUSE: Final = 11 * 60
NOT_ALLOWED_PAUSE: Final = 60
TOO_MANY_TOKENS_PAUSE: Final = 5 * 60
API_MISSING_PAUSE: Final = 60
FAILED_PAUSES: Final = (60, 5 * 60, 15 * 60)
LONGEST_PAUSE: Final = 24 * 60 * 60

_EVERYTHING: Final = None

type _Endpoints = frozenset[Endpoint] | None


@dataclass(frozen=True, slots=True)
class _Cause:
    """Why there is a pause.

    It ends by the clock, which the user is told, or by the monotonic one: somebody may
    set the clock back.
    """

    error: SignInPaused
    ends_at: float

    @property
    def seconds_left(self) -> float:
        """Return how long it lasts."""
        return min(self.error.retry_at - time.time(), self.ends_at - time.monotonic())


@dataclass(slots=True)
class Pause:
    """Back off while the PBX rejects this address, or fails to sign anybody in.

    Shared by all clients of a PBX, because retries can prolong a block. A block of
    sign-ins does not affect requests with a valid token; a lack of free tokens does not
    affect renewals. Each set of endpoints has a cause of its own, so that a short pause
    does not end a long one.
    """

    # How many sign-ins in a row failed with an error that may pass.
    failures: int = 0
    _causes: dict[_Endpoints, _Cause] = field(default_factory=dict)

    def check(self, endpoint: Endpoint | None = None) -> None:
        """Raise the SignInPaused that is in force for an endpoint, or for downloads."""
        longest = max(
            (
                cause
                for endpoints, cause in self._causes.items()
                if endpoints is _EVERYTHING or endpoint in endpoints
            ),
            key=lambda each: each.seconds_left,
            default=None,
        )
        if longest and (left := longest.seconds_left) > 0:
            error = longest.error
            raise error.until(min(error.retry_at, time.time() + left))

    def start(self, error: SignInPaused, endpoint: Endpoint) -> None:
        """Pause as an endpoint demanded."""
        endpoints: _Endpoints
        match error:
            case TooManyTokens():
                endpoints = frozenset({GET_TOKEN, endpoint})
            case ApiMissing() | SignInFailed():
                endpoints = frozenset({endpoint})
            case _ if endpoint in SIGN_IN:
                endpoints = frozenset(SIGN_IN)
            case _:
                endpoints = _EVERYTHING
        seconds = error.retry_at - time.time()
        self._causes[endpoints] = _Cause(error, time.monotonic() + seconds)

    def sign_in_failed(self, errcode: int, endpoint: Endpoint) -> SignInFailed:
        """Pause after a sign-in that failed with an error that may pass."""
        seconds = FAILED_PAUSES[min(self.failures, len(FAILED_PAUSES)) - 1]
        error = SignInFailed(time.time() + seconds, errcode)
        self.start(error, endpoint)
        return error

    def include(self, other: Pause) -> None:
        """Respect another pause, too: a person met it."""
        self._causes |= other._causes

    def end(self) -> None:
        """Let a person try again."""
        self.failures = 0
        self._causes.clear()


def too_many_tokens() -> SignInPaused:
    """Return the pause of a PBX that has no free access token (60002)."""
    return TooManyTokens(time.time() + TOO_MANY_TOKENS_PAUSE)


def api_missing() -> SignInPaused:
    """Return the pause of a PBX that has no API to sign in to (10001)."""
    return ApiMissing(time.time() + API_MISSING_PAUSE)


def address_not_allowed() -> SignInPaused:
    """Return the pause of a PBX whose allow list lacks this address (70087)."""
    return AddressNotAllowed(time.time() + NOT_ALLOWED_PAUSE)


def address_blocked(block_expire_time: object) -> SignInPaused:
    """Return the pause of a PBX that blocks this address (70004).

    The unit of `block_expire_time` is not documented: small numbers are taken for
    seconds to go, large ones for a time (in seconds or milliseconds).
    """
    now = time.time()
    until = whole_number(block_expire_time) or 0
    if until > 10**11:
        until //= 1000
    if 0 < until <= LONGEST_PAUSE:
        return AddressBlocked(now + until)
    if now < until <= now + LONGEST_PAUSE:
        return AddressBlocked(until)
    return AddressBlocked(now + BLOCKED_PAUSE)
