"""The actions of messages: list, play, mark as read, and delete them."""

from contextlib import suppress
from typing import Final

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..const import Delivery
from ..delivery import async_deliver
from ..exceptions import invalid, time_limit
from ..issues import handled_errors
from ..pbx import Message, NotFound
from ..references import MessagesReference
from .fields import PLAYER_FIELDS, text
from .lookup import LOOKUP_TIMEOUT
from .mailboxes import (
    ATTR_MESSAGE_ID,
    ATTR_UNREAD,
    MAILBOX_FIELD,
    MESSAGE_FIELD,
    RequestedMailbox,
    message_response,
    updated_mailbox,
)
from .play import DELIVERY_TIMEOUT, async_play_media, media_response
from .targets import async_target_players

ATTR_LIMIT: Final = "limit"
ATTR_MARK_AS_READ: Final = "mark_as_read"
ATTR_SELECTION: Final = "selection"

# Seconds of all unread messages that are one clip, a pause after each of them counted.
# A little more can be converted.
MAX_DURATION: Final = 30 * 60

NEWEST: Final = "newest"
ALL_UNREAD: Final = "all_unread"

LIST_MESSAGES_SCHEMA: Final = vol.Schema(
    {
        **MAILBOX_FIELD,
        vol.Optional(ATTR_UNREAD, default=False): cv.boolean,
        vol.Optional(ATTR_LIMIT, default=20): vol.All(
            vol.Any(int, vol.Coerce(float)),
            vol.Range(min=1, max=500),
            vol.Coerce(int),
        ),
    }
)
PLAY_MESSAGE_SCHEMA: Final = cv.make_entity_service_schema(
    {
        **MAILBOX_FIELD,
        vol.Exclusive(ATTR_MESSAGE_ID, "which"): text,
        vol.Exclusive(ATTR_SELECTION, "which"): vol.In((NEWEST, ALL_UNREAD)),
        vol.Optional(ATTR_MARK_AS_READ, default=False): cv.boolean,
        **PLAYER_FIELDS,
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


async def async_play_message(call: ServiceCall) -> ServiceResponse:
    """Play messages of a mailbox on media players: the oldest one first.

    Whoever hears a message may mark it as read, as at a phone, if they may control the
    entity of the mailbox.
    """
    hass = call.hass
    players = await async_target_players(call)
    mailbox = await updated_mailbox(
        call, POLICY_CONTROL if call.data[ATTR_MARK_AS_READ] else POLICY_READ
    )
    messages = _selected(mailbox, call)
    reference = MessagesReference(
        mailbox.number, tuple(message.message_id for message in messages)
    )
    data = mailbox.entry.runtime_data
    with handled_errors(hass, mailbox.entry, greetings=False):
        try:
            async with time_limit(LOOKUP_TIMEOUT):
                link = await reference.get_link(data.client)
            async with time_limit(DELIVERY_TIMEOUT, "delivery_too_slow"):
                media = await async_deliver(
                    hass,
                    mailbox.entry,
                    data,
                    reference,
                    link,
                    players=players,
                    # Not the option of the PBX: a player cannot get it directly.
                    requested=Delivery.AUTO,
                )
        except NotFound:
            raise invalid("message_gone") from None
    await async_play_media(call, data.relay, media, players)
    if call.data[ATTR_MARK_AS_READ]:
        for message in messages:
            # One that was deleted while it played needs no mark.
            with suppress(ServiceValidationError):
                await _async_mark_read(call, mailbox, message)
    if not call.return_response:
        return None
    return {
        "messages": [message_response(mailbox, message) for message in messages],
        **media_response(media),
    }


async def async_mark_message_read(call: ServiceCall) -> None:
    """Mark a message of a mailbox as read."""
    mailbox = await updated_mailbox(call)
    message = mailbox.message(call.data[ATTR_MESSAGE_ID])
    await _async_mark_read(call, mailbox, message)


async def async_delete_message(call: ServiceCall) -> None:
    """Delete a message of a mailbox."""
    mailbox = await updated_mailbox(call)
    message = mailbox.message(call.data[ATTR_MESSAGE_ID])
    with handled_errors(call.hass, mailbox.entry, greetings=False):
        try:
            await mailbox.coordinator.async_delete_message(message)
        except NotFound:
            raise _not_found(message) from None


def _selected(mailbox: RequestedMailbox, call: ServiceCall) -> list[Message]:
    """Return the messages to play, the oldest one first."""
    if message_id := call.data.get(ATTR_MESSAGE_ID):
        return [mailbox.message(message_id)]
    if call.data.get(ATTR_SELECTION) != ALL_UNREAD:
        return [mailbox.newest()]
    if not (unread := mailbox.state.unread):
        raise invalid("no_unread_messages", number=mailbox.number)
    return _first(list(reversed(unread)))


def _first(messages: list[Message]) -> list[Message]:
    """Return the first messages, at least one, as far as they fit into one clip."""
    total = 0
    for count, message in enumerate(messages):
        total += message.duration + 1
        if count and total > MAX_DURATION:
            return messages[:count]
    return messages


async def _async_mark_read(
    call: ServiceCall, mailbox: RequestedMailbox, message: Message
) -> None:
    if message.is_read:
        return
    with handled_errors(call.hass, mailbox.entry, greetings=False):
        try:
            await mailbox.coordinator.async_mark_message_read(message)
        except NotFound:
            raise _not_found(message) from None


def _not_found(message: Message) -> ServiceValidationError:
    return invalid(
        "message_not_found", message_id=message.message_id, number=message.number
    )
