"""Speech to text: pocketsphinx listens."""

import asyncio
from collections.abc import AsyncIterable
from pathlib import Path
import subprocess
from tempfile import TemporaryDirectory
from typing import override

from homeassistant.components import stt
from homeassistant.exceptions import HomeAssistantError

from .engine import TelephoneEngine

MODEL = Path("/usr/share/pocketsphinx/model/en-us")

_SECONDS = 120
_NAME = "message"


class Hearing(TelephoneEngine):
    """What pocketsphinx understands."""

    _attr_name = "pocketsphinx"

    @property
    @override
    def supported_languages(self) -> list[str]:
        return ["en-US"]

    @override
    async def async_process_audio_stream(
        self, metadata: stt.SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> stt.SpeechResult:
        samples = b"".join([chunk async for chunk in stream])
        return stt.SpeechResult(await hear(samples), stt.SpeechResultState.SUCCESS)


async def hear(samples: bytes) -> str:
    """Return speech as text; raise HomeAssistantError.

    The samples are of 16 bits, one channel, without the header of a file.
    """
    return await asyncio.to_thread(_hear, samples)


def _hear(samples: bytes) -> str:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / f"{_NAME}.raw").write_bytes(samples)
        (folder / "list").write_text(f"{_NAME}\n")
        heard = subprocess.run(  # noqa: S603 - nothing in it comes from outside
            [
                *("pocketsphinx_batch", "-adcin", "yes"),
                *("-hmm", MODEL / "en-us", "-lm", MODEL / "en-us.lm.bin"),
                *("-dict", MODEL / "cmudict-en-us.dict"),
                *("-cepdir", folder, "-cepext", ".raw", "-ctl", folder / "list"),
                *("-hyp", folder / "heard"),
            ],
            check=False,
            capture_output=True,
            timeout=_SECONDS,
        )
        if heard.returncode:
            raise HomeAssistantError(
                f"pocketsphinx ended with status {heard.returncode}"
            )
        # A line such as: please call me back (message -14103)
        text, _, _ = (folder / "heard").read_text().rpartition(f"({_NAME} ")
        return text.strip()
