"""The action that plays messages."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ...const import Delivery
from ...entry import Pbx
from ...errors.failures import DeliveryTooSlow
from ...errors.invalid_input import MessageGone, NoUnreadMessages
from ...errors.translated import async_localized_message, time_limit, translate
from ...library import LibraryError
from ...mailboxes.access import OpenMailbox
from ...pbx import Message, NoAudio, NotFound
from ...playback.playback import DeliveredMedia
from ...playback.references import MessageReference
from ..fields import PLAYER_FIELDS, text
from ..limits import DELIVERY_TIMEOUT
from ..permissions import async_user
from ..playing import async_play_media
from ..targets import async_target_players
from .heard import HeardMessages
from .mailboxes import (
    ATTR_MESSAGE_ID,
    MAILBOX_FIELD,
    message_response,
    updated_mailbox,
)

ATTR_LEFT_OUT: Final = "left_out"
ATTR_MARK_AS_READ: Final = "mark_as_read"
ATTR_MARKED_AS_READ: Final = "marked_as_read"
ATTR_REASON: Final = "reason"
ATTR_SELECTION: Final = "selection"

NEWEST: Final = "newest"
ALL_UNREAD: Final = "all_unread"

MAX_MESSAGES: Final = 500  # that a box has

# Seconds in which several messages are fetched; the conversion follows.
COLLECT_TIME: Final = 60

PLAY_MESSAGE_SCHEMA: Final = cv.make_entity_service_schema(
    {
        **MAILBOX_FIELD,
        vol.Exclusive(ATTR_MESSAGE_ID, "which"): vol.All(
            cv.ensure_list, vol.Length(min=1, max=MAX_MESSAGES), [text]
        ),
        vol.Exclusive(ATTR_SELECTION, "which"): vol.In((NEWEST, ALL_UNREAD)),
        vol.Optional(ATTR_MARK_AS_READ, default=False): cv.boolean,
        **PLAYER_FIELDS,
    }
)


@dataclass(frozen=True, slots=True)
class _Delivered:
    """What players are given: some of the messages, and why others are not in it."""

    media: DeliveredMedia
    messages: list[Message]
    left_out: list[tuple[Message, HomeAssistantError]] = field(default_factory=list)


async def async_play_message(call: ServiceCall) -> ServiceResponse:
    """Play messages of a mailbox on media players.

    Those that are to be marked as read are when a player has fetched them, which may be
    after the action. A user who may control the entity of the mailbox may mark them.
    """
    user = await async_user(call)
    players = async_target_players(call, user)
    marks = call.data[ATTR_MARK_AS_READ]
    permission = POLICY_CONTROL if marks else POLICY_READ
    pbx, mailbox = await updated_mailbox(call, user, permission)
    selected = _selected(mailbox, call)
    deliver = _deliver_one if len(selected) == 1 else _deliver_several
    async with time_limit(DELIVERY_TIMEOUT, DeliveryTooSlow):
        delivered = await deliver(pbx, mailbox, selected, players)
    media, messages = delivered.media, delivered.messages
    assert media.relayed
    heard = HeardMessages(pbx, messages, media.relayed) if marks else None
    played = await async_play_media(call, pbx.playback.relay, media, players)
    is_marked = heard is not None and await heard.settle()
    if is_marked:
        messages = [replace(message, is_read=True) for message in messages]
    return {
        "messages": [message_response(mailbox, message) for message in messages],
        ATTR_LEFT_OUT: [
            {
                **message_response(mailbox, message),
                ATTR_REASON: await async_localized_message(call.hass, reason),
            }
            for message, reason in delivered.left_out
        ],
        **({ATTR_MARKED_AS_READ: is_marked} if marks else {}),
        **played,
    }


def _selected(mailbox: OpenMailbox, call: ServiceCall) -> list[Message]:
    """Return the messages to play, in order: all unread ones, the oldest one first.

    Of several that are named, those that are no longer there are left out.
    """
    if ATTR_MESSAGE_ID in call.data:
        named = list(dict.fromkeys(call.data[ATTR_MESSAGE_ID]))
        known = {message.message_id: message for message in mailbox.messages}
        found = [known[each] for each in named if each in known]
        return found or [mailbox.message(named[0])]
    if call.data.get(ATTR_SELECTION) != ALL_UNREAD:
        return [mailbox.newest()]
    if not (unread := mailbox.unread):
        raise NoUnreadMessages(number=mailbox.number)
    return list(reversed(unread))


async def _deliver_one(
    pbx: Pbx, mailbox: OpenMailbox, messages: list[Message], players: list[str]
) -> _Delivered:
    [message] = messages
    reference = MessageReference.of(message)
    async with mailbox.audio_of(message.message_id):
        media = await pbx.playback.deliver(
            reference,
            await reference.get_link(pbx.client),
            players=players,
            # Not the option of the PBX: a player cannot get it directly.
            requested=Delivery.AUTO,
        )
    return _Delivered(media, messages)


async def _deliver_several(
    pbx: Pbx, mailbox: OpenMailbox, messages: list[Message], _: list[str]
) -> _Delivered:
    """Deliver the first of some messages, as many as are there in time.

    Those without audio that plays are left out. If that is so of all of them, raise
    what is wrong with the first one.
    """
    found = {MessageReference.of(message): message for message in messages}
    async with mailbox.audio_of(messages[0].message_id):
        media, collected = await pbx.playback.deliver_several([*found], COLLECT_TIME)
    if any(isinstance(err, NotFound) for err in collected.left_out.values()):
        # Which of them were deleted? It is no reason to play nothing.
        with suppress(HomeAssistantError):
            await mailbox.update()
    left_out = []
    for reference, err in collected.left_out.items():
        reason = _reason(mailbox, reference, err)
        if not isinstance(reason, MessageGone):
            left_out.append((found[reference], reason))
    return _Delivered(media, [found[each] for each in collected.messages], left_out)


def _reason(
    mailbox: OpenMailbox, reference: MessageReference, err: LibraryError
) -> HomeAssistantError:
    """Return in words why a message is left out."""
    if isinstance(err, NoAudio | NotFound):
        return mailbox.why_no_audio(reference.message_id)
    return translate(err, HomeAssistantError)
