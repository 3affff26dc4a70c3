"""A sign-in to a PBX: the credentials, and the tokens that it led to."""

from dataclasses import dataclass, field
from typing import ClassVar, Self

from .errors import InvalidResponse
from .values import JsonObject, text, whole_number


@dataclass(frozen=True, slots=True)
class Credentials:
    """Client ID and Client Secret of the PBX's page Integrations > API."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenPair:
    """An access token and the refresh token that renews it.

    Times are in seconds since the epoch.
    """

    access_token: str = field(repr=False)
    access_expires_at: float
    refresh_token: str = field(repr=False)
    refresh_expires_at: float

    # Section "Get Access Token" of the vendor's guide; only a start for tokens whose
    # age is not known, since each answer states its own.
    ACCESS_LIFETIME: ClassVar = 1800
    REFRESH_LIFETIME: ClassVar = 86400

    @classmethod
    def of_unknown_age(cls, access_token: str, refresh_token: str, now: float) -> Self:
        """Return tokens that somebody else obtained, taken to be new."""
        return cls(
            access_token,
            now + cls.ACCESS_LIFETIME,
            refresh_token,
            now + cls.REFRESH_LIFETIME,
        )

    @classmethod
    def from_answer(cls, answer: JsonObject, now: float) -> Self:
        """Read the answer of `get_token` and `refresh_token`.

        Raise InvalidResponse if it contains no access token.
        """
        access_token = text(answer.get("access_token"))
        if not access_token:
            raise InvalidResponse("no access token in the answer")
        access = whole_number(answer.get("access_token_expire_time"))
        refresh = whole_number(answer.get("refresh_token_expire_time"))
        return cls(
            access_token,
            now + (access or cls.ACCESS_LIFETIME),
            text(answer.get("refresh_token")),
            now + (refresh or cls.REFRESH_LIFETIME),
        )


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in, to be kept across restarts.

    Without `credentials`, tokens live only as long as they can be refreshed. `refused`
    says that the PBX refused it: nothing is sent until there is a new one.
    """

    credentials: Credentials | None
    tokens: TokenPair | None = None
    refused: bool = False
