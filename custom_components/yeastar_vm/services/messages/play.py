"""The action that plays messages."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
import logging
from typing import Final

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ...audio import AudioNotDecodable, AudioTooLong
from ...const import Delivery
from ...entry import Pbx
from ...errors.failures import DeliveryTooSlow
from ...errors.invalid_input import MessageGone, NoUnreadMessages
from ...errors.issues import Feature
from ...errors.translated import time_limit
from ...mailboxes.access import OpenMailbox
from ...pbx import AudioTooLarge, Message, NoAudio, NotFound
from ...playback.playback import DeliveredMedia
from ...playback.references import MessageReference, MessagesReference
from ..fields import PLAYER_FIELDS, text
from ..playing import DELIVERY_TIMEOUT, async_play_media, media_response
from ..targets import async_target_players
from .mailboxes import (
    ATTR_MESSAGE_ID,
    MAILBOX_FIELD,
    message_response,
    updated_mailbox,
)

_LOGGER = logging.getLogger(__name__)

ATTR_MARK_AS_READ: Final = "mark_as_read"
ATTR_SELECTION: Final = "selection"

# Seconds of all unread messages that are one clip, a pause after each of them counted.
# A little more can be converted.
MAX_DURATION: Final = 30 * 60

NEWEST: Final = "newest"
ALL_UNREAD: Final = "all_unread"

# What is wrong with one message says nothing of the others.
_NOT_PLAYABLE: Final = (
    AudioNotDecodable,
    AudioTooLarge,
    AudioTooLong,
    NoAudio,
    NotFound,
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


async def async_play_message(call: ServiceCall) -> ServiceResponse:
    """Play messages of a mailbox on media players: the oldest one first.

    Whoever hears a message may mark it as read, as at a phone, if they may control the
    entity of the mailbox.
    """
    players = await async_target_players(call)
    pbx, mailbox = await updated_mailbox(
        call, POLICY_CONTROL if call.data[ATTR_MARK_AS_READ] else POLICY_READ
    )
    with pbx.errors(Feature.MESSAGES):
        try:
            async with time_limit(DELIVERY_TIMEOUT, DeliveryTooSlow):
                messages, media = await _deliver_playable(
                    pbx, _selected(mailbox, call), players
                )
        except NotFound:
            raise MessageGone from None
    await async_play_media(call, pbx.playback.relay, media, players)
    if call.data[ATTR_MARK_AS_READ]:
        for message in messages:
            # One that was deleted while it played needs no mark.
            with suppress(ServiceValidationError):
                await mailbox.mark_read(message)
        messages = [replace(message, is_read=True) for message in messages]
    if not call.return_response:
        return None
    return {
        "messages": [message_response(mailbox, message) for message in messages],
        **media_response(media),
    }


def _selected(mailbox: OpenMailbox, call: ServiceCall) -> list[Message]:
    """Return the messages to play, the oldest one first."""
    if ATTR_MESSAGE_ID in call.data:
        return [mailbox.message(call.data[ATTR_MESSAGE_ID])]
    if call.data.get(ATTR_SELECTION) != ALL_UNREAD:
        return [mailbox.newest()]
    if not (unread := mailbox.unread):
        raise NoUnreadMessages(number=mailbox.number)
    return list(reversed(unread))


async def _deliver_playable(
    pbx: Pbx,
    messages: list[Message],
    players: list[str],
) -> tuple[list[Message], DeliveredMedia]:
    """Deliver the first messages as one clip, and return which they are.

    Those without audio that can be played are left out. If that is so of all of them,
    raise what is wrong with the first one.
    """
    failure: Exception | None = None
    for clip in _clips(messages):
        try:
            return clip, await _deliver(pbx, clip, players)
        except _NOT_PLAYABLE as err:
            if len(messages) == 1:
                raise
            failure = failure or err
        if playable := [each for each in clip if await _is_playable(pbx, each)]:
            return playable, await _deliver(pbx, playable, players)
    assert failure
    raise failure


def _clips(messages: list[Message]) -> Iterator[list[Message]]:
    """Yield the messages of one clip after the other, as far as they fit into it."""
    clip: list[Message] = []
    total = 0
    for message in messages:
        total += message.duration + 1
        if clip and total > MAX_DURATION:
            yield clip
            clip, total = [], message.duration + 1
        clip.append(message)
    yield clip


async def _deliver(
    pbx: Pbx,
    messages: list[Message],
    players: list[str],
) -> DeliveredMedia:
    reference = MessagesReference.of(messages)
    return await pbx.playback.deliver(
        reference,
        await reference.get_link(pbx.client),
        players=players,
        # Not the option of the PBX: a player cannot get it directly.
        requested=Delivery.AUTO,
    )


async def _is_playable(pbx: Pbx, message: Message) -> bool:
    """Return whether a message has audio that can be played, and log if not."""
    reference = MessageReference.of(message)
    try:
        await pbx.playback.relay.prepare(
            reference, await reference.get_link(pbx.client)
        )
    except _NOT_PLAYABLE as err:
        _LOGGER.warning("%s is left out: %s", reference, err)
        return False
    return True
