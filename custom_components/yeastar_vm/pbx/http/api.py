"""Requests to the API of one PBX, and downloads from it."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from functools import partial
import logging
import time
from typing import Final, Literal

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
from .bodies import RawAnswer, read_raw, read_start, read_whole
from .certificate import Certificate
from .failures import is_unavailable
from .pause import SIGN_IN_ENDPOINTS, Pause
from .transport import CONNECT_TIMEOUT, Body, Form, Transport
from .urls import BaseUrl

_LOGGER = logging.getLogger(__name__)

TIMEOUT: Final = aiohttp.ClientTimeout(total=30, sock_connect=CONNECT_TIMEOUT)
# A PBX behind 1 Mbit/s delivers the 8 MB of the largest greeting in about a minute.
DOWNLOAD_TIMEOUT: Final = aiohttp.ClientTimeout(
    total=300, sock_connect=CONNECT_TIMEOUT, sock_read=30
)
UPLOAD_TIMEOUT: Final = aiohttp.ClientTimeout(total=300, sock_connect=CONNECT_TIMEOUT)
MAX_ANSWER: Final = 2 * 1024 * 1024  # bytes; 500 extensions take about 500 kB
REQUESTS_AT_ONCE: Final = 8

# Requests about the token itself: they are sent beside the others, and `close` does not
# end them, so that no token is lost.
_TOKEN_ENDPOINTS: Final = SIGN_IN_ENDPOINTS | {"del_token"}


class PbxHttp:
    """The API of one PBX over HTTP."""

    def __init__(self, transport: Transport, pause: Pause) -> None:
        self._transport = transport
        self._pause = pause
        self._semaphore = asyncio.Semaphore(REQUESTS_AT_ONCE)

    @property
    def base_url(self) -> BaseUrl:
        """Return the base URL of the PBX."""
        return self._transport.base_url

    async def call(
        self,
        method: Literal["GET", "POST"],
        endpoint: str,
        *,
        query: dict[str, str] | None = None,
        body: Body = None,
        names: Collection[str] = (),
        limit: int = MAX_ANSWER,
    ) -> JsonObject:
        """Send one API request and return its answer, whose `errcode` is 0.

        `names` are the parameters that name what is asked for, `limit` is the largest
        answer in bytes. A form has the time of an upload. Raise a YeastarError for
        every other answer and for none. During a pause, raise SignInPaused and send
        nothing.
        """
        if endpoint in _TOKEN_ENDPOINTS:
            return await self._call(method, endpoint, query or {}, body, names, limit)
        async with self._semaphore:
            return await self._call(method, endpoint, query or {}, body, names, limit)

    async def download(self, url: str, limit: int) -> tuple[int, bytes]:
        """Fetch a URL of the origin of the PBX; return the HTTP status and the body.

        Raise AudioTooLarge for more than `limit` bytes, and errors as `call` does.
        """
        self._pause.check("download")
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
        self._pause.check("download")
        async with self._semaphore:
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
        self._pause.check("download")
        async with self._semaphore:
            _, answer = await self._transport.send(
                "GET",
                url,
                read=partial(read_raw, size=size, started=time.monotonic()),
                timeout=TIMEOUT,
            )
        return answer

    def respect(self, error: SignInPaused, endpoint: str) -> None:
        """Start the pause that an answer demands."""
        self._pause.start(error, endpoint)

    async def probe_certificate(self) -> tuple[Certificate, bool]:
        """Return the certificate of the server, and whether it is trusted."""
        return await self._transport.probe_certificate()

    @asynccontextmanager
    async def web_socket(
        self, endpoint: str, query: Mapping[str, str]
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Open a WebSocket of the API; see `Transport.web_socket`."""
        self._pause.check(endpoint)
        url = self.base_url.endpoint(endpoint, query)
        async with self._transport.web_socket(url) as socket:
            yield socket

    def close(self) -> None:
        """End all requests but those about the token, and send no more of them."""
        self._transport.close()

    async def _call(  # noqa: PLR0917 - as `call`
        self,
        method: str,
        endpoint: str,
        query: dict[str, str],
        body: Body,
        names: Collection[str],
        limit: int,
    ) -> JsonObject:
        self._pause.check(endpoint)
        started = time.monotonic()
        outcome = "no answer"
        try:
            status, content = await self._transport.send(
                method,
                self.base_url.endpoint(endpoint, query),
                body=body,
                read=partial(read_whole, limit=limit),
                timeout=UPLOAD_TIMEOUT if isinstance(body, Form) else TIMEOUT,
                interruptible=endpoint not in _TOKEN_ENDPOINTS,
            )
            if content is None:
                raise InvalidResponse("the answer is too large")
            errcode, answer = parse_answer(status, content)
            outcome = f"errcode {errcode}"
        except Unauthorized as err:
            outcome = str(err)
            if endpoint in SIGN_IN_ENDPOINTS:
                # The PBX itself refuses a sign-in with an `errcode`.
                raise GatewayRefused(401) from None
            raise
        except YeastarError as err:
            outcome = str(err)
            raise
        finally:
            _LOGGER.debug(
                "%s: %s after %.3f s", endpoint, outcome, time.monotonic() - started
            )
        if errcode == 0:
            return answer
        error = answer_error(errcode, endpoint, answer, names)
        if isinstance(error, SignInPaused):
            self._pause.start(error, endpoint)
        raise error
