"""Access and refresh tokens.

Vendor's documents: "Get access token", "Refresh access token", "Revoke access token",
"Authorization rule". A login takes one of eight slots until its access token expires
or is revoked; refreshing keeps the slot.
"""

from dataclasses import dataclass, field
import secrets
import string

from . import errors
from .switches import OldTokens, Switches

ACCESS_TOKEN_SECONDS = 1800
REFRESH_TOKEN_SECONDS = 86400
SLOTS = 8
TOKEN_LENGTH = 32


def random_text(length: int) -> str:
    """Return ``length`` random letters and digits."""
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(length))


@dataclass
class _Session:
    """One login: its access tokens with their expiry, and the latest refresh token."""

    access: dict[str, float]
    refresh_token: str
    refresh_expires: float

    def live_tokens(self, now: float) -> list[str]:
        return [token for token, expires in self.access.items() if expires > now]


@dataclass
class Tokens:
    """The tokens that the PBX has given out. Times are seconds since the epoch."""

    switches: Switches
    _sessions: list[_Session] = field(default_factory=list)

    def live(self, now: float) -> list[str]:
        """Return the access tokens that are valid, oldest login first."""
        return [
            token for session in self._sessions for token in session.live_tokens(now)
        ]

    def expires_at(self, access_token: str) -> float | None:
        """Return when an access token expires; None: there is none such."""
        for session in self._sessions:
            if access_token in session.access:
                return session.access[access_token]
        return None

    def issue(self, now: float) -> dict[str, object]:
        """Return the fields of a ``get_token`` answer for a new login."""
        match self.switches.old_tokens_at_sign_in:
            case OldTokens.ACCESS_DIES:
                for earlier in self._sessions:
                    earlier.access.clear()
            case OldTokens.ALL_DIE:
                self.forget()
        self._check_slots(now)
        session = _Session({}, "", now)
        self._sessions.append(session)
        return _renew(session, now)

    def refresh(self, refresh_token: str, now: float) -> dict[str, object] | None:
        """Return the fields of a ``refresh_token`` answer; None: a bad token."""
        session = self._session_to_refresh(refresh_token, now)
        if session is None:
            return None
        if not session.live_tokens(now):
            self._check_slots(now)
        if self.switches.old_access_token_dies_at_refresh:
            session.access.clear()
        return _renew(session, now)

    def revoke(self, access_token: str) -> None:
        """Let an access token die."""
        for session in self._sessions:
            session.access.pop(access_token, None)

    def forget(self) -> None:
        """Let all tokens die."""
        self._sessions.clear()

    def _session_to_refresh(self, refresh_token: str, now: float) -> _Session | None:
        if self.switches.refuse_refresh:
            return None
        for session in self._sessions:
            if session.refresh_token == refresh_token and session.refresh_expires > now:
                return session
        return None

    def _check_slots(self, now: float) -> None:
        taken = sum(bool(session.live_tokens(now)) for session in self._sessions)
        if taken >= SLOTS:
            raise errors.ApiError(errors.MAX_LIMITATION_EXCEEDED)


def _renew(session: _Session, now: float) -> dict[str, object]:
    access_token = random_text(TOKEN_LENGTH)
    session.access[access_token] = now + ACCESS_TOKEN_SECONDS
    session.refresh_token = random_text(TOKEN_LENGTH)
    session.refresh_expires = now + REFRESH_TOKEN_SECONDS
    return {
        "access_token_expire_time": ACCESS_TOKEN_SECONDS,
        "access_token": access_token,
        "refresh_token_expire_time": REFRESH_TOKEN_SECONDS,
        "refresh_token": session.refresh_token,
    }
