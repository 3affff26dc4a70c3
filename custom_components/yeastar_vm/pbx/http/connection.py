"""Connections to web servers: one for each request, which is sent once.

The PBX closes each connection after its answer, whether it says so or not (vendor page
"API Request Overview"). A GET must not be sent again after an error: it can let a phone
ring, or delete something. No redirect is followed: most requests carry an access token
or a secret.
"""

from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
import socket
import ssl
from typing import Final, Literal
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from ..errors import InvalidResponse, Redirected, YeastarError
from .failures import failure

# Every request must have a User-Agent; this is the vendor's example.
HEADERS: Final = {"User-Agent": "OpenAPI"}
CLOSE_TIMEOUT: Final = 1  # seconds that the server has to end a WebSocket
MAX_FRAME: Final = 256 * 1024  # bytes
# Bytes. Some gateways send a header that is longer than aiohttp's default.
MAX_HEADER: Final = 64 * 1024

# The certificates that are trusted: a pinned one, those of the authorities of the
# connections (True), or those of others.
type Trust = aiohttp.Fingerprint | ssl.SSLContext | bool


class Connections:
    """Connections to web servers, to be closed at the end."""

    def __init__(
        self,
        resolver: AbstractResolver | None = None,
        ssl_context: ssl.SSLContext | Literal[True] = True,
    ) -> None:
        """Initialize the connections.

        By default, the operating system resolves host names, and its certificate
        authorities are trusted.
        """
        self._resolver = resolver or aiohttp.ThreadedResolver()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                force_close=True,
                limit=0,
                resolver=self._resolver,
                ssl=ssl_context,
                use_dns_cache=False,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=HEADERS,
            max_field_size=MAX_HEADER,
            middlewares=(_send_once,),
        )

    def request(
        self,
        method: str,
        url: URL,
        trust: Trust,
        timeout: aiohttp.ClientTimeout,
        *,
        data: aiohttp.FormData | None = None,
        json: object = None,
        server_hostname: str | None = None,
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Send one request to a server that shows a certificate which is trusted."""
        return self._session.request(
            method,
            url,
            data=data,
            json=json,
            ssl=trust,
            server_hostname=server_hostname,
            timeout=timeout,
        )

    async def open_web_socket(
        self, url: URL, trust: Trust
    ) -> aiohttp.ClientWebSocketResponse:
        """Open a WebSocket."""
        return await self._session.ws_connect(
            url,
            ssl=trust,
            max_msg_size=MAX_FRAME,
            timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_TIMEOUT),
        )

    async def addresses(self, host: str) -> list[str]:
        """Return the addresses of a host name; raise OSError if it has none."""
        found = await self._resolver.resolve(host, family=socket.AF_UNSPEC)
        return [each["host"] for each in found]

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()


async def _send_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Send a request, and return what answers it; a client middleware.

    What it raises, aiohttp passes on. Otherwise, it would send a GET again if the
    connection is lost, and follow redirects.
    """
    try:
        response = await handler(request)
    except aiohttp.ClientConnectorError:
        raise  # Nothing was sent.
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as err:
        raise failure(err) from None
    if HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST:
        response.close()
        raise _redirected(request.url, response.headers.get("Location", ""))
    return response


def _redirected(url: URL, location: str) -> YeastarError:
    """Return the error for a redirect.

    One to another origin tells the user the address of the PBX. What is redirected
    within its origin, such as to the sign-in of a proxy, is not the API.
    """
    try:
        origin = URL(urljoin(str(url), location)).origin()
    except ValueError, IndexError:  # IndexError is yarl's for `http://[::1]@`
        return InvalidResponse("redirected to nowhere")
    if origin.scheme not in ("http", "https") or origin == url.origin():
        return InvalidResponse("redirected, but not to another web server")
    return Redirected(str(origin))
