"""The actions of messages: list them, mark them as read, and delete them."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ...errors.invalid_input import MessageGone
from ...errors.issues import Feature
from ...pbx import NotFound
from ..fields import ATTR_LIMIT, LIMIT_FIELD
from .mailboxes import (
    ATTR_MESSAGE_ID,
    ATTR_UNREAD,
    MAILBOX_FIELD,
    MESSAGE_FIELD,
    async_mark_read,
    message_response,
    updated_mailbox,
)

LIST_MESSAGES_SCHEMA: Final = vol.Schema(
    {
        **MAILBOX_FIELD,
        vol.Optional(ATTR_UNREAD, default=False): cv.boolean,
        **LIMIT_FIELD,
    }
)
MESSAGE_SCHEMA: Final = vol.Schema({**MAILBOX_FIELD, **MESSAGE_FIELD})


async def async_list_messages(call: ServiceCall) -> ServiceResponse:
    """Return the messages of a mailbox, the newest one first."""
    mailbox = await updated_mailbox(call)
    state = mailbox.state
    messages = state.unread if call.data[ATTR_UNREAD] else state.messages
    return {
        "messages": [
            message_response(mailbox, message)
            for message in messages[: call.data[ATTR_LIMIT]]
        ],
        "total": len(messages),
    }


async def async_mark_message_read(call: ServiceCall) -> None:
    """Mark a message of a mailbox as read."""
    mailbox = await updated_mailbox(call)
    message = mailbox.message(call.data[ATTR_MESSAGE_ID])
    await async_mark_read(mailbox, message)


async def async_delete_message(call: ServiceCall) -> None:
    """Delete a message of a mailbox."""
    mailbox = await updated_mailbox(call)
    message = mailbox.message(call.data[ATTR_MESSAGE_ID])
    with mailbox.pbx.errors(Feature.MESSAGES):
        try:
            await mailbox.coordinator.async_delete_message(message)
        except NotFound:
            raise MessageGone from None
