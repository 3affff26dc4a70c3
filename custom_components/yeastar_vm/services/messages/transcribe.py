"""The action that turns a message into text, with any speech-to-text entity."""

from collections.abc import AsyncIterator
from typing import Final

from homeassistant.components import stt
from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util import language as language_util
import voluptuous as vol

from ...audio import WAV_HEADER, to_speech
from ...errors.failures import TranscriptionFailed
from ...errors.invalid_input import (
    EngineNotSupported,
    LanguageNotSupported,
    NotAnEngine,
)
from ...errors.translated import time_limit
from ..fields import text
from .mailboxes import (
    ATTR_MESSAGE_ID,
    MAILBOX_FIELD,
    message_response,
    updated_mailbox,
)

ATTR_ENGINE: Final = "engine"
ATTR_LANGUAGE: Final = "language"

CHUNK: Final = 4096  # bytes
# Seconds; a small machine takes longer for a message than the message lasts.
TRANSCRIPTION_TIMEOUT: Final = 300

TRANSCRIBE_MESSAGE_SCHEMA: Final = vol.Schema(
    {
        **MAILBOX_FIELD,
        vol.Optional(ATTR_MESSAGE_ID): text,
        vol.Required(ATTR_ENGINE): cv.entity_id,
        vol.Optional(ATTR_LANGUAGE): text,
    }
)

# The best of what an engine supports comes first.
_SAMPLE_RATES: Final = (
    stt.AudioSampleRates.SAMPLERATE_16000,
    stt.AudioSampleRates.SAMPLERATE_8000,
    stt.AudioSampleRates.SAMPLERATE_22000,
    stt.AudioSampleRates.SAMPLERATE_44100,
    stt.AudioSampleRates.SAMPLERATE_48000,
)


async def async_transcribe_message(call: ServiceCall) -> ServiceResponse:
    """Return the text of a message of a mailbox, of the newest one if none is named."""
    hass = call.hass
    engine = _engine(hass, call.data[ATTR_ENGINE])
    metadata = _metadata(hass, engine, call.data.get(ATTR_LANGUAGE))
    pbx, mailbox = await updated_mailbox(call)
    message_id = call.data.get(ATTR_MESSAGE_ID)
    message = mailbox.message(message_id) if message_id else mailbox.newest()
    client = pbx.client
    async with (
        mailbox.audio_of(message.message_id),
        time_limit(TRANSCRIPTION_TIMEOUT),
    ):
        link = await client.messages.link(message.message_id)
        source = await client.audio.download(link)
        wav = await to_speech(
            get_ffmpeg_manager(hass).binary, source, int(metadata.sample_rate)
        )
        result = await _process(engine, metadata, wav)
    if result.result is not stt.SpeechResultState.SUCCESS:
        raise _failed(engine)
    return {
        "text": result.text or "",
        ATTR_LANGUAGE: metadata.language,
        **message_response(mailbox, message),
    }


def _engine(hass: HomeAssistant, entity_id: str) -> stt.SpeechToTextEntity:
    """Return a speech-to-text entity; raise ServiceValidationError if it is none."""
    engine = None
    if stt.DATA_COMPONENT in hass.data:
        engine = stt.async_get_speech_to_text_entity(hass, entity_id)
    if engine is None:
        raise NotAnEngine(entity_id=entity_id)
    return engine


def _metadata(
    hass: HomeAssistant, engine: stt.SpeechToTextEntity, language: str | None
) -> stt.SpeechMetadata:
    """Return the description of the audio that an engine gets.

    The language is that of Home Assistant if none is named. Raise
    ServiceValidationError if the engine does not support it.
    """
    wanted = language or hass.config.language
    matches = language_util.matches(
        wanted, engine.supported_languages, hass.config.country
    )
    if not matches:
        raise LanguageNotSupported(
            language=wanted,
            engine=engine.entity_id,
            languages=", ".join(sorted(engine.supported_languages)),
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
            if engine.check_metadata(metadata):
                return metadata
    raise EngineNotSupported(engine=engine.entity_id)


async def _process(
    engine: stt.SpeechToTextEntity, metadata: stt.SpeechMetadata, wav: bytes
) -> stt.SpeechResult:
    try:
        return await engine.internal_async_process_audio_stream(
            metadata, _stream(wav, metadata.format)
        )
    except Exception as err:
        # Whatever an engine raises: it is not the fault of the PBX.
        raise _failed(engine) from err


def _failed(engine: stt.SpeechToTextEntity) -> TranscriptionFailed:
    return TranscriptionFailed(engine=engine.entity_id)


async def _stream(wav: bytes, audio_format: stt.AudioFormats) -> AsyncIterator[bytes]:
    """Yield a WAV file as Home Assistant's voice pipeline does: only its samples."""
    for start in range(WAV_HEADER, len(wav), CHUNK):
        yield wav[start : start + CHUNK]
