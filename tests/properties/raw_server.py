"""A server that answers what it is told to, byte by byte."""

import asyncio
import re
from typing import Self
from urllib.parse import unquote


class RawServer:
    """A server on loopback; each request gets `answer`, and the connection ends.

    `requests` are the heads of the requests, as they came. With `patient` off, whoever
    connects gets the answer at once.
    """

    def __init__(self) -> None:
        """Prepare a server that answers nothing."""
        self.answer = b""
        self.patient = True
        self.requests: list[bytes] = []

    async def __aenter__(self) -> Self:
        """Open a port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Close it."""
        self._server.close()
        await self._server.wait_closed()

    @property
    def address(self) -> str:
        """Return host and port."""
        host, port = self._server.sockets[0].getsockname()
        return f"{host}:{port}"

    def asked(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return path and parameters of each request, and forget them.

        Nothing but percent-encoding is taken out: a plus is a plus.
        """
        asked = []
        for request in self.requests:
            line = request.split(b"\r\n", 1)[0].decode("ascii")
            method, target, version = line.split(" ")
            assert (method in ("GET", "POST"), version) == (True, "HTTP/1.1")
            path, _, query = target.partition("?")
            parameters = [pair.partition("=") for pair in query.split("&") if pair]
            asked.append((path, [(key, _decoded(text)) for key, _, text in parameters]))
        self.requests.clear()
        return asked

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            if self.patient:
                head = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(head)
                if length := re.search(rb"(?i)\r\ncontent-length: (\d+)", head):
                    await reader.readexactly(int(length[1]))
            writer.write(self.answer)
            await writer.drain()
        except asyncio.IncompleteReadError, ConnectionError:
            pass
        finally:
            writer.close()


def _decoded(text: str) -> str:
    return unquote(text, errors="surrogatepass")
