"""How long it takes from the action until a greeting is on the PBX."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
import wave

from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import numpy as np

from tools.demo.console import step

from .home import added_pbx
from .pbx import FIRST_NUMBER, ByHand, Pbx
from .report import Table, at_most
from .rounds import Candidate, ratio, take_turns, timed

ACTION = "upload_greeting"
BY_HAND = "by hand"
LIMIT = 1.15
LENGTHS = (5, 30)  # seconds
# What somebody who knows ffmpeg would write: equally loud, in one pass.
_TELEPHONY = (
    *("-map", "0:a:0", "-map_metadata", "-1"),
    *("-af", "aformat=channel_layouts=mono,highpass=f=100,loudnorm=I=-19:TP=-2:LRA=11"),
    *("-ar", "8000", "-c:a", "pcm_s16le", "-bitexact", "-f", "wav", "pipe:1"),
)

_NAME = "bench"
_NUMBER = str(FIRST_NUMBER)
_RATE = 44_100


async def measure_uploads(
    hass: HomeAssistant, pbxs: Mapping[str, Pbx], rounds: int
) -> Table:
    """Compare the action with reading, converting and sending a file by hand."""
    table = Table(
        "upload_greeting",
        "A file in Home Assistant's media folder, 44.1 kHz and stereo, from the call of"
        " the action until the greeting is on the PBX, in place of the one before."
        f" *{BY_HAND}*: the file is read, converted by ffmpeg with the same arguments,"
        f" and sent in one request. *{ACTION}* reads the list of greetings before that"
        " and after it, too.",
        ("", "", "Median", "p95", "Ratio"),
    )
    file = Path(hass.config.media_dirs["local"]) / "bench.wav"
    for seconds in LENGTHS:
        await hass.async_add_executor_job(_write_speech, file, seconds)
        for name, pbx in pbxs.items():
            label = f"{seconds} s, {name}"
            async with added_pbx(hass, pbx):
                with step(f"{ACTION}, {label}"):
                    results = await take_turns(
                        {
                            BY_HAND: _timed_by_hand(hass, pbx, file),
                            ACTION: _timed_action(hass),
                        },
                        rounds,
                    )
            table.add_times(label, results, BY_HAND)
            times = ratio(results[ACTION], results[BY_HAND])
            table.goals.append(at_most(f"{ACTION}, {label} / {BY_HAND}", times, LIMIT))
    return table


def _write_speech(file: Path, seconds: int) -> None:
    """Write a file that has pauses and is never the same, as speech."""
    times = np.arange(seconds * _RATE) / _RATE
    noise = np.random.default_rng(1).standard_normal(len(times))
    samples = 6000 * noise * np.sin(np.pi * times) ** 2
    both = np.repeat(samples.clip(-32768, 32767).astype("<i2"), 2)
    with wave.open(str(file), "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(_RATE)
        writer.writeframes(both.tobytes())


def _timed_action(hass: HomeAssistant) -> Candidate[float]:
    async def upload() -> None:
        await hass.services.async_call(
            "yeastar_vm",
            ACTION,
            {
                "extension": _NUMBER,
                "file": _NAME,
                "media": "media-source://media_source/local/bench.wav",
                "overwrite": True,
            },
            blocking=True,
        )

    return timed(upload)


def _timed_by_hand(hass: HomeAssistant, pbx: Pbx, file: Path) -> Candidate[float]:
    by_hand = ByHand(async_get_clientsession(hass), pbx)
    ffmpeg = get_ffmpeg_manager(hass).binary

    async def upload() -> None:
        source = await hass.async_add_executor_job(file.read_bytes)
        process = await asyncio.create_subprocess_exec(
            *(ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "error"),
            *("-protocol_whitelist", "pipe", "-f", "wav", "-i", "pipe:0"),
            *_TELEPHONY,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        content, _ = await process.communicate(source)
        await by_hand.upload(_NUMBER, f"{_NAME}.wav", content)

    return timed(upload)
