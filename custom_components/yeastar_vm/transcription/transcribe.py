"""Turn a message into text: one at a time with each engine, the newest one first."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..audio import to_speech
from ..const import DOMAIN
from ..errors.failures import DeliveryTooSlow
from ..errors.translated import time_limit
from ..mailboxes.transcripts import Transcript, TranscriptState
from ..pbx import Interrupted, Message, YeastarClient
from .engines import Engine
from .text import clean_text
from .turns import Order, Turns

AUDIO_TIMEOUT: Final = 120  # seconds for the download and the conversion

_TURNS: HassKey[dict[str, Turns]] = HassKey(f"{DOMAIN}_transcription_turns")


@callback
def async_engine_language(
    hass: HomeAssistant, engine_id: str, language: str | None
) -> str:
    """Return what an engine calls a language, or that of Home Assistant.

    Raise InvalidInput if the engine is not there, or takes no such language.
    """
    return Engine(hass, engine_id).metadata(language).language


@asynccontextmanager
async def engine_turn(
    hass: HomeAssistant, engine_id: str, order: Order
) -> AsyncIterator[None]:
    """Wait until it is the turn of somebody who uses an engine; the lowest is next."""
    turns = hass.data.setdefault(_TURNS, {}).setdefault(engine_id, Turns())
    async with turns.turn(order):
        if hass.is_stopping:
            raise Interrupted
        yield


def newest_first(message: Message) -> float:
    """Return the order of a message among those that wait for an engine."""
    return -message.time.timestamp() if message.time else 0


async def async_transcribe(
    hass: HomeAssistant,
    client: YeastarClient,
    message: Message,
    engine_id: str,
    language: str | None,
) -> Transcript:
    """Return what was said in a message, in a turn with its engine.

    Raise an error of `Engine` that names the engine, DeliveryTooSlow, or a
    LibraryError.
    """
    engine = Engine(hass, engine_id)
    metadata = engine.metadata(language)
    async with time_limit(AUDIO_TIMEOUT, DeliveryTooSlow):
        source = await client.audio.download(
            await client.messages.link(message.message_id)
        )
        wav = await to_speech(
            get_ffmpeg_manager(hass).binary, source, int(metadata.sample_rate)
        )
    text = clean_text(await engine.process(metadata, wav))
    state = TranscriptState.TEXT if text else TranscriptState.NO_SPEECH
    return Transcript(state, engine_id, metadata.language, text)
