"""Speech to text for pictures: `stt.written` knows what was said by how long it took.

An integration of its own, for the Home Assistant of the walkthrough.
"""

from collections.abc import AsyncIterable
from typing import Final, override

from homeassistant.components import stt
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from ..demo_speech.engine import RATE, TelephoneEngine

ENGINE: Final = "written"
"""The name of the engine."""

TEXTS: Final = {
    7: "Thank you for your help last week, Leo. Everything works now.",
    9: "Your bicycle is ready. We are open until six.",
    11: "Hello Leo, the delivery comes on Thursday between eight and ten. Please make"
    " sure that somebody is there, and call me back if that does not work for you.",
    14: "This is the practice of Doctor Kaya. Your appointment on Friday is at half"
    " past nine, not at ten. Please bring the letter of your insurance.",
}
"""What callers say, by the seconds that it takes."""

CONFIG_SCHEMA = cv.empty_config_schema("written_speech")

_BYTES_OF_A_SECOND = RATE * 2


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Add the entity."""
    await hass.data[stt.DATA_COMPONENT].async_add_entities([WrittenSpeech()])
    return True


class WrittenSpeech(TelephoneEngine):
    """An engine that does not listen."""

    _attr_name = ENGINE

    @property
    @override
    def supported_languages(self) -> list[str]:
        return ["en", "de"]

    @override
    async def async_process_audio_stream(
        self, metadata: stt.SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> stt.SpeechResult:
        size = 0
        async for chunk in stream:
            size += len(chunk)
        text = TEXTS.get(round(size / _BYTES_OF_A_SECOND), "")
        return stt.SpeechResult(text, stt.SpeechResultState.SUCCESS)
