"""Engines that turn speech into text, and text into speech, of other integrations."""

import asyncio
from collections.abc import AsyncIterable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, Final, override

from homeassistant.components import stt
from homeassistant.components.tts import TextToSpeechEntity
from homeassistant.components.tts.const import DATA_COMPONENT as VOICES
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import mutagen

from tools.demo.demo_speech.engine import TelephoneEngine

from .greetings.recordings import music

ENGINE: Final = "stt.engine"
SAID: Final = "Please call me back"
HIGH: Final = 1500

# Home Assistant writes tags with it. It loads its modules when it is first used, which
# takes long.
with suppress(mutagen.MutagenError):
    mutagen.File(BytesIO())


class Engine(TelephoneEngine):
    """The engine `stt.engine`, which remembers what it heard."""

    _attr_name = "Engine"
    _attr_unique_id = "engine"
    languages: tuple[str, ...] = ("de-DE", "en-GB", "en-US")
    rates = (stt.AudioSampleRates.SAMPLERATE_16000,)
    formats: tuple[stt.AudioFormats, ...] = (stt.AudioFormats.WAV,)
    state_of_result = stt.SpeechResultState.SUCCESS
    text: str | None = SAID
    error: BaseException | None = None
    answers_oddly = False
    hears_no_cancellation = False
    odd_answer: Any = None

    def __init__(self) -> None:
        """Begin with nothing."""
        self.heard: list[tuple[stt.SpeechMetadata, bytes]] = []
        # How many messages it listens to, and how many it did at most.
        self.at_once = self.most_at_once = 0
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    @property
    @override
    def supported_languages(self) -> list[str]:
        return list(self.languages)

    @property
    @override
    def supported_formats(self) -> list[stt.AudioFormats]:
        return list(self.formats)

    @property
    @override
    def supported_sample_rates(self) -> list[stt.AudioSampleRates]:
        return list(self.rates)

    @override
    async def async_process_audio_stream(
        self, metadata: stt.SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> stt.SpeechResult:
        heard = b"".join([chunk async for chunk in stream])
        self.heard.append((metadata, heard))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            while not self.goes_on.is_set():
                try:
                    await self.goes_on.wait()
                except asyncio.CancelledError:
                    if not self.hears_no_cancellation:
                        raise
        finally:
            self.at_once -= 1
        if self.error:
            raise self.error
        if self.answers_oddly:
            odd: stt.SpeechResult = self.odd_answer
            return odd
        return stt.SpeechResult(self.text, self.state_of_result)


async def add_engine(hass: HomeAssistant) -> Engine:
    """Set the engine that turns speech into text up."""
    engine = Engine()
    assert await async_setup_component(hass, "stt", {})
    await hass.data[stt.DATA_COMPONENT].async_add_entities([engine])
    return engine


def waiting(hass: HomeAssistant) -> int:
    """Return how many messages wait for their turn with the engine."""
    return len(hass.data["yeastar_vm_transcription_turns"][ENGINE]._waiting)


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
    """Set the engine that speaks up, with a folder for what it keeps."""
    hass.config.config_dir = str(folder)
    assert await async_setup_component(hass, "tts", {})
    assert await async_setup_component(hass, "media_source", {})
    voice = Voice()
    await hass.data[VOICES].async_add_entities([voice])
    return voice
