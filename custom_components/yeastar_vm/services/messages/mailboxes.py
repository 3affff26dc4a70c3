"""The mailbox and the message that an action means."""

from typing import Final

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.media_player import ATTR_MEDIA_CONTENT_ID
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ...const import DOMAIN
from ...entry import Pbx, pbx_entries
from ...errors.invalid_input import MailboxEmpty, NotAMailbox
from ...errors.translated import time_limit
from ...mailboxes.access import OpenMailbox
from ...mailboxes.mailbox import entry_mailboxes, mailbox_identifier
from ...pbx import Message
from ...playback.references import MessageReference, media_content_id
from ..fields import PBX_FIELD, box_number, text
from ..lookup import LOOKUP_TIMEOUT, requested_pbx
from ..permissions import async_user

ATTR_MAILBOX: Final = "mailbox"
ATTR_MESSAGE_ID: Final = "message_id"
ATTR_UNREAD: Final = "unread"

MAILBOX_FIELD: Final = {vol.Required(ATTR_MAILBOX): box_number, **PBX_FIELD}
MESSAGE_FIELD: Final = {vol.Required(ATTR_MESSAGE_ID): text}


async def updated_mailbox(
    call: ServiceCall, permission: str = POLICY_READ
) -> tuple[Pbx, OpenMailbox]:
    """Return the PBX and the mailbox of a call, with the messages that it has now.

    Raise NotAMailbox if the user did not add the box, MessagesNotAllowed if the user of
    the call may not read or control its messages.
    """
    user = await async_user(call)
    pbx, number = await _requested_mailbox(call)
    mailbox = pbx.mailbox(number, user, permission)
    async with time_limit(LOOKUP_TIMEOUT):
        await mailbox.update()
    return pbx, mailbox


async def _requested_mailbox(call: ServiceCall) -> tuple[Pbx, str]:
    """Return the PBX and the number of the mailbox of a call."""
    mailbox: str = call.data[ATTR_MAILBOX]
    if not mailbox:
        raise MailboxEmpty
    if device := dr.async_get(call.hass).async_get(mailbox):
        return await _mailbox_of_device(call.hass, device)
    return await requested_pbx(call), mailbox


async def _mailbox_of_device(
    hass: HomeAssistant, device: dr.BaseDeviceEntry
) -> tuple[Pbx, str]:
    for entry in pbx_entries(hass):
        for number in entry_mailboxes(entry):
            identifier = mailbox_identifier(entry.unique_id or "", number)
            if (DOMAIN, identifier) in device.identifiers:
                return await Pbx.of(hass, entry), number
    raise NotAMailbox(number=device.name_by_user or device.name or device.id)


def message_response(mailbox: OpenMailbox, message: Message) -> JsonObjectType:
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
            MessageReference.of(message),
        ),
    }
