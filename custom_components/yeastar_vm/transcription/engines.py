"""Speech-to-text entities: what they take, and what they make of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
import logging
from typing import Final

from homeassistant.components import stt
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import language as language_util
from homeassistant.util.hass_dict import HassKey

from ..audio import WAV_HEADER
from ..const import DOMAIN
from ..errors.failures import EngineTooSlow, TranscriptionFailed
from ..errors.invalid_input import (
    EngineNotSupported,
    EngineUnavailable,
    LanguageNotSupported,
    NotAnEngine,
)
from ..errors.translated import InvalidInput
from ..pbx import Interrupted

_LOGGER = logging.getLogger(__name__)

CHUNK: Final = 4096  # bytes
# Seconds; a small machine takes longer for a message than the message lasts.
ENGINE_TIMEOUT: Final = 300
# Seconds for an engine to stop.
CANCEL_TIMEOUT: Final = 10
# Seconds for an engine to come back after a reload, or after the start.
RETURN_TIMEOUT: Final = 60

# What each engine was given last.
_WORKS: HassKey[dict[str, asyncio.Task[stt.SpeechResult]]] = HassKey(
    f"{DOMAIN}_engine_works"
)

# The best of what an engine supports comes first.
_SAMPLE_RATES: Final = (
    stt.AudioSampleRates.SAMPLERATE_16000,
    stt.AudioSampleRates.SAMPLERATE_8000,
    stt.AudioSampleRates.SAMPLERATE_22000,
    stt.AudioSampleRates.SAMPLERATE_44100,
    stt.AudioSampleRates.SAMPLERATE_48000,
)


class Engine:
    """A speech-to-text entity that may do anything."""

    def __init__(self, hass: HomeAssistant, entity_id: str) -> None:
        """Find it; raise NotAnEngine or EngineUnavailable."""
        entity = None
        if stt.DATA_COMPONENT in hass.data:
            entity = stt.async_get_speech_to_text_entity(hass, entity_id)
        if entity is None:
            raise NotAnEngine(entity_id=entity_id)
        if not entity.available:
            raise EngineUnavailable(engine=entity_id)
        self._hass = hass
        self._id = entity_id
        self._entity: stt.SpeechToTextEntity = entity

    def metadata(self, language: str | None) -> stt.SpeechMetadata:
        """Return the description of the audio that the engine gets.

        The language is that of Home Assistant if none is named. Raise
        LanguageNotSupported or EngineNotSupported.
        """
        try:
            return self._metadata(language or self._hass.config.language)
        except InvalidInput:
            raise
        except Exception as err:
            raise self._failed(err) from err

    async def process(self, metadata: stt.SpeechMetadata, wav: bytes) -> str:
        """Return the text of a WAV file; raise EngineTooSlow or TranscriptionFailed.

        Raise Interrupted when Home Assistant stops.
        """
        works = self._hass.data.setdefault(_WORKS, {})
        if before := works.get(self._id):
            # It was cancelled. An engine that goes on with it gets nothing else to do.
            await self._wait(before, CANCEL_TIMEOUT)
        work = works[self._id] = self._hass.async_create_background_task(
            self._entity.internal_async_process_audio_stream(metadata, _stream(wav)),
            f"transcribe with {self._id}",
        )

        @callback
        def stop(_: Event) -> None:
            work.cancel()

        remove = self._hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, stop)
        try:
            await self._wait(work, ENGINE_TIMEOUT)
        finally:
            remove()
            work.cancel()
            work.add_done_callback(_retrieve)
        return self._text(work)

    async def _wait(self, work: asyncio.Task[stt.SpeechResult], seconds: float) -> None:
        """Wait for the end of some work; cancel it and raise EngineTooSlow."""
        await asyncio.wait([work], timeout=seconds)
        if not work.done():
            work.cancel()
            await asyncio.wait([work], timeout=CANCEL_TIMEOUT)
            raise EngineTooSlow(engine=self._id, seconds=str(ENGINE_TIMEOUT))

    def _metadata(self, wanted: str) -> stt.SpeechMetadata:
        languages = self._entity.supported_languages
        matches = language_util.matches(wanted, languages, self._hass.config.country)
        if not matches:
            raise LanguageNotSupported(
                language=wanted, engine=self._id, languages=", ".join(sorted(languages))
            )
        for audio_format in (stt.AudioFormats.WAV, stt.AudioFormats.OGG):
            for rate in _SAMPLE_RATES:
                metadata = stt.SpeechMetadata(
                    matches[0],
                    audio_format,
                    stt.AudioCodecs.PCM,
                    stt.AudioBitRates.BITRATE_16,
                    rate,
                    stt.AudioChannels.CHANNEL_MONO,
                )
                if self._entity.check_metadata(metadata):
                    return metadata
        raise EngineNotSupported(engine=self._id)

    def _text(self, work: asyncio.Task[stt.SpeechResult]) -> str:
        """Return what the engine answered, whatever it is."""
        if work.cancelled():
            if self._hass.is_stopping:
                raise Interrupted
            raise self._failed(asyncio.CancelledError())
        if err := work.exception():
            raise self._failed(err) from err
        match work.result():
            case stt.SpeechResult(result=stt.SpeechResultState.SUCCESS, text=str(text)):
                return text
            case stt.SpeechResult(result=stt.SpeechResultState.SUCCESS, text=None):
                return ""
            case stt.SpeechResult(result=stt.SpeechResultState.ERROR):
                raise TranscriptionFailed(engine=self._id)
            case answer:
                raise self._failed(TypeError(f"an answer of {type(answer).__name__}"))

    def _failed(self, err: BaseException) -> TranscriptionFailed:
        """Return the error of a transcription that failed, and log why.

        What an engine says of it may have the text of the message.
        """
        _LOGGER.warning("%s failed with %s", self._id, type(err).__name__)
        _LOGGER.debug("The error of %s", self._id, exc_info=err)
        return TranscriptionFailed(engine=self._id)


async def async_wait_for_engine(hass: HomeAssistant, entity_id: str) -> None:
    """Wait a while for an engine that is not there, or not available."""
    is_there = asyncio.Event()

    @callback
    def look(*_: object) -> None:
        with suppress(NotAnEngine, EngineUnavailable):
            Engine(hass, entity_id)
            is_there.set()

    remove = async_track_state_change_event(hass, entity_id, look)
    try:
        look()
        with suppress(TimeoutError):
            async with asyncio.timeout(RETURN_TIMEOUT):
                await is_there.wait()
    finally:
        remove()


async def _stream(wav: bytes) -> AsyncIterator[bytes]:
    """Yield a WAV file as Home Assistant's voice pipeline does: only its samples."""
    for start in range(WAV_HEADER, len(wav), CHUNK):
        yield wav[start : start + CHUNK]


def _retrieve(work: asyncio.Task[stt.SpeechResult]) -> None:
    """Let nobody be told of the error of an engine that is no longer waited for."""
    if not work.cancelled():
        work.exception()
