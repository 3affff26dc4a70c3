"""HTTP requests to one server: bounded, and within its certificate."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address
import ssl
import time
from typing import Final

import aiohttp
from yarl import URL

from ..errors import (
    CannotConnect,
    CertificateNotTrusted,
    ConnectionFailure,
    Interrupted,
    NotSupported,
    Unauthorized,
    YeastarError,
)
from .bodies import RawAnswer
from .certificate import Certificate, CertificateProbe, no_authorities
from .connection import Connections, Trust
from .failures import (
    TROUBLE,
    failure,
    is_refused_handshake,
    is_unavailable,
    is_unreachable,
    most_telling,
)
from .urls import BaseUrl

CONNECT_TIMEOUT: Final = 10  # seconds
PROBE_TIMEOUT: Final = aiohttp.ClientTimeout(total=30, sock_connect=CONNECT_TIMEOUT)
# For each of the addresses of a host name, at the same time.
DIAGNOSIS_TIMEOUT: Final = aiohttp.ClientTimeout(total=5)
HANDSHAKE_TIMEOUT: Final = 30  # seconds


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart form: one file, whose part comes first, and fields."""

    file: bytes = field(repr=False)
    file_name: str
    content_type: str
    fields: Mapping[str, str]

    def data(self) -> aiohttp.FormData:
        """Return the form for one request."""
        form = aiohttp.FormData()
        form.add_field(
            "file",
            self.file,
            filename=self.file_name,
            content_type=self.content_type,
        )
        for name, value in self.fields.items():
            form.add_field(name, value)
        return form


type Body = Mapping[str, str | int] | Form | None


class Transport:
    """The HTTP connections to one server."""

    def __init__(
        self, connections: Connections, base_url: BaseUrl, fingerprint: str | None
    ) -> None:
        """Initialize the transport; `fingerprint` pins the server's certificate."""
        self.base_url = base_url
        self._connections = connections
        self._trust: Trust = True
        if fingerprint:
            # Another certificate is refused before anything is sent.
            self._trust = aiohttp.Fingerprint(bytes.fromhex(fingerprint))
        self._scopes = set[asyncio.Timeout]()
        self._closed = False

    async def send[Content](
        self,
        method: str,
        url: URL,
        *,
        body: Body = None,
        read: Callable[[aiohttp.ClientResponse], Awaitable[Content]],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's own
        interruptible: bool = True,
    ) -> tuple[int, Content]:
        """Send a request.

        Return the HTTP status and what `read` makes of the answer. `close` ends a
        request that is interruptible. Raise CannotConnect, CertificateNotTrusted,
        CertificateChanged, Redirected, InvalidResponse or Interrupted.
        """
        if self._closed and interruptible:
            raise Interrupted
        try:
            async with asyncio.timeout(None) as scope:
                if interruptible:
                    self._scopes.add(scope)
                try:
                    async with self._request(
                        method, url, self._trust, timeout, body=body
                    ) as response:
                        return response.status, await read(response)
                except TROUBLE as err:
                    raise await self._diagnosed(err, self._trust) from None
        except TimeoutError:
            # Whatever the request itself raises has its own error.
            raise Interrupted from None
        finally:
            self._scopes.discard(scope)

    def close(self) -> None:
        """End all requests that are interruptible, and send no more of them."""
        self._closed = True
        for scope in self._scopes:
            scope.reschedule(asyncio.get_running_loop().time())

    @asynccontextmanager
    async def web_socket(
        self, url: URL, on_refused: Callable[[RawAnswer], None]
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Open a WebSocket for as long as the context lasts.

        `close` does not end it. Raise errors as `send` does, Unauthorized, or
        NotSupported if the server offers no WebSocket. `on_refused` is called with the
        answer to a handshake that is refused, whose body is not read.
        """
        if self._closed:
            raise Interrupted
        started = time.monotonic()
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT):
                socket = await self._connections.open_web_socket(url, self._trust)
        except aiohttp.WSServerHandshakeError as err:
            seconds = time.monotonic() - started
            on_refused(RawAnswer(err.status, err.headers or {}, None, seconds))
            if err.status == HTTPStatus.UNAUTHORIZED:
                raise Unauthorized from None
            if is_unavailable(err.status):
                raise CannotConnect(ConnectionFailure.UNAVAILABLE) from None
            raise NotSupported from None
        except TROUBLE as err:
            raise await self._diagnosed(err, self._trust) from None
        try:
            yield socket
        except TROUBLE as err:
            raise failure(err) from None
        finally:
            await socket.close()

    async def probe_certificate(self) -> tuple[Certificate, bool]:
        """Return the certificate of an https server, and whether it is trusted.

        Nothing secret is sent. Raise CannotConnect if there is no certificate.
        """
        probe = CertificateProbe()
        try:
            async with self._request("HEAD", self.base_url.url, probe):
                pass  # pragma: no cover - the probe ends each handshake
        except TROUBLE as err:
            if not probe.der:
                raise await self._diagnosed(err, trust=True) from None
        is_trusted = await self._is_trusted(probe.address)
        return Certificate.from_der(probe.der), is_trusted

    async def _is_trusted(self, address: str) -> bool:
        """Return whether a trusted authority signed the certificate for this host.

        `address` is the one of its addresses that shows the certificate.
        """
        url, host = self.base_url.url, self.base_url.host
        try:
            async with self._request(
                "HEAD", url.with_host(address), trust=True, server_hostname=host
            ):
                return True
        except (aiohttp.ClientConnectorError, TimeoutError) as err:
            cause = await self._diagnosed(err, trust=True)
            if isinstance(cause, CertificateNotTrusted):
                return False
            raise cause from None
        except (*TROUBLE, YeastarError):
            return True  # Whatever the answer was, the handshake was complete.

    def _request(
        self,
        method: str,
        url: URL,
        trust: Trust,
        timeout: aiohttp.ClientTimeout = PROBE_TIMEOUT,
        *,
        body: Body = None,
        server_hostname: str | None = None,
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Send one request to a server whose certificate is trusted."""
        form = body.data() if isinstance(body, Form) else None
        return self._connections.request(
            method,
            url,
            trust,
            timeout,
            data=form,
            json=None if form else body,
            server_hostname=server_hostname,
        )

    async def _diagnosed(self, err: Exception, trust: Trust) -> YeastarError:
        """Return the error for a failure: that of the address which answered.

        aiohttp tries the addresses of a host name one after the other, and raises the
        error of the last one. No address of a server tells more than its certificate.
        """
        error, url = failure(err), self.base_url.url
        if is_refused_handshake(err):
            return await self._refused_handshake(url) or error
        if (
            url.scheme != "https"
            or not isinstance(error, CannotConnect)
            or not is_unreachable(err)
        ):
            return error
        failures = await asyncio.gather(
            *(
                self._failure_at(url.with_host(address), trust)
                for address in await self._addresses()
            )
        )
        return most_telling(failures) or error

    async def _addresses(self) -> list[str]:
        """Return the addresses of the server, or none if it has only one."""
        host = self.base_url.host
        with suppress(ValueError):
            ip_address(host)
            return []
        try:
            addresses = await self._connections.addresses(host)
        except OSError:
            return []
        return addresses if len(addresses) > 1 else []

    async def _failure_at(self, url: URL, trust: Trust) -> YeastarError | None:
        """Return how a request to a server fails, or None."""
        try:
            async with self._request(
                "HEAD",
                url,
                trust,
                DIAGNOSIS_TIMEOUT,
                server_hostname=self.base_url.host,
            ):
                return None
        except YeastarError as err:
            return err
        except TROUBLE as err:
            refused = None
            if is_refused_handshake(err) and not isinstance(trust, ssl.SSLContext):
                refused = await self._refused_handshake(url)
            return refused or failure(err)

    async def _refused_handshake(self, url: URL) -> YeastarError | None:
        """Return why a server refused a handshake, or None if it did not say so.

        One that showed its certificate before wants to see one of the client.
        """
        shown = await self._failure_at(url, no_authorities())
        if isinstance(shown, CertificateNotTrusted):
            return CannotConnect(ConnectionFailure.CLIENT_CERTIFICATE)
        return None
