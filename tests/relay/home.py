"""Home Assistant's web server, and players of every kind."""

import asyncio
from datetime import timedelta
import re
import socket
from typing import Self

import aiohttp
from aiohttp import web
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from yarl import URL

from custom_components.yeastar_vm.entry import Pbx
from custom_components.yeastar_vm.playback.references import GreetingReference
from custom_components.yeastar_vm.playback.relay import RelayedMedia
from simulator import PbxSimulator, SimulatedExtension, SimulatedGreeting
from tests.clock import Clock


class WebServer:
    """Home Assistant's web server on a real socket, as Home Assistant runs it."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Stop with Home Assistant, but do not wait ten seconds for slow players."""
        self.runner = web.AppRunner(
            hass.http.app, handler_cancellation=True, shutdown_timeout=0.1
        )
        self.url = URL()
        self._hass = hass

    async def start(self) -> None:
        """Open a port."""
        self._hass.http.app._router.freeze = lambda: None  # type: ignore[method-assign]
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.url = URL(site.name)
        self._hass.http.runner = self.runner

    @property
    def connections(self) -> list[asyncio.Transport]:
        """Return the connections of the players."""
        if self.runner.server is None:
            return []
        return [
            handler.transport
            for handler in self.runner.server.connections
            if isinstance(handler.transport, asyncio.Transport)
        ]

    async def streaming(self, players: int) -> None:
        """Wait until so many players have been sent more than they read."""
        while sum(t.get_write_buffer_size() > 0 for t in self.connections) < players:  # noqa: ASYNC110
            await asyncio.sleep(0)

    async def left_by_all(self) -> None:
        """Wait until the server has noticed that no player is left."""
        while self.connections:  # noqa: ASYNC110
            await asyncio.sleep(0)


class SlowPlayer:
    """A player with hardly any room, which reads no more than it is told to."""

    def __init__(self, server: WebServer) -> None:
        """Prepare its socket."""
        self._url = server.url
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.setblocking(False)

    async def ask(self, path: str, asked: str = "bytes=0-") -> Self:
        """Ask for a range of a greeting."""
        loop = asyncio.get_running_loop()
        assert self._url.host
        await loop.sock_connect(self._socket, (self._url.host, self._url.port))
        request = f"GET {path} HTTP/1.1\r\nHost: ha\r\nRange: {asked}\r\n\r\n"
        await loop.sock_sendall(self._socket, request.encode())
        return self

    async def read(self, size: int) -> bytes:
        """Return so many bytes, read one by one; fewer where the server hangs up."""
        content = b""
        while len(content) < size:
            byte = await asyncio.get_running_loop().sock_recv(self._socket, 1)
            if not byte:
                break
            content += byte
        return content

    async def head(self) -> tuple[int, int]:
        """Return the status, and the length of what is to come."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += await self.read(1)
        length = re.search(rb"Content-Length: (\d+)", head)
        assert length
        return int(head.split()[1]), int(length[1])

    async def rest(self, size: int) -> bytes:
        """Return so many bytes, read as fast as they come; fewer where it ends."""
        content = bytearray()
        while len(content) < size:
            chunk = await asyncio.get_running_loop().sock_recv(self._socket, 65536)
            if not chunk:
                break
            content += chunk
        return bytes(content)

    def leave(self) -> None:
        """Go away without a word."""
        self._socket.close()


def add_greetings(
    pbx: PbxSimulator, count: int, duration: float
) -> list[SimulatedGreeting]:
    """Add an extension 4000 with greetings, each with a tone of its own."""
    greetings = [
        SimulatedGreeting(f"{n}.wav", frequency=300 + 50 * n, duration=duration)
        for n in range(count)
    ]
    pbx.extensions["4000"] = SimulatedExtension("4000", "Lou Load", greetings)
    return greetings


def greeting(file: str = "0.wav", number: str = "4000") -> GreetingReference:
    """Return a reference to a greeting, of extension 4000 if no other is named."""
    return GreetingReference(number, file)


async def hand_out(
    entry: MockConfigEntry, file: str = "0.wav", number: str = "4000"
) -> RelayedMedia:
    """Return a greeting as actions and the media source hand it out."""
    reference = greeting(file, number)
    loaded: Pbx = entry.runtime_data
    link = await reference.get_link(loaded.client)
    return await loaded.playback.relay.prepare(reference, link)


async def relayed(
    entry: MockConfigEntry, file: str = "0.wav", number: str = "4000"
) -> str:
    """Return the path that players are given for a greeting."""
    return (await hand_out(entry, file, number)).path


def let_pass(hass: HomeAssistant, clock: Clock, **duration: float) -> None:
    """Let time pass."""
    clock.tick(timedelta(**duration).total_seconds())
    async_fire_time_changed(hass)


async def outdated(
    hass: HomeAssistant,
    clock: Clock,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    *files: str,
) -> list[str]:
    """Return paths of greetings that are fetched again when a player asks."""
    paths = [await relayed(entry, file) for file in files]
    let_pass(hass, clock, minutes=6)
    pbx.requests.clear()
    return paths


async def fetch(
    players: aiohttp.ClientSession, path: str, **headers: str
) -> tuple[int, bytes]:
    """Return status and body of what one player gets."""
    url = URL(path, encoded=True)
    async with players.get(url, headers=headers) as answer:
        return answer.status, await answer.read()


# Without ffmpeg, WAV passes as it is: large clips that cost no time.
without_ffmpeg = pytest.mark.usefixtures("ffmpeg_that_is_missing")
