"""The access token of one PBX: obtain, renew and revoke it.

The PBX allows eight access tokens for the whole application, rotates the refresh token
with each use, and locks an address out after five refused sign-ins. So there is one
token, one renewal however many callers wait for it, and no sign-in is ever repeated
that was refused. (Vendor pages "Get", "Refresh" and "Revoke Access Token".)
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
import time
from typing import ClassVar, Final, NoReturn, Self

from .errors import (
    AccessDenied,
    GatewayRefused,
    Interrupted,
    InvalidCredentials,
    InvalidResponse,
    NotFound,
    NotSupported,
    PbxFault,
    TokenRefused,
    YeastarError,
)
from .http.api import PbxHttp
from .values import JsonObject, text, whole_number

RENEW_EARLY: Final = 60  # seconds before an access token expires
CLOSE_TIMEOUT: Final = 3  # seconds that a running renewal may take to finish

# The PBX answered, though not with a token.
_ANSWERED: Final = (
    AccessDenied,
    GatewayRefused,
    InvalidResponse,
    NotFound,
    NotSupported,
    PbxFault,
)


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


class TokenManager:
    """Hold the one access token of a PBX."""

    def __init__(self, http: PbxHttp, sign_in: SignIn) -> None:
        self._http = http
        self.sign_in = sign_in
        self._listeners: list[Callable[[SignIn], None]] = []
        self._renewal: asyncio.Task[None] | None = None
        # What the callers wait for: the end of the renewal, or of this manager.
        self._outcome: asyncio.Future[None] | None = None
        self._closed = False

    def add_listener(self, listener: Callable[[SignIn], None]) -> Callable[[], None]:
        """Call a listener with each new sign-in; return a function that removes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def get(self) -> str:
        """Return an access token that is valid for another minute.

        Raise InvalidCredentials if only a new sign-in helps, and errors as
        `PbxHttp.call` does.
        """
        tokens = self.sign_in.tokens
        if tokens is None or tokens.access_expires_at - RENEW_EARLY <= time.time():
            await self._renew_together()
        return self._current()

    async def renew_after_refusal(self, refused: str, *, expired: bool) -> str:
        """Return another access token than the one that the PBX just refused.

        One that is `expired` is not sent again, whatever becomes of the renewal.
        """
        tokens = self.sign_in.tokens
        if tokens is None or tokens.access_token == refused:
            if tokens and expired:
                dead = replace(tokens, access_expires_at=0)
                self.sign_in = replace(self.sign_in, tokens=dead)
            await self._renew_together()
        return self._current()

    async def revoke(self) -> None:
        """Revoke the access token, which frees its place on the PBX."""
        tokens = self.sign_in.tokens
        if tokens and time.time() < tokens.access_expires_at:
            with suppress(TokenRefused):
                await self._http.call(
                    "GET", "del_token", query={"access_token": tokens.access_token}
                )

    async def close(self, limit: float | None = None) -> None:
        """Stop renewing. Who waits for a renewal gets Interrupted.

        A renewal that is already running may finish, so that its tokens are not lost:
        within CLOSE_TIMEOUT, or in as many seconds as `limit` says.
        """
        self._closed = True
        if self._outcome and not self._outcome.done():
            self._outcome.set_exception(Interrupted())
            self._outcome.exception()  # There may be no callers left.
        if renewal := self._renewal:
            await asyncio.wait([renewal], timeout=limit or CLOSE_TIMEOUT)
            renewal.cancel()

    def _current(self) -> str:
        if self.sign_in.tokens is None:
            raise InvalidCredentials
        return self.sign_in.tokens.access_token

    async def _renew_together(self) -> None:
        """Share one renewal between callers; cancelling a caller does not cancel it."""
        if self._closed:
            raise Interrupted
        if self._renewal is None:
            self._outcome = asyncio.get_running_loop().create_future()
            self._renewal = asyncio.create_task(self._renew())
            self._renewal.add_done_callback(self._renewed)
        outcome = self._outcome
        assert outcome
        await asyncio.wait([outcome])
        outcome.result()

    def _renewed(self, renewal: asyncio.Task[None]) -> None:
        self._renewal = None
        error = Interrupted() if renewal.cancelled() else renewal.exception()
        assert self._outcome
        if not self._outcome.done():
            if error:
                self._outcome.set_exception(error)
            else:
                self._outcome.set_result(None)
        self._outcome.exception()  # Mark as retrieved if all callers were cancelled.

    async def _renew(self) -> None:
        if self.sign_in.refused:
            raise InvalidCredentials
        now = time.time()
        tokens = self.sign_in.tokens
        if tokens and tokens.refresh_token and now < tokens.refresh_expires_at:
            body = {"refresh_token": tokens.refresh_token}
            try:
                answer = await self._http.call("POST", "refresh_token", body=body)
                tokens = TokenPair.from_answer(answer, now)
            except YeastarError as err:
                if _is_refusal(err):
                    self._save(replace(self.sign_in, tokens=None))
                elif not (self.sign_in.credentials and isinstance(err, _ANSWERED)):
                    # Credentials can be tried whatever the answer was; without them the
                    # refresh token is all there is.
                    raise
            else:
                self._save_tokens(tokens)
                return
        await self._obtain()

    async def _obtain(self) -> None:
        credentials = self.sign_in.credentials
        if credentials is None:
            self._give_up()
        now = time.time()
        body = {
            "username": credentials.client_id,
            "password": credentials.client_secret,
        }
        try:
            answer = await self._http.call("POST", "get_token", body=body)
        except YeastarError as err:
            if not _is_refusal(err):
                raise
            self._give_up()
        self._save_tokens(TokenPair.from_answer(answer, now))

    def _give_up(self) -> NoReturn:
        self._save(replace(self.sign_in, tokens=None, refused=True))
        raise InvalidCredentials from None

    def _save_tokens(self, tokens: TokenPair) -> None:
        self._save(replace(self.sign_in, tokens=tokens))

    def _save(self, sign_in: SignIn) -> None:
        self.sign_in = sign_in
        for listener in list(self._listeners):
            listener(sign_in)


def _is_refusal(err: YeastarError) -> bool:
    """Return whether `get_token` or `refresh_token` refused what it was given.

    A wrong secret comes as -1, the generic failure; what a dead refresh token gets is
    not documented: it may be a parameter error, too.
    """
    return isinstance(err, TokenRefused | NotFound) or (
        isinstance(err, PbxFault) and err.errcode in {-1, 40001, 40002}
    )
