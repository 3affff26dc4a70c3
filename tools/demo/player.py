"""A real player: MPD, whose output goes into a WAV file."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
import shutil

from .errors import DemoError
from .processes import HOST, free_port, running

_SECONDS_TO_START = 10
_SECONDS_BETWEEN_LOOKS = 0.05

_CONFIGURATION = """\
bind_to_address "{host}"
port "{port}"
state_file "{folder}/state"
playlist_directory "{folder}"
zeroconf_enabled "no"
input {{
    plugin "curl"
}}
"""

_RECORDER = """\
audio_output {{
    type "recorder"
    name "Recording"
    path "{recording}"
    encoder "wave"
    mixer_type "software"
}}
audio_output {{
    type "null"
    name "Pace of a loudspeaker"
}}
"""


@dataclass(frozen=True)
class Player:
    """MPD on a port of this machine; ``recording`` holds what it played last."""

    port: int
    recording: Path

    async def command(self, command: str) -> dict[str, str]:
        """Send a command and return the fields of the answer."""
        try:
            return await self._exchange(command)
        except OSError as error:
            raise DemoError(f"MPD does not answer: {error}") from error

    async def _exchange(self, command: str) -> dict[str, str]:
        reader, writer = await asyncio.open_connection(HOST, self.port)
        try:
            await reader.readline()
            writer.write(f"{command}\n".encode())
            answer: dict[str, str] = {}
            while (line := (await reader.readline()).decode().rstrip("\n")) != "OK":
                name, colon, value = line.partition(": ")
                if not colon:
                    raise DemoError(f"MPD refuses {command!r}: {line or 'no answer'}")
                answer[name] = value
            return answer
        finally:
            writer.close()
            await writer.wait_closed()

    async def wait_until_playing(self, seconds: float) -> None:
        """Wait until something is being played."""
        await self._wait_until("play", seconds)

    async def wait_until_done(self, seconds: float) -> None:
        """Wait until what is being played is at its end."""
        await self._wait_until("stop", seconds)

    async def _wait_until(self, state: str, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while True:
                    status = await self.command("status")
                    if error := status.get("error"):
                        raise DemoError(f"the player says: {error}")
                    if status["state"] == state:
                        return
                    await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        except TimeoutError:
            raise DemoError(
                f"the player's state is {status['state']}, not {state},"
                f" after {seconds:g} s"
            ) from None

    async def finish_recording(self) -> bytes:
        """Close the output, which completes the recording, and return the WAV file."""
        await self.command("stop")
        await self.command("disableoutput 0")
        await self.command("enableoutput 0")
        try:
            return self.recording.read_bytes()
        except FileNotFoundError:
            raise DemoError("the player recorded nothing") from None


@asynccontextmanager
async def player(folder: Path, outputs: str | None = None) -> AsyncIterator[Player]:
    """Run MPD with everything that it writes in a folder.

    It records unless it has other outputs, in the words of its configuration.
    """
    mpd = shutil.which("mpd")
    if mpd is None:
        raise DemoError("mpd was not found: install it (Debian: apt-get install mpd)")
    recorder = Player(free_port(), folder / "played.wav")
    configuration = folder / "mpd.conf"
    if outputs is None:
        outputs = _RECORDER.format(recording=recorder.recording)
    configuration.write_text(
        _CONFIGURATION.format(host=HOST, port=recorder.port, folder=folder) + outputs
    )
    log = folder / "mpd.log"
    async with running(
        mpd, "--no-daemon", "--stderr", str(configuration), output=log
    ) as process:
        try:
            async with asyncio.timeout(_SECONDS_TO_START):
                while not await _answers(recorder):
                    if process.returncode is not None:
                        raise DemoError(f"MPD ended: {log.read_text().strip()}")
                    await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        except TimeoutError:
            raise DemoError(f"MPD does not answer: {log.read_text().strip()}") from None
        yield recorder


async def _answers(recorder: Player) -> bool:
    try:
        await recorder.command("ping")
    except DemoError:
        return False
    return True
