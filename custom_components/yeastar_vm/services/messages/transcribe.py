"""The action that turns a message into text, with any speech-to-text entity."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ...transcription import async_engine_language
from ..fields import text
from ..permissions import async_user
from .mailboxes import (
    ATTR_MESSAGE_ID,
    mailbox_schema,
    message_response,
    updated_mailbox,
)

ATTR_ENGINE: Final = "engine"
ATTR_LANGUAGE: Final = "language"

TRANSCRIBE_MESSAGE_SCHEMA: Final = mailbox_schema(
    {
        vol.Optional(ATTR_MESSAGE_ID): text,
        vol.Required(ATTR_ENGINE): cv.entity_id,
        vol.Optional(ATTR_LANGUAGE): text,
    }
)


async def async_transcribe_message(call: ServiceCall) -> ServiceResponse:
    """Return the text of a message of a mailbox, of the newest one if none is named."""
    engine, language = call.data[ATTR_ENGINE], call.data.get(ATTR_LANGUAGE)
    async_engine_language(call.hass, engine, language)
    pbx, mailbox = await updated_mailbox(call, await async_user(call))
    if ATTR_MESSAGE_ID in call.data:
        message = mailbox.message(call.data[ATTR_MESSAGE_ID])
    else:
        message = mailbox.newest()
    transcript = await pbx.transcriber.transcribe(mailbox, message, engine, language)
    return {
        "text": transcript.text,
        ATTR_LANGUAGE: transcript.language,
        **message_response(mailbox, message),
    }
