"""The mailbox and the message that an action means."""

from dataclasses import dataclass
from typing import Any, Final

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.event import DOMAIN as EVENT_DOMAIN
from homeassistant.components.media_player import ATTR_MEDIA_CONTENT_ID
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ...const import DOMAIN
from ...entry import YeastarConfigEntry
from ...errors.exceptions import invalid, time_limit
from ...errors.issues import handled_errors
from ...event import MessageEventEntity
from ...mailboxes.coordinator import MailboxCoordinator, MailboxState
from ...mailboxes.mailbox import mailbox_identifier
from ...pbx import Message, NotFound
from ...playback.references import MessageReference, media_content_id
from ..fields import PBX_FIELD, box_number, text
from ..lookup import LOOKUP_TIMEOUT, loaded_entry, require_loaded
from ..permissions import async_check_permission

ATTR_MAILBOX: Final = "mailbox"
ATTR_MESSAGE_ID: Final = "message_id"
ATTR_UNREAD: Final = "unread"

MAILBOX_FIELD: Final = {vol.Required(ATTR_MAILBOX): box_number, **PBX_FIELD}
MESSAGE_FIELD: Final = {vol.Required(ATTR_MESSAGE_ID): text}


@dataclass(frozen=True, slots=True)
class RequestedMailbox:
    """The mailbox that an action means."""

    entry: YeastarConfigEntry
    coordinator: MailboxCoordinator
    number: str

    def event_entity_id(self, hass: HomeAssistant) -> str:
        """Return the ID of the entity that tells of its messages."""
        entity_id = er.async_get(hass).async_get_entity_id(
            EVENT_DOMAIN,
            DOMAIN,
            MessageEventEntity.unique_id_of(
                self.coordinator.info.serial_number, self.number
            ),
        )
        assert entity_id
        return entity_id

    @property
    def state(self) -> MailboxState:
        """Return its messages; raise ServiceValidationError if its box is gone."""
        if (state := self.coordinator.data.get(self.number)) is None:
            raise invalid("box_not_found", number=self.number)
        return state

    def message(self, message_id: str) -> Message:
        """Return a message; raise ServiceValidationError if there is no such one."""
        if not message_id:
            raise invalid("message_id_empty")
        for message in self.state.messages:
            if message.message_id == message_id:
                return message
        raise invalid("message_not_found", message_id=message_id, number=self.number)

    def newest(self) -> Message:
        """Return the newest message; raise ServiceValidationError if there is none."""
        if not self.state.messages:
            raise invalid("no_messages", number=self.number)
        return self.state.messages[0]


async def requested_mailbox(
    hass: HomeAssistant, data: dict[str, Any]
) -> RequestedMailbox:
    """Return the mailbox of a call, which names its device or its number.

    Messages are private: raise ServiceValidationError if the user did not add the box
    as a mailbox.
    """
    mailbox: str = data[ATTR_MAILBOX]
    if not mailbox:
        raise invalid("mailbox_empty")
    if found := _find_device(hass, mailbox):
        return await _mailbox_of_device(hass, *found)
    entry = await loaded_entry(hass, data)
    coordinator = entry.runtime_data.mailboxes
    if coordinator and mailbox in coordinator.mailboxes:
        return RequestedMailbox(entry, coordinator, mailbox)
    raise invalid("not_a_mailbox", number=mailbox)


def _find_device(
    hass: HomeAssistant, device_id: str
) -> tuple[YeastarConfigEntry, dr.DeviceEntry] | None:
    """Return a device of the integration and its config entry, or None."""
    registry = dr.async_get(hass)
    entries: list[YeastarConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    for entry in entries:
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
            if device.id == device_id:
                return entry, device
    return None


async def _mailbox_of_device(
    hass: HomeAssistant, entry: YeastarConfigEntry, device: dr.DeviceEntry
) -> RequestedMailbox:
    await require_loaded(hass, entry)
    if coordinator := entry.runtime_data.mailboxes:
        for number in coordinator.mailboxes:
            identifier = mailbox_identifier(coordinator.info.serial_number, number)
            if (DOMAIN, identifier) in device.identifiers:
                return RequestedMailbox(entry, coordinator, number)
    name = device.name_by_user or device.name or device.id
    raise invalid("not_a_mailbox", number=name)


async def updated_mailbox(
    call: ServiceCall, permission: str = POLICY_READ
) -> RequestedMailbox:
    """Return the mailbox of a call, with the messages that the PBX has now.

    Messages are for users who may see the entity that tells of them: raise Unauthorized
    if the user of the call lacks the permission for it.
    """
    mailbox = await requested_mailbox(call.hass, call.data)
    await async_check_permission(call, mailbox.event_entity_id(call.hass), permission)
    with handled_errors(call.hass, mailbox.entry, greetings=False):
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
            mailbox.coordinator.info.serial_number,
            MessageReference(message.number, message.message_id),
        ),
    }


async def async_mark_read(
    hass: HomeAssistant, mailbox: RequestedMailbox, message: Message
) -> None:
    """Mark a message as read, unless it is."""
    if message.is_read:
        return
    with handled_errors(hass, mailbox.entry, greetings=False):
        try:
            await mailbox.coordinator.async_mark_message_read(message)
        except NotFound:
            raise invalid("message_gone") from None
