"""HTTP requests to one server: bounded, and within its origin and certificate."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address
import socket
from typing import Final
from urllib.parse import urljoin

import aiohttp
from yarl import URL

from ..errors import (
    CannotConnect,
    CertificateChanged,
    CertificateNotTrusted,
    CertificateWrongName,
    ConnectionFailure,
    Interrupted,
    InvalidResponse,
    NotSupported,
    Redirected,
    Unauthorized,
    YeastarError,
)
from .certificate import Certificate, CertificateProbe, ssl_argument
from .connection import own_connection
from .failures import failure, is_unavailable
from .urls import same_origin

# Every request must have a User-Agent; this is the vendor's example.
HEADERS: Final = {"User-Agent": "OpenAPI"}
CONNECT_TIMEOUT: Final = 10  # seconds
PROBE_TIMEOUT: Final = aiohttp.ClientTimeout(total=30, sock_connect=CONNECT_TIMEOUT)
# For each of the addresses of a host name, at the same time.
DIAGNOSIS_TIMEOUT: Final = aiohttp.ClientTimeout(total=5)
HANDSHAKE_TIMEOUT: Final = 30  # seconds
CLOSE_TIMEOUT: Final = 1  # seconds that the server has to end a WebSocket
MAX_FRAME: Final = 256 * 1024  # bytes
MAX_REDIRECTS: Final = 3

# The failures of a server that answered, the most telling one first.
_TELLING: Final = (
    CertificateChanged.key,
    CertificateWrongName.key,
    CertificateNotTrusted.key,
    ConnectionFailure.TLS_OUTDATED,
    ConnectionFailure.TLS_FAILED,
    ConnectionFailure.CONNECTION_LOST,
    ConnectionFailure.CONNECTION_REFUSED,
)

type Resolver = Callable[[str], Awaitable[list[str]]]


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
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        fingerprint: str | None,
        resolver: Resolver | None,
    ) -> None:
        """Initialize the transport.

        `base_url` as `normalize_base_url` returns it. `fingerprint` pins the server's
        certificate. `resolver` returns the addresses of a host name as `session`
        resolves it; by default, the operating system does.
        """
        self.base_url = base_url
        self._session = session
        self._ssl = ssl_argument(fingerprint)
        self._resolver = resolver or _system_resolver
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
        """Send a request and follow redirects within the origin.

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
                return await self._send(method, url, body, read, timeout)
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
        self, url: URL
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Open a WebSocket for as long as the context lasts.

        `close` does not end it. Raise CannotConnect, CertificateNotTrusted,
        CertificateChanged, Unauthorized, NotSupported if the server offers no
        WebSocket, or Interrupted.
        """
        if self._closed:
            raise Interrupted
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT):
                socket = await self._session.ws_connect(
                    url,
                    headers=HEADERS,
                    ssl=self._ssl,
                    max_msg_size=MAX_FRAME,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_TIMEOUT),
                )
        except aiohttp.WSServerHandshakeError as err:
            if err.status == HTTPStatus.UNAUTHORIZED:
                raise Unauthorized from None
            if is_unavailable(err.status):
                raise CannotConnect(ConnectionFailure.UNAVAILABLE) from None
            raise NotSupported from None
        except (aiohttp.ClientError, OSError, ValueError) as err:
            raise await self._diagnosed(err, self._ssl) from None
        try:
            yield socket
        except (aiohttp.ClientError, OSError) as err:
            raise failure(err) from None
        finally:
            await socket.close()

    async def probe_certificate(self) -> tuple[Certificate, bool]:
        """Return the certificate of an https server, and whether it is trusted.

        Nothing secret is sent. Raise CannotConnect if there is no certificate.
        """
        probe = CertificateProbe()
        try:
            async with self._open("HEAD", URL(self.base_url), probe, PROBE_TIMEOUT):
                pass
        except (aiohttp.ClientError, OSError, ValueError) as err:
            if not probe.der:
                raise await self._diagnosed(err, ssl=True) from None
        return Certificate.from_der(probe.der), await self._is_trusted()

    async def _is_trusted(self) -> bool:
        """Return whether a trusted authority signed the certificate for this host."""
        try:
            async with self._open("HEAD", URL(self.base_url), ssl=True):
                return True
        except (aiohttp.ClientConnectorError, TimeoutError) as err:
            cause = await self._diagnosed(err, ssl=True)
            if isinstance(cause, CertificateNotTrusted):
                return False
            raise cause from None
        except aiohttp.ClientError, OSError:
            return True  # Whatever the answer was, the handshake was complete.

    async def _send[Content](
        self,
        method: str,
        url: URL,
        body: Body,
        read: Callable[[aiohttp.ClientResponse], Awaitable[Content]],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109
    ) -> tuple[int, Content]:
        try:
            for _ in range(MAX_REDIRECTS + 1):
                async with self._open(
                    method, url, self._ssl, timeout, body=body
                ) as response:
                    target = response.headers.get("Location")
                    if response.status not in (301, 302, 307, 308) or not target:
                        return response.status, await read(response)
                url = _redirect(url, target)
        except (aiohttp.ClientError, OSError, ValueError) as err:
            raise await self._diagnosed(err, self._ssl) from None
        raise InvalidResponse("too many redirects")

    def _open(
        self,
        method: str,
        url: URL,
        ssl: aiohttp.Fingerprint | bool,
        timeout: aiohttp.ClientTimeout = PROBE_TIMEOUT,
        *,
        body: Body = None,
        server_hostname: str | None = None,
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Open a connection that trusts what `ssl` says, and send one request."""
        form = body.data() if isinstance(body, Form) else None
        return self._session.request(
            method,
            url,
            data=form,
            json=None if form else body,
            headers=HEADERS,
            ssl=ssl,
            server_hostname=server_hostname,
            timeout=timeout,
            allow_redirects=False,
            # Replaces the session's redirect middleware, which is less strict, resolves
            # the target and raises ValueError for invalid URLs.
            middlewares=(own_connection,),
        )

    async def _diagnosed(
        self, err: Exception, ssl: aiohttp.Fingerprint | bool
    ) -> YeastarError:
        """Return the error for a failure: that of the address which answered.

        aiohttp tries the addresses of a host name one after the other, and raises the
        error of the last one.
        """
        last = failure(err)
        url = URL(self.base_url)
        if (
            url.scheme != "https"
            or _is_address(url)
            or isinstance(err, aiohttp.ClientConnectorDNSError)
            or not isinstance(
                err, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError
            )
        ):
            return last
        try:
            addresses = await self._resolver(url.raw_host or "")
        except OSError:
            return last
        if len(addresses) < 2:
            return last
        failures = await asyncio.gather(
            *(self._failure_at(url, address, ssl) for address in addresses)
        )
        telling = [each for each in failures if each and each.key in _TELLING]
        return min(telling, key=lambda each: _TELLING.index(each.key), default=last)

    async def _failure_at(
        self, url: URL, address: str, ssl: aiohttp.Fingerprint | bool
    ) -> YeastarError | None:
        """Return how a request to one address of the server fails, or None."""
        try:
            async with self._open(
                "HEAD",
                url.with_host(address),
                ssl,
                DIAGNOSIS_TIMEOUT,
                server_hostname=url.raw_host,
            ):
                return None
        except (aiohttp.ClientError, OSError) as err:
            return failure(err)


async def _system_resolver(host: str) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


def _is_address(url: URL) -> bool:
    """Return whether the host of a URL is an IP address."""
    try:
        ip_address(url.raw_host or "")
    except ValueError:
        return False
    return True


def _redirect(url: URL, target: str) -> URL:
    """Return where a `Location` header leads within the origin of a URL.

    Raise Redirected where it leads to another, InvalidResponse where to none.
    """
    try:
        # yarl's own `join` decodes some paths.
        destination = URL(urljoin(str(url), target))
        stays, origin = same_origin(url, destination), destination.origin()
    except ValueError, IndexError:  # IndexError is yarl's for `http://[::1]@`
        raise InvalidResponse("redirected to nowhere") from None
    if not stays:
        raise Redirected(str(origin))
    return destination
