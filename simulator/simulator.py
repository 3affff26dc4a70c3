"""The simulated PBX on a real socket of the loopback interface."""

import asyncio
from http import HTTPStatus
import time
from typing import Self

from aiohttp import hdrs, web

from .answers import (
    UNTYPED,
    answer,
    endpoint_name,
    respond,
    served_path,
    stream as answer_stream,
)
from .broken_requests import cut_off
from .certificate import LOOPBACK, Certificate
from .connection_ends import ConnectionEnds
from .control import CONTROL_PATH, answer_control
from .endpoints import find_stream
from .faults import Oddity, Passing, Spoiler, hang_up
from .lines import SLEEP, Delay, Line, Sleep
from .model import RecordedRequest
from .outages import Outage
from .pbx import Clock
from .people import PeopledPbx
from .port import Port
from .profile import Profile
from .redirects import RedirectingPort
from .tls import DEMANDS, Weakness, server_context, weak_certificate

HOST = "127.0.0.1"
type Disturbance = Outage | Certificate | Weakness
"""What whoever connects while it lasts meets instead of the PBX as it was."""
_LARGEST_BODY = 64 * 1024 * 1024
"""More than the PBX takes, so that it is the PBX that refuses it."""


def _now() -> float:
    # Looked up at each call, so that tests can freeze the time.
    return time.time()


class PbxSimulator(PeopledPbx):
    """A Yeastar P-Series PBX that answers on ``base_url`` while it is started.

    ``faults`` and ``errcodes`` spoil the answer of the endpoint that they name ("*"
    means all, "download" the audio links) until the key is removed. ``outages_after``
    begin when the endpoint that they name has acted, for whoever connects after that.
    """

    def __init__(
        self,
        *,
        https: bool = True,
        host: str = HOST,
        port: int = 0,
        redirect_port: int | None = None,
        clock: Clock = _now,
        certificate: Certificate | None = None,
        profile: Profile | None = None,
    ) -> None:
        """Prepare a simulator; port 0 takes a free one at the first start.

        ``redirect_port`` is one of http that leads to https, if there shall be one.
        Without a certificate it has a self-signed one for its host, and without a
        profile it is as ``default_profile`` says.
        """
        super().__init__(clock, profile)
        self.https = https
        self.requests: list[RecordedRequest] = []
        self.faults: dict[str, Spoiler | Passing] = {}
        self.errcodes: dict[str, int] = {}
        self.controlled = False
        """Let people be played over URLs below ``CONTROL_PATH``, see ``control``."""
        self.cuts: dict[str, int] = {}
        """Bytes of a body after which a request to the endpoint is cut off."""
        self.outages_after: dict[str, Disturbance] = {}
        self.sleep: Sleep = asyncio.sleep
        """How the PBX waits where it is slow; see ``FastForward``."""
        self._certificate = certificate
        self._weakness: Weakness | None = None
        self._tls_before: tuple[Certificate, Weakness | None] | None = None
        self._port = Port(host, port, self._answers)
        self.redirects: RedirectingPort | None = None
        if redirect_port is not None:
            self.redirects = RedirectingPort(
                host,
                redirect_port,
                lambda: self.port,
                lambda: self.switches.redirect_status,
            )
        self._runner: web.AppRunner | None = None
        self._ends = ConnectionEnds(self.switches, self._sleep)

    @property
    def port(self) -> int:
        """The number of the port; 0 before the first start where it is a free one."""
        return self._port.number

    @property
    def redirecting_url(self) -> str:
        """Where http leads to https; known once started, where there is such a port."""
        assert self.redirects
        return self._url("http", self.redirects.port.number)

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
        if self.https:
            self.show(self._certificate or self._new_certificate())
        app = web.Application(client_max_size=_LARGEST_BODY)
        app[SLEEP] = self._sleep
        app.on_response_prepare.append(self._finish_headers)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
        await self._runner.setup()
        try:
            await self._port.open()
            if self.redirects:
                await self.redirects.start()
        except OSError:
            await self.stop()
            raise
        self.timeline.start()
        self.base_url = self._url("https" if self.https else "http", self.port)

    async def stop(self) -> None:
        """Close the port and all connections."""
        if self._runner is None:
            return
        runner, self._runner = self._runner, None
        self._forget_outage()
        self.timeline.stop()
        self._ends.stop()
        # Cutting the connections ends their handlers at once, even in frozen time.
        self._port.stop()
        if self.redirects:
            await self.redirects.stop()
        await runner.cleanup()

    def _url(self, scheme: str, port: int) -> str:
        host = f"[{self._port.host}]" if ":" in self._port.host else self._port.host
        return f"{scheme}://{host}:{port}"

    # Certificate and TLS

    def show(self, certificate: Certificate) -> None:
        """Show a certificate to whoever connects from now on."""
        if not self.https:
            raise RuntimeError("There is no certificate without https")
        self._certificate = certificate
        self._port.context = server_context(certificate, self._weakness)

    async def renew_certificate(self) -> None:
        """Show a new self-signed certificate to whoever connects from now on."""
        self.show(self._new_certificate())

    async def weaken(self, weakness: Weakness | None) -> None:
        """Be too old, weak or strict to whoever connects from now on, or no longer.

        The certificate is one that goes with it, as any does with being strict.
        """
        if weakness in DEMANDS and self._certificate:
            certificate = self._certificate
        elif weakness:
            now = self.clock()
            certificate = await asyncio.to_thread(weak_certificate, weakness, now)
        else:
            certificate = self._new_certificate()
        self._weakness = weakness
        self.show(certificate)

    def explain_http(self) -> None:
        """Answer whoever speaks http to the port of https with a page, as nginx does.

        By default the connection is closed.
        """
        self._port.explains_http = True

    def _new_certificate(self) -> Certificate:
        names = dict.fromkeys((self._port.host, *LOOPBACK))
        return Certificate.create(self.clock(), tuple(names))

    # Outages

    async def begin_outage(self, outage: Disturbance) -> None:
        """Let whoever connects from now on not get through.

        Or see another certificate, or TLS that is too old or too weak.
        """
        if isinstance(outage, Outage) and outage is not Outage.CERTIFICATE_CHANGED:
            self._port.begin(outage)
            return
        assert self._certificate
        self._tls_before = self._tls_before or (self._certificate, self._weakness)
        match outage:
            case Weakness():
                await self.weaken(outage)
            case Certificate():
                self.show(outage)
            case Outage.CERTIFICATE_CHANGED:
                await self.renew_certificate()

    async def end_outage(self) -> None:
        """Let everybody get through again."""
        self._forget_outage()
        await self._port.end()

    def _forget_outage(self) -> None:
        self.outages_after.clear()
        if self._tls_before:
            certificate, self._weakness = self._tls_before
            self.show(certificate)
            self._tls_before = None

    # Requests

    def _answers(self) -> asyncio.Protocol:
        assert self._runner
        assert self._runner.server
        return self._runner.server()

    async def _handle(self, http: web.Request) -> web.StreamResponse:
        if http.transport is None or not await self._ends.takes_another(http.transport):
            return hang_up(http)
        path = served_path(self, http.path)
        endpoint = endpoint_name(path)
        if (length := self._of_endpoint(self.cuts, endpoint)) is not None:
            return await cut_off(http, length)
        request = RecordedRequest(
            method=http.method,
            path=path,
            endpoint=endpoint,
            query=dict(http.query),
            headers=http.headers,
            body=await http.read(),
            source=http.remote or "",
        )
        self.requests.append(request)
        self.timeline.run_due()
        if self.controlled and request.path.startswith(CONTROL_PATH):
            return answer_control(self, request)
        fault = self._fault(request.endpoint)
        stream = find_stream(self, request)
        if stream and isinstance(fault, Delay | Line | Oddity):
            # What concerns how an answer is written and sent is not for a stream.
            await self.sleep(fault.delay if isinstance(fault, Delay | Line) else 0)
            fault = None
        if fault:
            try:
                return await fault.inflict(http, lambda: self._answer(request, http))
            except ConnectionError:  # the client has gone in the middle of it
                return web.Response()
        if stream and not self._of_endpoint(self.errcodes, request.endpoint):
            return await answer_stream(self, request, http, stream)
        response = self._answer(request, http)
        if outage := self.outages_after.pop(request.endpoint, None):
            await self.begin_outage(outage)
        await self._ends.answer(http, response)
        return response

    async def _sleep(self, seconds: float) -> None:
        # Looked up at each call, so that tests can set it at any time.
        await self.sleep(seconds)

    def _fault(self, endpoint: str) -> Spoiler | None:
        fault = self._of_endpoint(self.faults, endpoint)
        return fault.now(self.clock()) if isinstance(fault, Passing) else fault

    def _answer(self, request: RecordedRequest, http: web.Request) -> web.Response:
        if errcode := self._of_endpoint(self.errcodes, request.endpoint):
            return respond(self, errcode)
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
