"""Requests with an access token that is renewed."""

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
)
from contextlib import asynccontextmanager
from typing import Final

import aiohttp

from .errors import (
    GatewayRefused,
    Interrupted,
    NotSupported,
    TokenRefused,
    Unauthorized,
    YeastarError,
)
from .http.api import PbxHttp
from .http.endpoint import INFORMATION, Endpoint
from .http.mismatches import Mismatches
from .http.transport import Body
from .http.urls import BaseUrl, query_string
from .tokens import TokenManager
from .values import JsonObject

# The access tokens that a request is sent with, one after the other: a renewed one may
# be dead by the time that it arrives.
ATTEMPTS: Final = 3
REQUESTS_AT_ONCE: Final = 4


class PbxSession:
    """Requests to a PBX that need an access token."""

    def __init__(self, http: PbxHttp, tokens: TokenManager) -> None:
        self._http = http
        self._tokens = tokens
        # The endpoints that refuse access tokens which are good elsewhere.
        self._refusing = set[Endpoint]()

    @property
    def base_url(self) -> BaseUrl:
        """Return the base URL of the PBX."""
        return self._http.base_url

    @property
    def mismatches(self) -> Mismatches:
        """Return the answers that were refused."""
        return self._http.mismatches

    async def ask(
        self,
        endpoint: Endpoint,
        parameters: Mapping[str, str] | None = None,
        *,
        body: Body = None,
    ) -> JsonObject:
        """Send a request and return its answer; raise errors as `PbxHttp.call` does."""

        async def send(token: str) -> JsonObject:
            query = {"access_token": token, **(parameters or {})}
            return await self._http.call(endpoint, query, body=body)

        await self._tokens.get()  # All who wait for it share a renewal that fails.
        async with self._http.turn():
            return await self._with_token(endpoint, send)

    async def fetch[Content](
        self,
        endpoint: Endpoint,
        url: str,
        fetch: Callable[[str], Awaitable[Content]],
    ) -> Content:
        """Fetch a URL of the PBX with an access token.

        `endpoint` is the one that told the URL. `fetch` raises TokenRefused if the PBX
        does not accept the token.
        """

        async def fetch_with(token: str) -> Content:
            query = query_string({"access_token": token})
            return await fetch(f"{url}{'&' if '?' in url else '?'}{query}")

        return await self._with_token(endpoint, fetch_with)

    @asynccontextmanager
    async def web_socket(
        self, endpoint: Endpoint
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Open a WebSocket; a dead access token is renewed for the next one.

        Raise TokenRefused that says `expired` if another token may help.
        """
        token = await self._tokens.get()
        try:
            async with self._http.web_socket(
                endpoint, {"access_token": token}
            ) as socket:
                yield socket
        except TokenRefused, NotSupported:
            # The server need not tell why it refuses a handshake.
            refusal = await self._ask_about(token)
            if refusal and await self._tokens.renew_after(refusal, token):
                raise TokenRefused(expired=True) from None
            raise

    async def read_start(self, url: str, size: int) -> tuple[int, bytes]:
        """Fetch the first bytes of a URL; see `PbxHttp.read_start`."""
        return await self._http.read_start(url, size)

    async def download(self, url: str, limit: int) -> tuple[int, bytes]:
        """Fetch a URL of the PBX; see `PbxHttp.download`."""
        return await self._http.download(url, limit)

    async def _with_token[Answer](
        self, endpoint: Endpoint, send: Callable[[str], Awaitable[Answer]]
    ) -> Answer:
        """Send a request with an access token; renew one that is dead.

        Whether it is, 10004 says by itself, as a rule. After any other refusal, the PBX
        is asked.
        """
        token = await self._tokens.get()
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = await send(token)
            except TokenRefused as err:
                refusal = err
            else:
                self._refusing.discard(endpoint)
                if attempt > 1:
                    self._tokens.note_helpful_renewal()
                return answer
            about_token: TokenRefused | None = refusal
            is_first = attempt == 1 and endpoint not in self._refusing
            if not (refusal.expired and is_first) and endpoint is not INFORMATION:
                about_token = await self._ask_about(token)
            if about_token is None:
                self._refusing.add(endpoint)
                break
            renewed = await self._tokens.renew_after(about_token, token)
            if renewed is None or (endpoint.acts and isinstance(refusal, Unauthorized)):
                break  # After HTTP 401, the PBX may have acted.
            token = renewed
        raise GatewayRefused(401) if isinstance(refusal, Unauthorized) else refusal

    async def _ask_about(self, token: str) -> TokenRefused | None:
        """Ask the PBX something ordinary; return how it refuses an access token.

        None means that the token is good. One that was renewed meanwhile is dead.
        """
        if not self._tokens.is_current(token):
            return TokenRefused(expired=True)
        try:
            await self._http.call(INFORMATION, {"access_token": token})
        except TokenRefused as err:
            return err
        except Interrupted:
            raise
        except YeastarError:
            return None  # At least it was not refused.
        return None


async def gather_limited[Argument, Result](
    ask: Callable[[Argument], Awaitable[Result]], arguments: Iterable[Argument]
) -> list[Result]:
    """Return the answer for each argument, a few at a time; raise the first error."""
    semaphore = asyncio.Semaphore(REQUESTS_AT_ONCE)

    async def limited(argument: Argument) -> Result:
        async with semaphore:
            return await ask(argument)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(limited(each)) for each in arguments]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]
