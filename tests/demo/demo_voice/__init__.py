"""A text-to-speech engine without the internet: the entity `tts.espeak`.

An integration of its own, for the Home Assistant of the demo: espeak-ng speaks.
"""

import asyncio
from typing import Any, override

from homeassistant.components.tts import TextToSpeechEntity
from homeassistant.components.tts.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

CONFIG_SCHEMA = cv.empty_config_schema("demo_voice")


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Add the entity."""
    await hass.data[DATA_COMPONENT].async_add_entities([Voice()])
    return True


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
        *("espeak-ng", "--stdin", "--stdout"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    wav, _ = await process.communicate(message.encode())
    if process.returncode:
        raise HomeAssistantError(f"espeak-ng ended with status {process.returncode}")
    return wav
