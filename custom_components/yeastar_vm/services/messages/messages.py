"""The actions of messages: list them, mark them as read, and delete them."""

from typing import Final

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..fields import ATTR_LIMIT, LIMIT_FIELD
from ..permissions import async_user
from .mailboxes import (
    ATTR_MESSAGE_ID,
    ATTR_UNREAD,
    MESSAGE_FIELD,
    mailbox_schema,
    message_response,
    updated_mailbox,
)

LIST_MESSAGES_SCHEMA: Final = mailbox_schema(
    {
        vol.Optional(ATTR_UNREAD, default=False): cv.boolean,
        **LIMIT_FIELD,
    }
)
MESSAGE_SCHEMA: Final = mailbox_schema(MESSAGE_FIELD)


async def async_list_messages(call: ServiceCall) -> ServiceResponse:
    """Return the messages of a mailbox, the newest one first."""
    pbx, mailbox = await updated_mailbox(call, await async_user(call))
    texts = pbx.transcriber.texts.shown(mailbox.mailbox)
    messages = mailbox.unread if call.data[ATTR_UNREAD] else mailbox.messages
    return {
        "messages": [
            {
                **message_response(mailbox, message),
                "transcript": texts.response(message.message_id),
            }
            for message in messages[: call.data[ATTR_LIMIT]]
        ],
        "total": len(messages),
    }


async def async_mark_message_read(call: ServiceCall) -> None:
    """Mark a message of a mailbox as read."""
    user = await async_user(call)
    _, mailbox = await updated_mailbox(call, user, POLICY_CONTROL)
    await mailbox.mark_read(mailbox.message(call.data[ATTR_MESSAGE_ID]))


async def async_delete_message(call: ServiceCall) -> None:
    """Delete a message of a mailbox."""
    user = await async_user(call)
    _, mailbox = await updated_mailbox(call, user, POLICY_CONTROL)
    await mailbox.delete(mailbox.message(call.data[ATTR_MESSAGE_ID]))
