"""One request to the PBX: sent, its answer bounded, and its envelope checked.

The PBX answers HTTP 200 to nearly everything; what happened is in `errcode` (vendor
page "Error Code and Error Message").
"""

import codecs
from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
import json
import logging
import time
from typing import Final, Literal
from urllib.parse import urljoin

import aiohttp
import orjson
from yarl import URL

from .certificate import Certificate, CertificateProbe, ssl_argument
from .connection import own_connection
from .errors import (
    AccessDenied,
    AudioTooLarge,
    CannotConnect,
    CertificateChanged,
    CertificateNotTrusted,
    ConnectionFailure,
    InvalidResponse,
    NotFound,
    NotSupported,
    PbxFault,
    Redirected,
    TokenRefused,
    YeastarError,
)
from .pause import (
    SIGN_IN_ENDPOINTS,
    Pause,
    address_blocked,
    address_not_allowed,
    too_many_tokens,
)
from .urls import endpoint_url, same_origin
from .values import JsonObject, whole_number

_LOGGER = logging.getLogger(__name__)

# Every request must have a User-Agent; this is the vendor's example.
HEADERS: Final = {"User-Agent": "OpenAPI"}
TIMEOUT: Final = aiohttp.ClientTimeout(total=30, sock_connect=10)  # seconds
MAX_ANSWER: Final = 2 * 1024 * 1024  # bytes; 500 extensions take about 500 kB
MAX_REDIRECTS: Final = 3
CHUNK: Final = 64 * 1024  # bytes


class PbxHttp:
    """The HTTP side of one PBX."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        fingerprint: str | None,
        pause: Pause,
    ) -> None:
        """Talk to `base_url`, whose certificate is pinned where a fingerprint is given.

        `base_url` as `normalize_base_url` returns it; the session stays the caller's.
        """
        self.base_url = base_url
        self._session = session
        self._ssl = ssl_argument(fingerprint)
        self._pause = pause

    async def call(
        self,
        method: Literal["GET", "POST"],
        endpoint: str,
        *,
        query: dict[str, str] | None = None,
        body: dict[str, str] | None = None,
        names: Collection[str] = (),
    ) -> JsonObject:
        """Send one API request and return its answer, whose `errcode` is 0.

        `names` are the parameters that name what is asked for. Raise a YeastarError for
        every other answer and for none; during a pause, raise SignInPaused and send
        nothing.
        """
        self._pause.check(endpoint)
        started = time.monotonic()
        outcome = "no answer"
        try:
            url = endpoint_url(self.base_url, endpoint, query or {})
            status, content = await self._send(method, url, body, MAX_ANSWER)
            if content is None:
                raise InvalidResponse("the answer is too large")
            errcode, answer = _parse(status, content)
            outcome = f"errcode {errcode}"
        except YeastarError as err:
            outcome = str(err)
            raise
        finally:
            _LOGGER.debug(
                "%s: %s after %.3f s", endpoint, outcome, time.monotonic() - started
            )
        if errcode != 0:
            raise self._error(endpoint, errcode, answer, names)
        return answer

    async def download(self, url: str, limit: int) -> tuple[int, bytes]:
        """Fetch a URL of the PBX's origin; return the HTTP status and the body.

        Raise AudioTooLarge for more than `limit` bytes, and as `call` does.
        """
        self._pause.check("download")
        status, content = await self._send("GET", URL(url, encoded=True), None, limit)
        if content is None:
            raise AudioTooLarge
        if _is_unavailable(status):
            raise CannotConnect(ConnectionFailure.UNAVAILABLE)
        return status, content

    async def fetch_certificate(self) -> Certificate:
        """Return the certificate that the server of an https base URL shows now.

        Nothing is sent to it. Raise CannotConnect where there is none to be had.
        """
        probe = CertificateProbe()
        try:
            async with self._open("HEAD", self.base_url, probe):
                pass
        except aiohttp.ServerFingerprintMismatch:
            pass  # the probe has the certificate
        except (aiohttp.ClientError, OSError, UnicodeError) as err:
            raise _failure(err) from None
        return Certificate.from_der(probe.der)

    async def is_certificate_trusted(self) -> bool:
        """Return whether an authority vouches for the server of an https base URL.

        Nothing secret is sent to it. Raise CannotConnect where there is none.
        """
        try:
            async with self._open("GET", self.base_url, ssl_argument(None)):
                return True
        except aiohttp.ClientConnectorCertificateError:
            return False
        except (aiohttp.ClientConnectorError, OSError) as err:
            raise _failure(err) from None
        except aiohttp.ClientError:
            return True  # whatever its answer was, it is who it says it is

    async def _send(
        self, method: str, url: URL, body: dict[str, str] | None, limit: int
    ) -> tuple[int, bytes | None]:
        """Send a request, follow redirects within the origin, name what went wrong.

        Return the HTTP status and the body, None where that has more than `limit`
        bytes. aiohttp's texts contain the URL, and with it the access token: none gets
        out.
        """
        try:
            for _ in range(MAX_REDIRECTS + 1):
                async with self._open(method, url, self._ssl, body) as response:
                    target = response.headers.get("Location")
                    if response.status not in (301, 302, 307, 308) or not target:
                        return response.status, await _read(response, limit)
                url = _redirect(url, target)
            raise InvalidResponse("too many redirects")
        except (aiohttp.ClientError, OSError, UnicodeError) as err:
            raise _failure(err) from None

    def _open(
        self,
        method: str,
        url: URL | str,
        ssl: aiohttp.Fingerprint | bool,
        body: dict[str, str] | None = None,
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Open a connection that trusts what `ssl` says, and send one request."""
        return self._session.request(
            method,
            url,
            json=body,
            headers=HEADERS,
            ssl=ssl,
            timeout=TIMEOUT,
            allow_redirects=False,
            # Not also the session's own check of redirects: it is laxer, asks a name
            # server where they lead, and raises ValueError for no URL.
            middlewares=(own_connection,),
        )

    def _error(
        self, endpoint: str, errcode: int, answer: JsonObject, names: Collection[str]
    ) -> YeastarError:
        """Return what an `errcode` other than 0 means for a caller."""
        match errcode:
            case 10001 | 10002 | 10003:
                return NotSupported()
            case 10004 | 10005:
                return TokenRefused(expired=errcode == 10004)
            case 10009 | 70084:
                return AccessDenied()
            case 60001 | 40001 | 40002 if _is_not_found(errcode, answer, names):
                return NotFound()
            case 60002 if endpoint in SIGN_IN_ENDPOINTS:
                cause = too_many_tokens()
            case 70004:
                cause = address_blocked(answer.get("block_expire_time"))
            case 70087:
                cause = address_not_allowed()
            case _:
                return PbxFault(errcode)
        return self._pause.start(cause, endpoint)


def _failure(err: Exception) -> YeastarError:
    """Return what an exception of aiohttp or of the network means for a caller."""
    match err:
        case aiohttp.ServerFingerprintMismatch():
            return CertificateChanged(err.got.hex())
        case aiohttp.ClientConnectorCertificateError():
            return CertificateNotTrusted()
        case aiohttp.ClientResponseError() | aiohttp.InvalidURL() | UnicodeError():
            return InvalidResponse("not an answer of a web server")
        case aiohttp.ClientSSLError():
            reason = ConnectionFailure.TLS_FAILED
        case aiohttp.ClientConnectorDNSError():
            reason = ConnectionFailure.HOST_NOT_FOUND
        case TimeoutError():
            reason = ConnectionFailure.TIMEOUT
        case aiohttp.ClientConnectorError(os_error=ConnectionResetError()):
            reason = ConnectionFailure.CONNECTION_LOST
        case aiohttp.ClientConnectorError():
            reason = ConnectionFailure.CONNECTION_REFUSED
        case _:
            reason = ConnectionFailure.CONNECTION_LOST
    return CannotConnect(reason)


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


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes | None:
    """Return the whole body; None where it has more than `limit` bytes."""
    if (response.content_length or 0) > limit:
        response.close()
        return None
    content = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        content += chunk
        if len(content) > limit:
            response.close()
            return None
    return bytes(content)


def _parse(status: int, content: bytes) -> tuple[int, JsonObject]:
    """Return an answer's `errcode` and the answer.

    The Content-Type says nothing, and a byte order mark may stand in front. Raise what
    the HTTP status says where the body is no API answer.
    """
    if status == 401:
        raise TokenRefused(expired=False)
    try:
        answer = _from_json(content.removeprefix(codecs.BOM_UTF8))
    except ValueError, RecursionError:
        answer = None
    if isinstance(answer, dict):
        errcode = whole_number(answer.get("errcode"))
        if errcode is not None:
            return errcode, answer
    if status == 403:
        raise AccessDenied
    if _is_unavailable(status):
        raise CannotConnect(ConnectionFailure.UNAVAILABLE)
    raise InvalidResponse(f"no API answer, HTTP {status}")


def _is_not_found(errcode: int, answer: JsonObject, names: Collection[str]) -> bool:
    """Return whether the PBX does not have what is asked for.

    It may also refuse the parameter that names it; to refuse another one is no such
    answer.
    """
    if errcode == 60001:
        return True
    if not names:
        return False
    rows = answer.get("invalid_param_list")
    if not isinstance(rows, list) or not rows:
        return True  # which parameter it is, may not be said
    return any(isinstance(row, dict) and row.get("field") in names for row in rows)


def _from_json(content: bytes) -> object:
    """Read JSON; raise ValueError or RecursionError where it is none.

    orjson takes a third of the time, but no half of a surrogate pair, which a name that
    was cut off within an emoji has.
    """
    try:
        return orjson.loads(content)
    except ValueError:
        return json.loads(content.decode())


def _is_unavailable(status: int) -> bool:
    """Return whether a server, or a gateway before it, asks to come back later."""
    return status == 429 or status >= 500
