"""The pause that a PBX demands from all its clients at one address."""

from dataclasses import dataclass, field
import time
from typing import Final

from ..errors import AddressBlocked, AddressNotAllowed, SignInPaused, TooManyTokens
from ..values import whole_number

# How long nothing is sent, in seconds. A block ends after about ten minutes if the PBX
# does not say when; an allow list is corrected by somebody who then tries again; a
# token expires within half an hour.
BLOCKED_PAUSE: Final = 11 * 60
NOT_ALLOWED_PAUSE: Final = 60
TOO_MANY_TOKENS_PAUSE: Final = 5 * 60
LONGEST_PAUSE: Final = 24 * 60 * 60

SIGN_IN_ENDPOINTS: Final = frozenset({"get_token", "refresh_token"})
_NEW_TOKEN: Final = frozenset({"get_token"})
_EVERYTHING: Final = None

type _Endpoints = frozenset[str] | None


@dataclass(slots=True)
class Pause:
    """Back off while the PBX rejects this address.

    Shared by all clients of a PBX, because retries can prolong a block. A block of
    sign-ins does not affect requests with a valid token; a lack of free tokens does not
    affect renewals. Each set of endpoints has a cause of its own, so that a short pause
    does not end a long one.
    """

    _causes: dict[_Endpoints, SignInPaused] = field(default_factory=dict)

    def check(self, endpoint: str) -> None:
        """Raise the SignInPaused that is in force for an endpoint."""
        now = time.time()
        in_force = [
            cause
            for endpoints, cause in self._causes.items()
            if now < cause.retry_at and (endpoints is None or endpoint in endpoints)
        ]
        if in_force:
            cause = max(in_force, key=lambda cause: cause.retry_at)
            raise type(cause)(cause.retry_at)

    def start(self, cause: SignInPaused, endpoint: str) -> None:
        """Pause as an endpoint demanded."""
        endpoints: _Endpoints
        if isinstance(cause, TooManyTokens):
            endpoints = _NEW_TOKEN | {endpoint}
        elif endpoint in SIGN_IN_ENDPOINTS:
            endpoints = SIGN_IN_ENDPOINTS
        else:
            endpoints = _EVERYTHING
        self._causes[endpoints] = cause

    def include(self, other: Pause) -> None:
        """Respect another pause, too: a person met it."""
        self._causes |= other._causes

    def end(self) -> None:
        """Let a person try again."""
        self._causes.clear()


def too_many_tokens() -> SignInPaused:
    """Return the pause of a PBX that has no free access token (60002)."""
    return TooManyTokens(time.time() + TOO_MANY_TOKENS_PAUSE)


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
