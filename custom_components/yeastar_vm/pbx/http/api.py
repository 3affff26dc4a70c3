"""Requests to the API of one PBX, and downloads from it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    contextmanager,
)
from functools import partial
import logging
import time
from typing import Final

import aiohttp
from yarl import URL

from ..errors import (
    AudioTooLarge,
    CannotConnect,
    ConnectionFailure,
    GatewayRefused,
    InvalidResponse,
    SignInPaused,
    Unauthorized,
    YeastarError,
)
from ..values import JsonObject
from .answers import answer_error, parse_answer
from .bodies import (
    RawAnswer,
    read_answer,
    read_answer_start,
    read_start,
    read_whole,
)
from .certificate import Certificate
from .endpoint import DEL_TOKEN, SIGN_IN, Endpoint
from .failures import is_unavailable
from .mismatches import Mismatches
from .pause import Pause
from .transport import CONNECT_TIMEOUT, Body, Form, Transport
from .urls import BaseUrl

_LOGGER = logging.getLogger(__name__)

TIMEOUT: Final = aiohttp.ClientTimeout(total=30, sock_connect=CONNECT_TIMEOUT)
# A PBX behind 1 Mbit/s delivers the 8 MB of the largest greeting in about a minute.
DOWNLOAD_TIMEOUT: Final = aiohttp.ClientTimeout(
    total=300, sock_connect=CONNECT_TIMEOUT, sock_read=30
)
UPLOAD_TIMEOUT: Final = aiohttp.ClientTimeout(total=300, sock_connect=CONNECT_TIMEOUT)
REQUESTS_AT_ONCE: Final = 8
# Bytes of an answer that takes some milliseconds to read.
LARGE_ANSWER: Final = 256 * 1024

# Requests about the token itself. `close` does not end them, so that no token is lost.
_ABOUT_TOKENS: Final = (*SIGN_IN, DEL_TOKEN)

type Watcher = Callable[[str, RawAnswer], None]


class PbxHttp:
    """The API of one PBX over HTTP."""

    def __init__(
        self, transport: Transport, pause: Pause, mismatches: Mismatches
    ) -> None:
        self.pause = pause
        self.mismatches = mismatches
        # Who wants to see the answers to sign-ins, and refused handshakes.
        self._watchers: list[Watcher] = []
        self._transport = transport
        self._semaphore = asyncio.Semaphore(REQUESTS_AT_ONCE)

    @property
    def base_url(self) -> BaseUrl:
        """Return the base URL of the PBX."""
        return self._transport.base_url

    def turn(self) -> AbstractAsyncContextManager[None]:
        """Wait for one's turn: a PBX is asked a few things at once.

        A request about the token itself, which others wait for, needs none.
        """
        return self._semaphore

    async def call(
        self,
        endpoint: Endpoint,
        query: Mapping[str, str] | None = None,
        *,
        body: Body = None,
    ) -> JsonObject:
        """Send one API request and return its answer, whose `errcode` is 0.

        It is a POST if it has a body. A form has the time of an upload. Raise a
        YeastarError for every other answer and for none. During a pause, raise
        SignInPaused and send nothing.
        """
        self.pause.check(endpoint)
        started = time.monotonic()
        outcome = "no answer"
        try:
            _, raw = await self._transport.send(
                "GET" if body is None else "POST",
                self.base_url.endpoint(endpoint.path, query or {}),
                body=body,
                read=partial(read_answer, limit=endpoint.limit, started=started),
                timeout=UPLOAD_TIMEOUT if isinstance(body, Form) else TIMEOUT,
                interruptible=endpoint not in _ABOUT_TOKENS,
            )
            if endpoint in SIGN_IN:
                self._show(endpoint, raw)
            with self.mismatches.noted(endpoint.path, raw.body, raw.status):
                errcode, answer = await _parsed(raw)
            outcome = f"errcode {errcode}"
        except Unauthorized as err:
            outcome = str(err)
            if endpoint in SIGN_IN:
                # The PBX itself refuses a sign-in with an `errcode`.
                raise GatewayRefused(401) from None
            raise
        except YeastarError as err:
            outcome = str(err)
            raise
        finally:
            _LOGGER.debug(
                "%s: %s after %.3f s",
                endpoint.path,
                outcome,
                time.monotonic() - started,
            )
        if errcode == 0:
            return answer
        error = answer_error(errcode, answer, endpoint)
        if isinstance(error, SignInPaused):
            self.pause.start(error, endpoint)
        raise error

    async def download(self, url: str, limit: int) -> tuple[int, bytes]:
        """Fetch a URL of the origin of the PBX; return the HTTP status and the body.

        Raise AudioTooLarge for more than `limit` bytes, and errors as `call` does.
        """
        self.pause.check()
        status, content = await self._transport.send(
            "GET",
            URL(url, encoded=True),
            read=partial(read_whole, limit=limit),
            timeout=DOWNLOAD_TIMEOUT,
        )
        if content is None:
            raise AudioTooLarge
        if is_unavailable(status):
            raise CannotConnect(ConnectionFailure.UNAVAILABLE)
        return status, content

    async def read_start(self, url: str, size: int) -> tuple[int, bytes]:
        """Fetch the first bytes of a URL; return and raise as `download` does."""
        self.pause.check()
        async with self.turn():
            status, content = await self._transport.send(
                "GET",
                URL(url, encoded=True),
                read=partial(read_start, size=size),
                timeout=TIMEOUT,
            )
        if is_unavailable(status):
            raise CannotConnect(ConnectionFailure.UNAVAILABLE)
        return status, content

    async def fetch_raw(self, url: URL, size: int) -> RawAnswer:
        """Fetch a URL of the PBX, and return the start of the answer whatever it is."""
        self.pause.check()
        async with self.turn():
            _, answer = await self._transport.send(
                "GET",
                url,
                read=partial(read_answer_start, size=size, started=time.monotonic()),
                timeout=TIMEOUT,
            )
        return answer

    async def probe_certificate(self) -> tuple[Certificate, bool]:
        """Return the certificate of the server, and whether it is trusted."""
        return await self._transport.probe_certificate()

    @asynccontextmanager
    async def web_socket(
        self, endpoint: Endpoint, query: Mapping[str, str]
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Open a WebSocket of the API; see `Transport.web_socket`."""
        self.pause.check(endpoint)
        url = self.base_url.endpoint(endpoint.path, query)
        show = partial(self._show, endpoint)
        async with self._transport.web_socket(url, show) as socket:
            yield socket

    @contextmanager
    def watched(self, watcher: Watcher) -> Iterator[None]:
        """Let somebody see the answers to sign-ins, and refused handshakes."""
        self._watchers.append(watcher)
        try:
            yield
        finally:
            self._watchers.remove(watcher)

    def _show(self, endpoint: Endpoint, raw: RawAnswer) -> None:
        for watcher in self._watchers:
            watcher(endpoint.path, raw)

    def close(self) -> None:
        """End all requests but those about the token, and send no more of them."""
        self._transport.close()


async def _parsed(raw: RawAnswer) -> tuple[int, JsonObject]:
    """Return the `errcode` of an answer, and the answer; a large one in a thread."""
    if raw.body is None:
        raise InvalidResponse("the answer is too large")
    if len(raw.body) > LARGE_ANSWER:
        return await asyncio.to_thread(parse_answer, raw.status, raw.body)
    return parse_answer(raw.status, raw.body)
