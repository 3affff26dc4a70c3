"""The simulated PBX on a real socket of the loopback interface."""

import ssl
import time
from typing import Self

from aiohttp import hdrs, web

from .answers import UNTYPED, answer, endpoint_name, envelope
from .certificate import Certificate
from .faults import Fault
from .model import RecordedRequest
from .pbx import Clock, Pbx

HOST = "127.0.0.1"


def _now() -> float:
    # Looked up at each call, so that tests can freeze the time.
    return time.time()


class PbxSimulator(Pbx):
    """A Yeastar P-Series PBX that answers on ``base_url`` while it is started.

    ``faults`` and ``errcodes`` spoil the answer of the endpoint that they name ("*"
    means all, "download" the audio links) until the key is removed.
    """

    def __init__(
        self, *, https: bool = True, port: int = 0, clock: Clock = _now
    ) -> None:
        """Prepare a simulator; port 0 takes a free one at the first start."""
        super().__init__(clock)
        self.port = port
        self.requests: list[RecordedRequest] = []
        self.faults: dict[str, Fault] = {}
        self.errcodes: dict[str, int] = {}
        self._tls = (
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if https else None
        )
        self._certificate: Certificate | None = None
        self._runner: web.AppRunner | None = None

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, 64 hexadecimal digits; empty for http."""
        return self._certificate.fingerprint if self._certificate else ""

    @property
    def certificate_pem(self) -> str:
        """The certificate, for a client that shall trust it; empty for http."""
        return self._certificate.pem if self._certificate else ""

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Stop."""
        await self.stop()

    async def start(self) -> None:
        """Open the port, the same one as before a stop."""
        if self._tls and self._certificate is None:
            await self.renew_certificate()
        app = web.Application()
        app.on_response_prepare.append(self._finish_headers)
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self.port, ssl_context=self._tls).start()
        except OSError:
            await runner.cleanup()
            raise
        self.port = runner.addresses[0][1]
        self.base_url = f"{'https' if self._tls else 'http'}://{HOST}:{self.port}"
        self._runner = runner

    async def stop(self) -> None:
        """Close the port and all connections."""
        if self._runner is None:
            return
        # Cutting the connections ends their handlers at once, even in frozen time.
        if self._runner.server is not None:
            for connection in self._runner.server.connections:
                if connection.transport is not None:
                    connection.transport.abort()
        await self._runner.cleanup()
        self._runner = None

    async def renew_certificate(self) -> None:
        """Show a new self-signed certificate to whoever connects from now on."""
        if self._tls is None:
            raise RuntimeError("There is no certificate without https")
        self._certificate = Certificate.create(self.clock())
        self._certificate.load_into(self._tls)

    async def _handle(self, http: web.Request) -> web.StreamResponse:
        request = RecordedRequest(
            method=http.method,
            path=http.path,
            endpoint=endpoint_name(http.path),
            query=dict(http.query),
            headers=http.headers,
            body=await http.read(),
            source=http.remote or "",
        )
        self.requests.append(request)
        if fault := self._of_endpoint(self.faults, request.endpoint):
            return await fault.inflict(http, lambda: self._answer(request, http))
        return self._answer(request, http)

    def _answer(self, request: RecordedRequest, http: web.Request) -> web.Response:
        if errcode := self._of_endpoint(self.errcodes, request.endpoint):
            return envelope(errcode, {})
        return answer(self, request, http)

    @staticmethod
    def _of_endpoint[T](spoilers: dict[str, T], endpoint: str) -> T | None:
        return spoilers.get(endpoint, spoilers.get("*"))

    @staticmethod
    async def _finish_headers(_: web.Request, response: web.StreamResponse) -> None:
        """One connection for each request, as the vendor documents it."""
        response.headers[hdrs.CONNECTION] = "close"
        response.force_close()
        if response.get(UNTYPED):
            del response.headers[hdrs.CONTENT_TYPE]
