"""Players that read from a server, in a process of their own.

``python -m tools.bench.readers`` reads what to do from its standard input and writes
what it saw to its standard output, both as JSON.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
import json
import sys
import time
from typing import override
from urllib.parse import urlsplit

from tools.demo.errors import DemoError

_BUFFER_SIZE = 256 * 1024


@dataclass(frozen=True)
class Reading:
    """What readers saw that began at once.

    Seconds until all had everything, seconds from each reader's connecting to its
    first byte of audio, and bytes of audio of all readers.
    """

    seconds: float
    first_bytes: list[float]
    size: int


async def read_all(
    urls: Sequence[str], *, ask_range: bool = False, pause: float = 0
) -> Reading:
    """Read all URLs at once, each over a connection of its own.

    With `ask_range`, every second reader leaves out the first byte. With a `pause`,
    in seconds, nobody reads until it is over, while the server is at it already.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tools.bench.readers"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        output, _ = await process.communicate(
            json.dumps([urls, ask_range, pause]).encode()
        )
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise DemoError("the readers were not served")
    return Reading(**json.loads(output))


class _Reader(asyncio.BufferedProtocol):
    """One player: sends a request, counts what comes."""

    _buffer = bytearray(_BUFFER_SIZE)  # of all readers, which keep nothing

    def __init__(self, url: str, headers: str, pause: float, started: float) -> None:
        parts = urlsplit(url)
        self._request = (
            f"GET {parts.path}?{parts.query} HTTP/1.1\r\n"
            f"Host: {parts.netloc}\r\n{headers}\r\n"
        ).encode()
        self._pause = pause
        self._started = started
        self._head = b""
        self._missing = 0
        self.first_byte = 0.0
        self.size = 0
        self.done = asyncio.get_running_loop().create_future()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)
        if self._pause:
            transport.pause_reading()
            loop = asyncio.get_running_loop()
            loop.call_later(self._pause, transport.resume_reading)

    @override
    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    @override
    def buffer_updated(self, nbytes: int) -> None:
        if self.size:
            self._missing -= nbytes
        else:
            self._head += self._buffer[:nbytes]
            head, end, body = self._head.partition(b"\r\n\r\n")
            if not end or not body:
                return
            self.first_byte = time.perf_counter() - self._started
            self.size = _length(head)
            self._missing = self.size - len(body)
        if not self._missing:
            self.done.set_result(None)
            self._transport.close()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or EOFError(self._head.decode("latin-1")))


def _length(head: bytes) -> int:
    status, *lines = head.decode("latin-1").lower().split("\r\n")
    if status.split()[1] not in ("200", "206"):
        raise ValueError(status)
    headers = dict(line.split(": ", 1) for line in lines)
    return int(headers["content-length"])


async def _read_all(urls: list[str], ask_range: bool, pause: float) -> Reading:
    async def read(number: int, url: str) -> _Reader:
        headers = "Range: bytes=1-\r\n" if ask_range and number % 2 else ""
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        started = time.perf_counter()
        _, reader = await asyncio.get_running_loop().create_connection(
            lambda: _Reader(url, headers, pause, started), parts.hostname, parts.port
        )
        await reader.done
        return reader

    started = time.perf_counter()
    readers = await asyncio.gather(*(read(*each) for each in enumerate(urls)))
    return Reading(
        time.perf_counter() - started,
        [reader.first_byte for reader in readers],
        sum(reader.size for reader in readers),
    )


if __name__ == "__main__":
    reading = asyncio.run(_read_all(*json.load(sys.stdin)))
    json.dump(asdict(reading), sys.stdout)
