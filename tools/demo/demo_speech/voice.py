"""Text to speech: espeak-ng speaks."""

import asyncio
from typing import Any, override

from homeassistant.components.tts import TextToSpeechEntity
from homeassistant.exceptions import HomeAssistantError

# Of all voices of espeak-ng, pocketsphinx understands this one best.
_VOICE = "en-us+f5"


class Voice(TextToSpeechEntity):
    """The voice of espeak-ng."""

    _attr_name = "espeak"
    _attr_default_language = "en"
    _attr_supported_languages = ["en"]  # noqa: RUF012 - as in Home Assistant

    @override
    async def async_get_tts_audio(
        self, message: str, language: str, options: dict[str, Any]
    ) -> tuple[str, bytes]:
        return "wav", await speak(message)


async def speak(message: str) -> bytes:
    """Return text as speech; raise HomeAssistantError."""
    process = await asyncio.create_subprocess_exec(
        *("espeak-ng", "-v", _VOICE, "--stdin", "--stdout"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    wav, _ = await process.communicate(message.encode())
    if process.returncode:
        raise HomeAssistantError(f"espeak-ng ended with status {process.returncode}")
    return wav
