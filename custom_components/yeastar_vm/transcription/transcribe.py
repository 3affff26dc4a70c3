"""Turn a message into text: one at a time with each engine, the newest one first."""

from dataclasses import dataclass, field
from typing import Final

from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..audio import to_speech
from ..const import DOMAIN
from ..errors.failures import DeliveryTooSlow
from ..errors.translated import time_limit
from ..pbx import Interrupted, Message, YeastarClient
from .engines import Engine
from .text import clean_text
from .turns import Turns

AUDIO_TIMEOUT: Final = 120  # seconds for the download and the conversion

_TURNS: HassKey[dict[str, Turns]] = HassKey(f"{DOMAIN}_transcription_turns")


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said in a message: empty if nothing was; `language` is the engine's."""

    text: str = field(repr=False)
    language: str


@callback
def async_check_engine(
    hass: HomeAssistant, engine_id: str, language: str | None
) -> None:
    """Raise InvalidInput if an engine is not there, or takes no such language."""
    Engine(hass, engine_id).metadata(language)


async def async_transcribe(
    hass: HomeAssistant,
    client: YeastarClient,
    message: Message,
    engine_id: str,
    language: str | None = None,
) -> Transcript:
    """Return what was said in a message, once it is the engine's turn for it.

    All limits count from then. Raise an error of `Engine` that names the engine,
    DeliveryTooSlow, a YeastarError, or an AudioError.
    """
    turns = hass.data.setdefault(_TURNS, {}).setdefault(engine_id, Turns())
    newest_first = -message.time.timestamp() if message.time else 0
    async with turns.turn(newest_first):
        if hass.is_stopping:
            raise Interrupted
        # It may have been removed meanwhile.
        engine = Engine(hass, engine_id)
        metadata = engine.metadata(language)
        async with time_limit(AUDIO_TIMEOUT, DeliveryTooSlow):
            source = await client.audio.download(
                await client.messages.link(message.message_id)
            )
            wav = await to_speech(
                get_ffmpeg_manager(hass).binary, source, int(metadata.sample_rate)
            )
        text = await engine.process(metadata, wav)
    return Transcript(clean_text(text), metadata.language)
