"""Answers that send a client elsewhere, and an http port that leads to https."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from .lines import Answer
from .port import Port


@dataclass(frozen=True)
class RedirectTo:
    """Sends a client to the same path at another origin, with all that it asked."""

    origin: str
    status: int = 302

    async def inflict(self, http: web.Request, answer: Answer) -> web.StreamResponse:
        """Do not act on the request."""
        elsewhere = {"Location": f"{self.origin}{http.path_qs}"}
        return web.Response(
            status=self.status, headers=elsewhere, content_type="text/html"
        )


class RedirectingPort:
    """Leads whoever speaks http to the same host's port of https, by its number.

    ``asked`` are the paths that were asked for, with their queries.
    """

    def __init__(
        self,
        host: str,
        number: int,
        https_port: Callable[[], int],
        status: Callable[[], int],
    ) -> None:
        """Prepare the port; ``status`` is that of its answers."""
        self.asked: list[str] = []
        self._https_port = https_port
        self._status = status
        self._server: web.Server | None = None
        self.port = Port(host, number, self._answers)

    async def start(self) -> None:
        """Open the port."""
        self._server = web.Server(self._redirect)
        await self.port.open()

    async def stop(self) -> None:
        """Close the port and all connections."""
        self.port.stop()
        if self._server:
            await self._server.shutdown()
            self._server = None

    def _answers(self) -> web.RequestHandler:
        assert self._server
        return self._server()

    async def _redirect(self, http: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(http.path_qs)
        origin = http.url.origin().with_scheme("https").with_port(self._https_port())
        location = f"{origin}{http.path_qs}"
        return web.Response(
            status=self._status(),
            headers={"Location": location, "Connection": "close"},
            content_type="text/html",
            text="<html><body>Moved</body></html>",
        )
