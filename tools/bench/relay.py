"""How many players the relay serves, and what memory that takes."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
import os
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from homeassistant.components.http import HomeAssistantView
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import get_url

from tools.demo.console import step

from .home import Player, added_pbx
from .memory import forget_peak, peak, resident
from .pbx import FIRST_NUMBER, Pbx
from .play import play_greeting
from .readers import Reading, read_all
from .report import Table, at_least, at_most, megabytes
from .rounds import Candidate, p95, ratio, take_turns
from .servers import AIOHTTP, aiohttp_server, nginx

GREETINGS = 20
READERS = 200
PAUSE = 1.0  # seconds until they begin to read, for the memory

RELAY = "relay"
VIEW = "a view of Home Assistant"
NGINX = "nginx, from files"

_MEGABYTE = 1_000_000


class FilesView(HomeAssistantView):
    """The least that Home Assistant itself takes to serve a file from memory."""

    requires_auth = False

    def __init__(self, label: str, files: dict[str, bytes]) -> None:
        """Serve files by their names."""
        self.path = f"/api/bench/{label.replace(' ', '')}"
        self.url = f"{self.path}/{{name}}"
        self.name = f"api:bench:{label}"
        self._files = files

    async def get(self, request: web.Request, name: str) -> web.Response:
        """Answer with a file."""
        return web.Response(body=self._files[name], content_type="audio/mpeg")


async def measure_memory(hass: HomeAssistant, player: Player, pbx: Pbx) -> Table:
    """Compare the memory that relaying takes at most with that of the greetings kept.

    Home Assistant should not have done much yet, or memory that it had before would be
    used again.
    """
    with step(f"relay {GREETINGS} greetings to {READERS} slow readers"):
        async with added_pbx(hass, pbx) as entry:
            pid = os.getpid()
            idle = resident(pid)
            forget_peak(pid)
            urls = await _play_all(hass, player)
            await read_all(_shared(urls), ask_range=True, pause=PAUSE)
            taken = peak(pid) - idle
            clips = entry.runtime_data.playback.relay.size
    return Table(
        "Relay: memory",
        f"What Home Assistant takes at most above what it had, from the first of"
        f" {GREETINGS} plays at once, each with its download and conversion, until"
        f" {READERS} players have read. They begin to read {PAUSE:g} s after they"
        " asked, and every second one asks for a range.",
        ("Peak above idle", "Greetings kept", "The rest"),
        [(megabytes(taken), megabytes(clips), megabytes(taken - clips))],
        [
            at_most(
                "relay, peak memory above idle and the greetings kept",
                (taken - clips) / _MEGABYTE,
                16,
                " MB",
            )
        ],
    )


async def measure_throughput(
    hass: HomeAssistant,
    player: Player,
    pbxs: dict[str, Pbx],
    folder: Path,
    rounds: int,
) -> Table:
    """Compare the relay with servers of the same bytes, by the greetings' length."""
    table = Table(
        "Relay: throughput",
        f"{READERS} players at once, in a process of their own, read {GREETINGS}"
        " greetings, each over a connection of its own, as fast as they can."
        f" *{VIEW}* is a view of three lines that serves the same bytes from memory:"
        " what Home Assistant itself takes, and nothing in it can be much faster.",
        ("Greetings", "", "Megabytes a second", "p95 of the time", "Ratio"),
    )
    for label, pbx in pbxs.items():
        files = folder / "files" / label
        files.mkdir(parents=True)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(added_pbx(hass, pbx))
            with step(f"relay {GREETINGS} greetings of {label}"):
                urls = await _play_all(hass, player)
                contents = await _download(urls)
            for name, content in contents.items():
                (files / name).write_bytes(content)
            view = FilesView(label, contents)
            hass.http.register_view(view)
            shown = f"{get_url(hass)}{view.path}"
            bare = await stack.enter_async_context(aiohttp_server(folder, files))
            static = await stack.enter_async_context(nginx(folder, files))
            candidates = {
                RELAY: _reading(urls),
                VIEW: _reading([f"{shown}/{name}" for name in contents]),
                AIOHTTP: _reading([f"{bare.url}/{name}" for name in contents]),
                NGINX: _reading([f"{static.url}/{name}" for name in contents]),
            }
            with step(f"relay them to {READERS} readers at once"):
                _add_throughput(table, label, await take_turns(candidates, rounds))
    return table


async def _play_all(hass: HomeAssistant, player: Player) -> list[str]:
    """Play a greeting of each of some extensions at once; return the links."""
    player.urls.clear()
    await asyncio.gather(
        *(
            play_greeting(hass, "relay", str(number))
            for number in range(FIRST_NUMBER, FIRST_NUMBER + GREETINGS)
        )
    )
    return player.urls.copy()


async def _download(urls: Sequence[str]) -> dict[str, bytes]:
    """Return what is behind URLs, by the keys in their paths."""
    async with aiohttp.ClientSession() as session:
        files = {}
        for url in urls:
            async with session.get(url) as response:
                key = urlsplit(url).path.split("/")[-2]
                files[f"{key}.mp3"] = await response.read()
        return files


def _shared(urls: Sequence[str]) -> list[str]:
    """Return a URL for each reader."""
    return [urls[number % len(urls)] for number in range(READERS)]


def _reading(urls: Sequence[str]) -> Candidate[Reading]:
    async def read() -> Reading:
        return await read_all(_shared(urls))

    return read


def _add_throughput(
    table: Table, label: str, readings: dict[str, list[Reading]]
) -> None:
    speeds = {
        name: [reading.size / reading.seconds for reading in each]
        for name, each in readings.items()
    }
    for name, each in readings.items():
        table.rows.append(
            (
                label,
                name,
                f"{median(speeds[name]) / _MEGABYTE:.0f}",
                f"{p95(reading.seconds for reading in each) * 1000:.0f} ms",
                f"{ratio(speeds[name], speeds[AIOHTTP]):.2f}",
            )
        )
    table.goals.extend(
        at_least(
            f"relay, throughput, greetings of {label} / {other}",
            ratio(speeds[RELAY], speeds[other]),
            0.9,
        )
        for other in (AIOHTTP, VIEW)
    )
