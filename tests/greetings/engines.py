"""A text-to-speech engine, as another integration provides it."""

from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, override

from homeassistant.components.tts import TextToSpeechEntity
from homeassistant.components.tts.const import DATA_COMPONENT as ENGINES
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import mutagen

from .recordings import music

HIGH = 1500

# Home Assistant writes tags with it. It loads its modules when it is first used, which
# takes long.
with suppress(mutagen.MutagenError):
    mutagen.File(BytesIO())


class Voice(TextToSpeechEntity):
    """The engine `tts.voice`, which says everything with the same tone."""

    _attr_name = "Voice"
    _attr_default_language = "en"
    _attr_supported_languages = ["en", "de"]  # noqa: RUF012 - as in Home Assistant

    def __init__(self) -> None:
        """Begin with nothing said."""
        self.audio = music(0.5, HIGH)
        self.said: list[tuple[str, str]] = []
        self.error: Exception | None = None

    @override
    async def async_get_tts_audio(
        self, message: str, language: str, options: dict[str, Any]
    ) -> tuple[str, bytes]:
        if self.error:
            raise self.error
        self.said.append((message, language))
        return "wav", self.audio


async def add_voice(hass: HomeAssistant, folder: Path) -> Voice:
    """Set the engine up, with a folder for what it keeps."""
    hass.config.config_dir = str(folder)
    assert await async_setup_component(hass, "tts", {})
    assert await async_setup_component(hass, "media_source", {})
    voice = Voice()
    await hass.data[ENGINES].async_add_entities([voice])
    return voice
