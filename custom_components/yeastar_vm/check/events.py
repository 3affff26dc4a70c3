"""The part of a check that listens to the events of a PBX."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
import json
import time
from typing import Final

import aiohttp

from ..pbx import CannotConnect, ConnectionFailure
from ..pbx.events import TOPICS
from ..pbx.raw import RawRequests, read_success
from .findings import Frame

HEARTBEAT: Final = "heartbeat"


class Listener:
    """A WebSocket, and the frames that it sent and received."""

    def __init__(self, raw: RawRequests, limit: float) -> None:
        """`limit` is how long the PBX may take for each answer, in seconds."""
        self.frames: list[Frame] = []
        self._raw = raw
        self._limit = limit

    async def listen(self, seconds: float, on_success: Callable[[], None]) -> None:
        """Subscribe, let the PBX answer a heartbeat, and listen for some seconds.

        Raise a YeastarError for what fails before it listens.
        """
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(self._limit):
                    socket = await stack.enter_async_context(self._raw.web_socket())
                self._opened = time.monotonic()
                await self._send(socket, json.dumps({"topic_list": list(TOPICS)}))
                reply = await self._receive_in_time(socket)
                read_success(reply.encode(errors="replace"))
                await self._send(socket, HEARTBEAT)
                await self._receive_in_time(socket)
            except TimeoutError:
                raise CannotConnect(ConnectionFailure.TIMEOUT) from None
            on_success()
            with suppress(TimeoutError, CannotConnect):
                async with asyncio.timeout(seconds):
                    while True:
                        await self._receive(socket)

    async def _send(self, socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
        await socket.send_str(text)
        self._note(text, is_sent=True)

    async def _receive_in_time(self, socket: aiohttp.ClientWebSocketResponse) -> str:
        async with asyncio.timeout(self._limit):
            return await self._receive(socket)

    async def _receive(self, socket: aiohttp.ClientWebSocketResponse) -> str:
        frame = await socket.receive()
        if frame.type is not aiohttp.WSMsgType.TEXT:
            raise CannotConnect(ConnectionFailure.CONNECTION_LOST)
        self._note(frame.data, is_sent=False)
        return str(frame.data)

    def _note(self, text: str, *, is_sent: bool) -> None:
        self.frames.append(Frame(time.monotonic() - self._opened, is_sent, text))
