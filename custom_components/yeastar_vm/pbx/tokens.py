"""The access token of one PBX: obtain, renew and revoke it.

The PBX allows eight access tokens for the whole application, rotates the refresh token
with each use, and locks an address out after five refused sign-ins. So there is one
token, one renewal however many callers wait for it, and no sign-in is ever repeated
that was refused. (Vendor pages "Get", "Refresh" and "Revoke Access Token".)
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
import time
from typing import Final, NoReturn

from .errors import (
    ApiMissing,
    GatewayRefused,
    Interrupted,
    InvalidCredentials,
    InvalidResponse,
    PbxFault,
    SignInFailed,
    TokenRefused,
)
from .http.api import PbxHttp
from .http.endpoint import DEL_TOKEN, GET_TOKEN, REFRESH_TOKEN, Endpoint
from .sign_in import Credentials, SignIn, TokenPair

RENEW_EARLY: Final = 60  # seconds before an access token expires
CLOSE_TIMEOUT: Final = 3  # seconds that a running renewal may take to finish
DOUBTFUL_RENEWALS: Final = 60  # seconds between renewals that may not help

# What a PBX answers that does not accept a sign-in. A wrong secret comes as -1, the
# generic failure. What a dead refresh token gets is not documented: it may be a
# parameter error, too.
_REFUSED: Final = {-1, 10004, 10005, 40001, 40002, 60001}
# Any other error may pass, or be how this PBX refuses a sign-in. So many in a row are
# taken for a refusal: it blocks the address after five. An internal error is more
# likely to pass.
_DOUBTFUL: Final = 2
_PATIENCE: Final = {-2: 4}


class TokenManager:
    """Hold the one access token of a PBX."""

    def __init__(self, http: PbxHttp, sign_in: SignIn) -> None:
        self._http = http
        self.sign_in = sign_in
        self._listeners: list[Callable[[SignIn], None]] = []
        self._renewal: asyncio.Task[None] | None = None
        # What the callers wait for: the end of the renewal, or of this manager.
        self._outcome: asyncio.Future[None] | None = None
        self._doubtful_until = 0.0
        self._closed = False

    def add_listener(self, listener: Callable[[SignIn], None]) -> None:
        """Call a listener with each new sign-in."""
        self._listeners.append(listener)

    async def get(self) -> str:
        """Return an access token that is valid for another minute.

        One that cannot be renewed is returned until the PBX refuses it. Raise
        InvalidCredentials if only a new sign-in helps, and errors as `PbxHttp.call`
        does.
        """
        tokens = self.sign_in.tokens
        can_renew = self.sign_in.credentials or (tokens and tokens.refresh_token)
        if tokens is None or (
            can_renew and tokens.access_expires_at - RENEW_EARLY <= time.time()
        ):
            await self._renew_together()
        return self._current()

    def is_current(self, access_token: str) -> bool:
        """Return whether an access token is the one that is held."""
        tokens = self.sign_in.tokens
        return tokens is not None and tokens.access_token == access_token

    async def renew_after(self, refusal: TokenRefused, refused: str) -> str | None:
        """Return another access token than the one that the PBX just refused.

        It is None if another one would hardly help: where the PBX does not say that the
        token expired, and renewing did not help a moment ago, either. One that expired
        is not sent again, whatever becomes of the renewal.
        """
        tokens = self.sign_in.tokens
        if tokens and self.is_current(refused):
            now = time.monotonic()
            if not refusal.expired and self._renewal is None:
                if now < self._doubtful_until:
                    return None
                self._doubtful_until = now + DOUBTFUL_RENEWALS
            dead = replace(tokens, access_expires_at=0)
            self.sign_in = replace(self.sign_in, tokens=dead)
            await self._renew_together()
        return self._current()

    def note_helpful_renewal(self) -> None:
        """Note that the PBX accepts another token for what it refused before."""
        self._doubtful_until = 0

    async def revoke(self) -> None:
        """Revoke the access token, which frees its place on the PBX."""
        tokens = self.sign_in.tokens
        if tokens and time.time() < tokens.access_expires_at:
            with suppress(TokenRefused):
                await self._http.call(DEL_TOKEN, {"access_token": tokens.access_token})

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
        credentials, tokens = self.sign_in.credentials, self.sign_in.tokens
        # Without credentials, the refresh token is all there is: whether it lives, the
        # PBX knows better than this clock.
        if (
            tokens
            and tokens.refresh_token
            and (credentials is None or time.time() < tokens.refresh_expires_at)
            and await self._refresh(tokens.refresh_token)
        ):
            return
        if credentials is None:
            self._give_up()
        await self._obtain(credentials)

    async def _refresh(self, refresh_token: str) -> bool:
        """Return whether the PBX took the refresh token.

        What credentials may get over is raised only if there are none.
        """
        has_credentials = self.sign_in.credentials is not None
        try:
            await self._ask(REFRESH_TOKEN, {"refresh_token": refresh_token})
        except PbxFault as err:
            if has_credentials and err.errcode not in _REFUSED:
                return False
            if failed := self._passing(err, REFRESH_TOKEN):
                raise failed from None
            self._save(replace(self.sign_in, tokens=None))
            return False
        except ApiMissing, GatewayRefused, InvalidResponse:
            if not has_credentials:
                raise
            return False
        return True

    async def _obtain(self, credentials: Credentials) -> None:
        body = {
            "username": credentials.client_id,
            "password": credentials.client_secret,
        }
        try:
            await self._ask(GET_TOKEN, body)
        except PbxFault as err:
            if failed := self._passing(err, GET_TOKEN):
                raise failed from None
            self._give_up()

    async def _ask(self, endpoint: Endpoint, body: dict[str, str]) -> None:
        """Ask for tokens, and keep them."""
        now = time.time()
        answer = await self._http.call(endpoint, body=body)
        with self._http.mismatches.noted(endpoint.path, answer):
            tokens = TokenPair.from_answer(answer, now)
        self._http.pause.failures = 0
        self._save(replace(self.sign_in, tokens=tokens))

    def _passing(self, err: PbxFault, endpoint: Endpoint) -> SignInFailed | None:
        """Return the pause after an error that may pass, or None after a refusal."""
        if err.errcode in _REFUSED:
            return None
        pause = self._http.pause
        pause.failures += 1
        if pause.failures >= _PATIENCE.get(err.errcode, _DOUBTFUL):
            return None
        return pause.sign_in_failed(err.errcode, endpoint)

    def _give_up(self) -> NoReturn:
        self._save(replace(self.sign_in, tokens=None, refused=True))
        raise InvalidCredentials from None

    def _save(self, sign_in: SignIn) -> None:
        self.sign_in = sign_in
        for listener in list(self._listeners):
            listener(sign_in)
