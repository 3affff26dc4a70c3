"""What uploads leave in memory, and how many programs they start at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import os
from pathlib import Path
import threading
import wave

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import numpy as np

from tools.demo.console import step
from tools.demo.errors import DemoError

from .home import added_pbx
from .memory import resident
from .pbx import FIRST_NUMBER, Pbx
from .report import Table, at_most, megabytes

_AT_ONCE = 20
_RATE = 8_000  # Hz
_SECONDS = 3_600  # 57.6 MB, and longer than a greeting can be
_SHORT = 5  # seconds
_LIMIT = 30  # MB
_MOST_FFMPEG = 4
_BETWEEN_LOOKS = 0.005  # seconds
_MEGABYTE = 1_000_000


async def measure_refused_uploads(hass: HomeAssistant, pbx: Pbx, refused: int) -> Table:
    """Upload what is too long, one after the other, and what is not, at once."""
    folder = Path(hass.config.media_dirs["local"])
    await hass.async_add_executor_job(_write_noise, folder / "long.wav", _SECONDS)
    await hass.async_add_executor_job(_write_noise, folder / "short.wav", _SHORT)
    pid = os.getpid()
    async with added_pbx(hass, pbx):
        await _upload(hass, "short", FIRST_NUMBER)
        before = resident(pid)
        with step(f"upload {refused} files that are too long"):
            for _ in range(refused):
                await _upload_long(hass)
        after_refused = resident(pid) - before
        with step(f"upload {_AT_ONCE} files at once"):
            async with _watched_ffmpeg() as running:
                await asyncio.gather(
                    *(
                        _upload(hass, "short", FIRST_NUMBER + number)
                        for number in range(_AT_ONCE)
                    )
                )
        after_all = resident(pid) - before
    (folder / "long.wav").unlink()
    size = _SECONDS * _RATE * 2
    return Table(
        "upload_greeting: memory",
        f"{refused} uploads of {megabytes(size)}, one after the other, that are refused"
        f" because the audio is too long, then {_AT_ONCE} of {_SHORT} s at once. What"
        " Home Assistant has more than before, without a garbage collection that"
        " somebody asked for, and how many ffmpeg run at the same time.",
        ("After the refused ones", "After all", "ffmpeg at once"),
        [(megabytes(after_refused), megabytes(after_all), str(max(running)))],
        [
            at_most(
                f"{refused} refused uploads of {megabytes(size)}: memory left",
                after_refused / _MEGABYTE,
                _LIMIT,
                " MB",
            ),
            at_most(
                f"{_AT_ONCE} uploads at once: memory left",
                after_all / _MEGABYTE,
                _LIMIT,
                " MB",
            ),
            at_most(
                f"{_AT_ONCE} uploads at once: ffmpeg running",
                max(running),
                _MOST_FFMPEG,
            ),
        ],
    )


def _write_noise(file: Path, seconds: int) -> None:
    noise = np.random.default_rng(1).integers(-3000, 3000, seconds * _RATE)
    with wave.open(str(file), "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(_RATE)
        writer.writeframes(noise.astype("<i2").tobytes())


async def _upload(hass: HomeAssistant, name: str, number: int) -> None:
    await hass.services.async_call(
        "yeastar_vm",
        "upload_greeting",
        {
            "extension": str(number),
            "file": name,
            "media": f"media-source://media_source/local/{name}.wav",
            "overwrite": True,
        },
        blocking=True,
    )


async def _upload_long(hass: HomeAssistant) -> None:
    with suppress(ServiceValidationError):
        await _upload(hass, "long", FIRST_NUMBER)
        raise DemoError("a file that is too long was uploaded")


@asynccontextmanager
async def _watched_ffmpeg() -> AsyncIterator[list[int]]:
    """Note how many ffmpeg run, again and again."""
    counts = [0]

    async def watch() -> None:
        while True:
            counts.append(_running_ffmpeg())
            await asyncio.sleep(_BETWEEN_LOOKS)

    watching = asyncio.create_task(watch())
    try:
        yield counts
    finally:
        watching.cancel()


def _running_ffmpeg() -> int:
    """Return how many children of this process are an ffmpeg."""
    thread = threading.main_thread().native_id
    children = Path(f"/proc/self/task/{thread}/children").read_text()
    return sum(_name_of(child).startswith("ffmpeg") for child in children.split())


def _name_of(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text()
    except OSError:  # It has just ended.
        return ""
