"""How many players the relay serves, and what memory that takes."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
import os
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from homeassistant.components.http import HomeAssistantView
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import get_url

from tests.demo.console import step

from .home import Player, added_pbx
from .memory import forget_peak, peak, resident
from .pbx import FIRST_NUMBER, Pbx
from .play import play_greeting
from .readers import Reading, read_all
from .report import Table, at_least, at_most, megabytes
from .rounds import Candidate, p95, ratio, take_turns
from .servers import aiohttp_server, nginx

GREETINGS = 20
READERS = 200
PAUSE = 1.0  # seconds until they begin to read, for the memory

RELAY = "relay"
VIEW = "a view of Home Assistant, signed"
AIOHTTP = "aiohttp, from memory"
NGINX = "nginx, from files"

_MEGABYTE = 1_000_000


class FilesView(HomeAssistantView):
    """The least that Home Assistant itself takes to serve a file from memory."""

    url = "/api/bench/{name}"
    name = "api:bench"

    def __init__(self, files: dict[str, bytes]) -> None:
        """Serve files by their names."""
        self._files = files

    async def get(self, request: web.Request, name: str) -> web.Response:
        """Answer with a file."""
        return web.Response(body=self._files[name], content_type="audio/mpeg")


async def measure_relay(
    hass: HomeAssistant, player: Player, pbx: Pbx, folder: Path, rounds: int
) -> list[Table]:
    """Compare the relay with servers of the same bytes.

    Home Assistant should not have done much yet, or memory that it had before would be
    used again.
    """
    async with AsyncExitStack() as stack:
        with step(f"relay {GREETINGS} greetings to {READERS} slow readers"):
            entry = await stack.enter_async_context(added_pbx(hass, pbx))
            pid = os.getpid()
            idle = resident(pid)
            forget_peak(pid)
            await _play_all(hass)
            urls = player.urls.copy()
            await read_all(_shared(urls), ask_range=True, pause=PAUSE)
            taken = peak(pid) - idle
            clips = entry.runtime_data.clips.size
        files = await _download(urls)
        (folder / "files").mkdir()
        for name, content in files.items():
            (folder / "files" / name).write_bytes(content)
        hass.http.register_view(FilesView(files))
        signed = [
            get_url(hass)
            + async_sign_path(
                hass, f"/api/bench/{name}", timedelta(hours=1), use_content_user=True
            )
            for name in files
        ]
        bare = await stack.enter_async_context(aiohttp_server(folder, folder / "files"))
        static = await stack.enter_async_context(nginx(folder, folder / "files"))
        candidates = {
            RELAY: _reading(urls),
            VIEW: _reading(signed),
            AIOHTTP: _reading([f"{bare.url}/{name}" for name in files]),
            NGINX: _reading([f"{static.url}/{name}" for name in files]),
        }
        with step(f"relay {GREETINGS} greetings to {READERS} readers at once"):
            readings = await take_turns(candidates, rounds)
    player.urls.clear()
    return [_throughput(readings), _memory(taken, clips)]


async def _play_all(hass: HomeAssistant) -> None:
    await asyncio.gather(
        *(
            play_greeting(hass, "relay", str(number))
            for number in range(FIRST_NUMBER, FIRST_NUMBER + GREETINGS)
        )
    )


async def _download(urls: Sequence[str]) -> dict[str, bytes]:
    """Return what is behind URLs, by the last part of their paths."""
    async with aiohttp.ClientSession() as session:
        files = {}
        for url in urls:
            async with session.get(url) as response:
                files[urlsplit(url).path.rpartition("/")[2]] = await response.read()
        return files


def _shared(urls: Sequence[str]) -> list[str]:
    """Return a URL for each reader."""
    return [urls[number % len(urls)] for number in range(READERS)]


def _reading(urls: Sequence[str]) -> Candidate[Reading]:
    async def read() -> Reading:
        return await read_all(_shared(urls))

    return read


def _throughput(readings: dict[str, list[Reading]]) -> Table:
    table = Table(
        "Relay: throughput",
        f"{READERS} players at once, in a process of their own, read {GREETINGS}"
        " greetings of 30 s, each over a connection of its own, as fast as they can."
        f" *{VIEW}* is a view of three lines that serves the same bytes from memory"
        " behind a signed link: what Home Assistant itself takes.",
        ("", "Megabytes a second", "p95 of the time", "Ratio"),
    )
    speeds = {
        name: [reading.size / reading.seconds for reading in each]
        for name, each in readings.items()
    }
    for name, each in readings.items():
        table.rows.append(
            (
                name,
                f"{median(speeds[name]) / _MEGABYTE:.0f}",
                f"{p95(reading.seconds for reading in each) * 1000:.0f} ms",
                f"{ratio(speeds[name], speeds[AIOHTTP]):.2f}",
            )
        )
    table.goals.append(
        at_least(
            "relay, throughput / aiohttp", ratio(speeds[RELAY], speeds[AIOHTTP]), 0.9
        )
    )
    return table


def _memory(taken: int, clips: int) -> Table:
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
