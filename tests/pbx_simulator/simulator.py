"""The simulated PBX on a real socket of the loopback interface."""

import asyncio
from http import HTTPStatus
import ssl
import time
from typing import Self
from weakref import WeakSet

from aiohttp import hdrs, web

from .answers import (
    UNTYPED,
    answer,
    endpoint_name,
    envelope,
    stream as answer_stream,
)
from .certificate import Certificate
from .endpoints import find_stream
from .faults import Fault, Oddity, hang_up
from .model import RecordedRequest
from .outages import STRANGERS, Outage
from .pbx import Clock, Pbx

HOST = "127.0.0.1"
_LARGEST_BODY = 64 * 1024 * 1024
"""More than the PBX takes, so that it is the PBX that refuses it."""


def _now() -> float:
    # Looked up at each call, so that tests can freeze the time.
    return time.time()


class PbxSimulator(Pbx):
    """A Yeastar P-Series PBX that answers on ``base_url`` while it is started.

    ``faults`` and ``errcodes`` spoil the answer of the endpoint that they name ("*"
    means all, "download" the audio links) until the key is removed. ``outages_after``
    begin when the endpoint that they name has acted, for whoever connects after that.
    """

    def __init__(
        self, *, https: bool = True, port: int = 0, clock: Clock = _now
    ) -> None:
        """Prepare a simulator; port 0 takes a free one at the first start."""
        super().__init__(clock)
        self.port = port
        self.requests: list[RecordedRequest] = []
        self.faults: dict[str, Fault | Oddity] = {}
        self.errcodes: dict[str, int] = {}
        self.outages_after: dict[str, Outage] = {}
        self._tls = (
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if https else None
        )
        self._certificate: Certificate | None = None
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._stranger: asyncio.Server | None = None
        self._certificate_before: Certificate | None = None
        self._used: WeakSet[asyncio.Transport] = WeakSet()

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
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.on_response_prepare.append(self._finish_headers)
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
        await runner.setup()
        self._runner = runner
        try:
            await self._listen()
        except OSError:
            await runner.cleanup()
            self._runner = None
            raise
        self.timeline.start()
        self.port = runner.addresses[0][1]
        self.base_url = f"{'https' if self._tls else 'http'}://{HOST}:{self.port}"

    async def stop(self) -> None:
        """Close the port and all connections."""
        if self._runner is None:
            return
        await self.end_outage()
        self.timeline.stop()
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

    async def begin_outage(self, outage: Outage) -> None:
        """Let whoever connects from now on not get through."""
        if outage is Outage.CERTIFICATE_CHANGED:
            self._certificate_before = self._certificate
            await self.renew_certificate()
            return
        assert self._site
        await self._site.stop()
        self._site = None
        if stranger := STRANGERS.get(outage):
            loop = asyncio.get_running_loop()
            self._stranger = await loop.create_server(stranger, HOST, self.port)

    async def end_outage(self) -> None:
        """Let everybody get through again."""
        self.outages_after.clear()
        if self._certificate_before and self._tls:
            self._certificate = self._certificate_before
            self._certificate.load_into(self._tls)
            self._certificate_before = None
        if self._stranger:
            self._stranger.close()
            self._stranger.close_clients()
            self._stranger = None
        if self._site is None:
            await self._listen()

    async def _listen(self) -> None:
        assert self._runner
        self._site = web.TCPSite(self._runner, HOST, self.port, ssl_context=self._tls)
        await self._site.start()

    async def _handle(self, http: web.Request) -> web.StreamResponse:
        if http.transport is None or http.transport in self._used:
            return hang_up(http)
        self._used.add(http.transport)
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
        self.timeline.run_due()
        if fault := self._of_endpoint(self.faults, request.endpoint):
            try:
                return await fault.inflict(http, lambda: self._answer(request, http))
            except ConnectionError:  # the client has gone in the middle of it
                return web.Response()
        stream = find_stream(self, request)
        if stream and not self._of_endpoint(self.errcodes, request.endpoint):
            return await answer_stream(self, request, http, stream)
        response = self._answer(request, http)
        if outage := self.outages_after.pop(request.endpoint, None):
            await self.begin_outage(outage)
        return response

    def _answer(self, request: RecordedRequest, http: web.Request) -> web.Response:
        if errcode := self._of_endpoint(self.errcodes, request.endpoint):
            return envelope(errcode, {})
        response = answer(self, request, http)
        # The token of a socket may be one of those that this request has ended.
        self.events.check()
        return response

    @staticmethod
    def _of_endpoint[T](spoilers: dict[str, T], endpoint: str) -> T | None:
        return spoilers.get(endpoint, spoilers.get("*"))

    async def _finish_headers(
        self, _: web.Request, response: web.StreamResponse
    ) -> None:
        """One connection for each request, as the vendor documents it."""
        if response.status == HTTPStatus.SWITCHING_PROTOCOLS:
            return
        if self.switches.announce_close:
            response.headers[hdrs.CONNECTION] = "close"
            response.force_close()
        if response.get(UNTYPED):
            del response.headers[hdrs.CONTENT_TYPE]
