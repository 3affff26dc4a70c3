"""A loudspeaker without hardware: PulseAudio, whose output is recorded."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import shutil
from typing import Final

import numpy as np

from tools.demo.errors import DemoError
from tools.demo.processes import HOST, free_port, running
from tools.demo.waiting import is_listening, wait_until

from .notes import RATE, Samples
from .priority import first

PROGRAMS: Final = ("pulseaudio", "parec")
SINK: Final = "pulse"
"""What its output is called, which is also ALSA's name for PulseAudio."""

_SECONDS_TO_START = 20
_SECONDS_TO_BEGIN = 10
_TRIES = 3
_LOUD = 0.02  # of full scale
_FULL_SCALE = 32768


@dataclass(frozen=True)
class Recording:
    """What the speaker has played so far, in a file that grows."""

    file: Path

    def samples(self) -> Samples:
        """Return it, full scale being 1."""
        content = self.file.read_bytes()
        whole = np.frombuffer(content[: len(content) // 2 * 2], dtype="<i2")
        return whole.astype(np.float32) / np.float32(_FULL_SCALE)

    async def wait_for_sound(self, seconds: float) -> bool:
        """Wait until something is heard; return whether that happened in time."""
        return await wait_until(self._is_heard, seconds)

    async def wait_for_silence(self, quiet: float, seconds: float) -> bool:
        """Wait until nothing has been heard for a while; return whether it was."""

        async def is_quiet() -> bool:
            samples = self.samples()
            tail = samples[-int(quiet * RATE) :]
            return samples.size >= quiet * RATE and np.abs(tail).max() < _LOUD

        return await wait_until(is_quiet, seconds)

    async def _is_heard(self) -> bool:
        samples = self.samples()
        return bool(samples.size) and float(np.abs(samples).max()) >= _LOUD


@dataclass(frozen=True)
class Speaker:
    """PulseAudio on a port of this machine."""

    server: str
    folder: Path

    @asynccontextmanager
    async def recording(self, name: str) -> AsyncIterator[Recording]:
        """Record what is played; yield when the recording has begun."""
        file = self.folder / f"{name}.raw"
        file.unlink(missing_ok=True)
        command = (
            *(*first(), "parec", "--raw", "--format=s16le", f"--rate={RATE}"),
            *("--channels=1", f"--server={self.server}", f"--device={SINK}.monitor"),
            *("--latency-msec=50", str(file)),
        )

        async def begins() -> bool:
            return file.exists() and file.stat().st_size > 0

        # Now and then PulseAudio gives nothing to one that listens.
        for _ in range(_TRIES):
            async with running(*command, output=self.folder / "parec.log"):
                if await wait_until(begins, _SECONDS_TO_BEGIN):
                    yield Recording(file)
                    return
        raise DemoError("nothing can be recorded from PulseAudio")


@asynccontextmanager
async def speaker(folder: Path) -> AsyncIterator[Speaker]:
    """Run PulseAudio with everything that it writes in a folder."""
    for program in PROGRAMS:
        if shutil.which(program) is None:
            raise DemoError(
                f"{program} was not found: install it"
                " (Debian: apt-get install pulseaudio pulseaudio-utils)"
            )
    port = free_port()
    output = Speaker(f"tcp:{HOST}:{port}", folder)
    command = (
        *(*first(), "pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no"),
        *("--exit-idle-time=-1", "--disable-shm=yes", "--log-target=stderr"),
        *("-L", f"module-null-sink sink_name={SINK} rate={RATE}"),
        *(
            "-L",
            f"module-native-protocol-tcp listen={HOST} port={port} auth-anonymous=1",
        ),
    )
    home = {
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "PATH": os.environ["PATH"],
    }
    log = folder / "pulseaudio.log"
    async with running(*command, output=log, environment=home) as process:

        async def answers() -> bool:
            if process.returncode is not None:
                raise DemoError(f"PulseAudio ended: {log.read_text().strip()}")
            return await is_listening(port)

        if not await wait_until(answers, _SECONDS_TO_START):
            raise DemoError(f"PulseAudio does not answer: {log.read_text().strip()}")
        yield output
