"""How long a relayed play takes: of a greeting that is new, and of one that is not."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count
from pathlib import Path
import time
from unittest.mock import patch

from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from custom_components.yeastar_vm.audio.conversion import MP3
from tools.demo.console import step

from .home import Player, added_pbx
from .pbx import FIRST_NUMBER, ByHand, Pbx
from .play import ACTION, play_greeting
from .readers import read_all
from .report import Table, at_most
from .rounds import Candidate, p95, ratio, take_turns, timed
from .servers import AIOHTTP, aiohttp_server

PAUSE = 0.3  # seconds until a player asks

DOWNLOAD = "bare request and bare download"
CONVERSION = "the same, then ffmpeg"

_UNCHANGED = str(FIRST_NUMBER)
_SIZE = 240_000  # bytes of a greeting of 30 s


async def measure_relayed(
    hass: HomeAssistant, player: Player, pbx: Pbx, folder: Path, rounds: int
) -> Table:
    """Compare the relay with request, download and conversion by hand."""
    table = Table(
        "play_greeting, relayed",
        "Greetings of 30 s, from a PBX with a self-signed certificate, until the player"
        f" is called. *unchanged*: it was played before. *{ACTION}* asks the PBX and"
        " downloads it again, so that a new recording is heard at once, and starts no"
        " process if it is the same. *first time*: it is also converted; by hand with"
        " ffmpeg and the same arguments. Then the player, a process that has just"
        " started, asks 300 ms after it was called: from its connecting to the first"
        " byte of audio. So does one that asks a server of aiohttp alone for as much.",
        ("", "", "Median", "p95", "Ratio"),
    )
    by_hand = ByHand(async_get_clientsession(hass), pbx)
    first_bytes: dict[str, list[float]] = {AIOHTTP: [], ACTION: []}
    processes: list[int] = []

    async def play(number: str) -> float:
        loop = asyncio.get_running_loop()
        with patch.object(loop, "subprocess_exec", wraps=loop.subprocess_exec) as run:
            started = time.perf_counter()
            await play_greeting(hass, "relay", number)
            taken = player.called_at - started
        processes.append(run.call_count)
        await asyncio.sleep(PAUSE)
        for name, url in ((ACTION, player.urls[-1]), (AIOHTTP, bare)):
            first_bytes[name] += (await read_all([url])).first_bytes
        return taken

    async def download() -> bytes:
        return await by_hand.download(await by_hand.play_url(_UNCHANGED))

    async def convert() -> None:
        await _convert(get_ffmpeg_manager(hass).binary, await download())

    again: dict[str, Candidate[float]] = {
        DOWNLOAD: timed(download),
        ACTION: partial(play, _UNCHANGED),
    }
    files = folder / "relayed"
    files.mkdir()
    (files / "bare.mp3").write_bytes(bytes(_SIZE))
    async with added_pbx(hass, pbx), aiohttp_server(folder, files) as server:
        bare = f"{server.url}/bare.mp3"
        with step("play_greeting, relayed, unchanged"):
            unchanged = await take_turns(again, rounds)
        # The first round, which is left out, is the one that converts it.
        started = sum(processes[1:])
        with step("play_greeting, relayed, first time"):
            first = await take_turns(
                {CONVERSION: timed(convert), ACTION: _each_another(play)}, rounds
            )
    table.add_times("unchanged", unchanged, DOWNLOAD)
    table.add_times("first time", first, CONVERSION)
    table.add_times("until the first byte", first_bytes, AIOHTTP)
    table.goals.extend(
        (
            at_most(
                f"play_greeting, relayed, unchanged / {DOWNLOAD}",
                ratio(unchanged[ACTION], unchanged[DOWNLOAD]),
                1.5,
            ),
            at_most("play_greeting, relayed, unchanged: processes started", started, 0),
            at_most(
                "play_greeting, relayed, first time / by hand with ffmpeg",
                ratio(first[ACTION], first[CONVERSION]),
                1.1,
            ),
            at_most(
                "relay, from the player's GET to the first byte, p95",
                p95(first_bytes[ACTION]) * 1000,
                5,
                " ms",
            ),
        )
    )
    player.urls.clear()
    return table


def _each_another(play: Callable[[str], Awaitable[float]]) -> Candidate[float]:
    """Return a candidate that plays the greeting of another extension each time."""
    numbers = count(FIRST_NUMBER + 1)
    return lambda: play(str(next(numbers)))


async def _convert(ffmpeg: str, source: bytes) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *(ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "error"),
        *("-protocol_whitelist", "pipe", "-f", "wav", "-i", "pipe:0"),
        *(*MP3.arguments, "pipe:1"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    content, _ = await process.communicate(source)
    return content
