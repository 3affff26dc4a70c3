"""A speech-to-text engine, to see what it is given."""

import asyncio
from collections.abc import AsyncIterable
from typing import Any, override

from homeassistant.components import stt
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component


class Ears(stt.SpeechToTextEntity):
    """A speech-to-text entity that remembers what it heard."""

    _attr_name = "Ears"
    _attr_unique_id = "ears"

    languages = ("de-DE", "en-GB", "en-US")
    rates = (stt.AudioSampleRates.SAMPLERATE_16000,)
    formats: tuple[stt.AudioFormats, ...] = (stt.AudioFormats.WAV,)
    state_of_result = stt.SpeechResultState.SUCCESS
    text: str | None = "Please call me back"
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
    def supported_codecs(self) -> list[stt.AudioCodecs]:
        return [stt.AudioCodecs.PCM]

    @property
    @override
    def supported_bit_rates(self) -> list[stt.AudioBitRates]:
        return [stt.AudioBitRates.BITRATE_16]

    @property
    @override
    def supported_sample_rates(self) -> list[stt.AudioSampleRates]:
        return list(self.rates)

    @property
    @override
    def supported_channels(self) -> list[stt.AudioChannels]:
        return [stt.AudioChannels.CHANNEL_MONO]

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


async def add_ears(hass: HomeAssistant) -> Ears:
    """Add the engine `stt.ears`."""
    engine = Ears()
    assert await async_setup_component(hass, "stt", {})
    await hass.data[stt.DATA_COMPONENT].async_add_entities([engine])
    return engine


def waiting(hass: HomeAssistant) -> int:
    """Return how many messages wait for their turn with the engine."""
    return len(hass.data["yeastar_vm_transcription_turns"]["stt.ears"]._waiting)
