"""What browsers that follow a mailbox cost Home Assistant."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
import os
from pathlib import Path
from typing import Any

import aiohttp

from tools.demo.errors import DemoError
from tools.demo.home_assistant import HomeAssistant

_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def process_of(config: Path) -> int:
    """Return the process of the Home Assistant that has a configuration folder."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text().split("\0")
        except OSError:  # it has just ended
            continue
        if str(config) in command:
            return int(process.name)
    raise DemoError("Home Assistant does not run")


def cpu_of(process: int) -> float:
    """Return the seconds that a process took until now."""
    _, _, stat = Path(f"/proc/{process}/stat").read_text().rpartition(")")
    user, system = stat.split()[11:13]
    return (int(user) + int(system)) / _CLOCK_TICKS


@asynccontextmanager
async def subscribers(
    home: HomeAssistant, entity_id: str, count: int
) -> AsyncIterator[Subscribers]:
    """Follow a mailbox in so many browsers."""
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(home.socket()) for _ in range(count)]
        everybody = Subscribers(sockets)
        for socket in sockets:
            await socket.send_json(
                {
                    "id": 1,
                    "type": "yeastar_vm/messages/subscribe",
                    "entity_ids": [entity_id],
                }
            )
        await everybody.told("mailbox")
        yield everybody


class Subscribers:
    """What the browsers are told."""

    def __init__(self, sockets: list[aiohttp.ClientWebSocketResponse]) -> None:
        """Read from connections that are signed in."""
        self._sockets = sockets

    async def told(self, kind: str) -> None:
        """Wait until each of them is told of something of a kind."""
        await asyncio.gather(*(self._told(socket, kind) for socket in self._sockets))

    async def _told(self, socket: aiohttp.ClientWebSocketResponse, kind: str) -> None:
        while True:
            received: dict[str, Any] = await socket.receive_json()
            if received["type"] == "event" and received["event"]["type"] == kind:
                return
