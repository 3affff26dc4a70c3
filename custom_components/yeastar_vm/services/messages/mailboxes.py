"""The mailbox and the message that an action means."""

from dataclasses import dataclass
from typing import Final

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.event import DOMAIN as EVENT_DOMAIN
from homeassistant.components.media_player import ATTR_MEDIA_CONTENT_ID
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ...const import DOMAIN
from ...entry import Pbx, pbx_entries
from ...errors.invalid_input import (
    BoxNotFound,
    MailboxEmpty,
    MessageGone,
    MessageIdEmpty,
    MessageNotFound,
    NoMessages,
    NotAMailbox,
)
from ...errors.issues import Feature
from ...errors.translated import time_limit
from ...event import MessageEventEntity
from ...mailboxes.coordinator import MailboxCoordinator, MailboxState
from ...mailboxes.mailbox import entry_mailboxes, mailbox_identifier
from ...pbx import Message, NotFound
from ...playback.references import MessageReference, media_content_id
from ..fields import PBX_FIELD, box_number, text
from ..lookup import LOOKUP_TIMEOUT, requested_pbx
from ..permissions import async_check_permission

ATTR_MAILBOX: Final = "mailbox"
ATTR_MESSAGE_ID: Final = "message_id"
ATTR_UNREAD: Final = "unread"

MAILBOX_FIELD: Final = {vol.Required(ATTR_MAILBOX): box_number, **PBX_FIELD}
MESSAGE_FIELD: Final = {vol.Required(ATTR_MESSAGE_ID): text}


@dataclass(frozen=True, slots=True)
class RequestedMailbox:
    """The mailbox that an action means."""

    pbx: Pbx
    number: str

    @property
    def coordinator(self) -> MailboxCoordinator:
        """Return what keeps it up to date."""
        assert self.pbx.mailboxes
        return self.pbx.mailboxes

    @property
    def event_entity_id(self) -> str:
        """Return the ID of the entity that tells of its messages."""
        entity_id = er.async_get(self.pbx.hass).async_get_entity_id(
            EVENT_DOMAIN,
            DOMAIN,
            MessageEventEntity.unique_id_of(self.pbx.info.serial_number, self.number),
        )
        assert entity_id
        return entity_id

    @property
    def state(self) -> MailboxState:
        """Return its messages; raise ServiceValidationError if its box is gone."""
        if (state := self.coordinator.data.get(self.number)) is None:
            raise BoxNotFound(number=self.number)
        return state

    def message(self, message_id: str) -> Message:
        """Return a message; raise ServiceValidationError if there is no such one."""
        if not message_id:
            raise MessageIdEmpty
        for message in self.state.messages:
            if message.message_id == message_id:
                return message
        raise MessageNotFound(message_id=message_id, number=self.number)

    def newest(self) -> Message:
        """Return the newest message; raise ServiceValidationError if there is none."""
        if not self.state.messages:
            raise NoMessages(number=self.number)
        return self.state.messages[0]


async def requested_mailbox(call: ServiceCall) -> RequestedMailbox:
    """Return the mailbox of a call, which names its device or its number.

    Messages are private: raise NotAMailbox if the user did not add the box.
    """
    mailbox: str = call.data[ATTR_MAILBOX]
    if not mailbox:
        raise MailboxEmpty
    if device := dr.async_get(call.hass).async_get(mailbox):
        return await _mailbox_of_device(call.hass, device)
    pbx = await requested_pbx(call)
    return RequestedMailbox(pbx, pbx.mailbox(mailbox).number)


async def _mailbox_of_device(
    hass: HomeAssistant, device: dr.BaseDeviceEntry
) -> RequestedMailbox:
    for entry in pbx_entries(hass):
        for number in entry_mailboxes(entry):
            identifier = mailbox_identifier(entry.unique_id or "", number)
            if (DOMAIN, identifier) in device.identifiers:
                return RequestedMailbox(await Pbx.of(hass, entry), number)
    raise NotAMailbox(number=device.name_by_user or device.name or device.id)


async def updated_mailbox(
    call: ServiceCall, permission: str = POLICY_READ
) -> RequestedMailbox:
    """Return the mailbox of a call, with the messages that the PBX has now.

    Messages are for users who may see the entity that tells of them: raise Unauthorized
    if the user of the call lacks the permission for it.
    """
    mailbox = await requested_mailbox(call)
    await async_check_permission(call, mailbox.event_entity_id, permission)
    with mailbox.pbx.errors(Feature.MESSAGES):
        async with time_limit(LOOKUP_TIMEOUT):
            await mailbox.coordinator.async_update_messages([mailbox.number])
    return mailbox


def message_response(mailbox: RequestedMailbox, message: Message) -> JsonObjectType:
    """Return what the response of an action says about a message."""
    return {
        ATTR_MESSAGE_ID: message.message_id,
        "time": message.time.isoformat() if message.time else None,
        "caller_number": message.caller_number,
        "caller_name": message.caller_name,
        "duration": message.duration,
        ATTR_UNREAD: not message.is_read,
        ATTR_MEDIA_CONTENT_ID: media_content_id(
            mailbox.pbx.info.serial_number,
            MessageReference(message.number, message.message_id),
        ),
    }


async def async_mark_read(mailbox: RequestedMailbox, message: Message) -> None:
    """Mark a message as read, unless it is."""
    if message.is_read:
        return
    with mailbox.pbx.errors(Feature.MESSAGES):
        try:
            await mailbox.coordinator.async_mark_message_read(message)
        except NotFound:
            raise MessageGone from None
