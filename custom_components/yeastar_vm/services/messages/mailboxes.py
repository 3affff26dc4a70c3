"""The mailbox and the message that an action means."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.components.media_player import ATTR_MEDIA_CONTENT_ID
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.target import TargetSelection
from homeassistant.helpers.typing import VolSchemaType
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ...entry import Pbx, YeastarConfigEntry, pbx_entries
from ...errors.invalid_input import (
    MailboxEmpty,
    MailboxNotFound,
    NoPbx,
    NotAMailbox,
    SeveralMailboxes,
    SeveralMailboxesSelected,
)
from ...errors.translated import InvalidInput, time_limit
from ...mailboxes.access import OpenMailbox
from ...mailboxes.mailbox import Mailbox, entry_mailboxes
from ...pbx import Message, comparable
from ...playback.references import MessageReference, media_content_id
from ...registries import mailbox_devices
from ..fields import PBX_FIELD, text, without_decimals
from ..limits import LOOKUP_TIMEOUT
from ..targets import selected_entities

ATTR_MAILBOX: Final = "mailbox"
ATTR_MESSAGE_ID: Final = "message_id"
ATTR_UNREAD: Final = "unread"

MAX_MAILBOXES: Final = 20  # that an error lists

MAILBOX_FIELD: Final = {
    vol.Required(ATTR_MAILBOX): vol.All(text, without_decimals),
    **PBX_FIELD,
}
# The target of an action that has no players: the automation editor then offers it
# for the device of a mailbox.
MAILBOX_TARGET: Final = {
    vol.Optional(ATTR_MAILBOX): vol.All(text, without_decimals),
    **PBX_FIELD,
    **cv.ENTITY_SERVICE_FIELDS,
}
MESSAGE_FIELD: Final = {vol.Required(ATTR_MESSAGE_ID): text}


@dataclass(frozen=True, slots=True)
class _AddedMailbox:
    """A mailbox of a PBX, loaded or not, with its device if it has one."""

    entry: YeastarConfigEntry
    mailbox: Mailbox
    device: dr.DeviceEntry | None

    def is_named(self, name: str) -> bool:
        """Return whether a name is one that a user sees of it."""
        names: list[str | None] = [self.mailbox.box.name]
        if self.device:
            names += [self.device.name_by_user, self.device.name]
        return comparable(name).casefold() in {
            comparable(each).casefold() for each in names if each
        }


async def updated_mailbox(
    call: ServiceCall, user: User | None, permission: str = POLICY_READ
) -> tuple[Pbx, OpenMailbox]:
    """Return the PBX and the mailbox of a call, with the messages that it has now.

    Raise InvalidInput if it is not clear which one is meant, MessagesNotAllowed if the
    user may not read or control its messages.
    """
    added = list(_added_mailboxes(call.hass))
    if ATTR_MAILBOX in call.data:
        found = _named_mailbox(call, added, user)
    else:
        found = _targeted_mailbox(call, added)
    if found:
        pbx, number = await Pbx.of(call.hass, found.entry), found.mailbox.number
    else:
        # A number alone does not say of which PBX.
        pbx = await Pbx.select(
            call.hass,
            call.data.get(ATTR_CONFIG_ENTRY_ID),
            changes=permission == POLICY_CONTROL,
        )
        number = call.data[ATTR_MAILBOX]
    mailbox = pbx.mailbox(number, user, permission)
    async with time_limit(LOOKUP_TIMEOUT):
        await mailbox.update()
    return pbx, mailbox


def _added_mailboxes(hass: HomeAssistant) -> Iterator[_AddedMailbox]:
    """Yield the mailboxes of all PBXs."""
    for entry in pbx_entries(hass):
        devices = mailbox_devices(hass, entry, entry.unique_id or "")
        for number, mailbox in entry_mailboxes(entry).items():
            yield _AddedMailbox(entry, mailbox, devices.get(number))


def _named_mailbox(
    call: ServiceCall, added: list[_AddedMailbox], user: User | None
) -> _AddedMailbox | None:
    """Return the mailbox of a call that names its device, an entity of it, or its name.

    Return None if the call has a number.
    """
    hass = call.hass
    mailbox: str = call.data[ATTR_MAILBOX]
    if not mailbox:
        raise MailboxEmpty
    entity = er.async_get(hass).async_get(mailbox)
    device_id = entity.device_id if entity else mailbox
    for each in added:
        if each.device and each.device.id == device_id:
            return each
    if any(each.mailbox.number == mailbox for each in added):
        return None
    named = [
        each
        for each in added
        if call.data.get(ATTR_CONFIG_ENTRY_ID) in (None, each.entry.entry_id)
        and each.is_named(mailbox)
    ]
    if not named:
        raise _not_found(hass, mailbox, user)
    if len(named) > 1:
        raise SeveralMailboxes(mailbox=mailbox, mailboxes=_listed(named))
    return named[0]


def _targeted_mailbox(call: ServiceCall, added: list[_AddedMailbox]) -> _AddedMailbox:
    """Return the only mailbox of a target.

    Its device counts, too: the entities may all be hidden or disabled.
    """
    selected = selected_entities(call.hass, TargetSelection(call.data))
    registry = er.async_get(call.hass)
    targeted = selected.referenced_devices | {
        entity.device_id
        for entity_id in selected.referenced | selected.indirectly_referenced
        if (entity := registry.async_get(entity_id))
    }
    found = [each for each in added if each.device and each.device.id in targeted]
    if not found:
        raise MailboxEmpty
    if len(found) > 1:
        raise SeveralMailboxesSelected(mailboxes=_listed(found))
    return found[0]


def _listed(mailboxes: list[_AddedMailbox]) -> str:
    """Return mailboxes as an error lists them."""
    return ", ".join(
        f"{each.mailbox.number} ({each.entry.title})" for each in mailboxes
    )


def _not_found(hass: HomeAssistant, mailbox: str, user: User | None) -> InvalidInput:
    """Return the error for what is no mailbox, with those that the user may see."""
    if not (entries := pbx_entries(hass)):
        return NoPbx()
    if device := dr.async_get(hass).async_get(mailbox):
        mailbox = device.name_by_user or device.name or mailbox
    titles = [
        each.mailbox.title
        for entry in entries
        if entry.state is ConfigEntryState.LOADED
        for each in entry.runtime_data.mailboxes_of(user)
    ]
    if not titles:
        return NotAMailbox(number=mailbox)
    shown = ", ".join(titles[:MAX_MAILBOXES])
    more = ", …" if len(titles) > MAX_MAILBOXES else ""
    return MailboxNotFound(mailbox=mailbox, mailboxes=f"{shown}{more}")


def mailbox_schema(fields: Mapping[Any, Any]) -> VolSchemaType:
    """Return the schema of an action that has a mailbox as its target or a field."""
    schema: VolSchemaType = vol.All(
        vol.Schema({**MAILBOX_TARGET, **fields}),
        cv.has_at_least_one_key(ATTR_MAILBOX, *map(str, cv.ENTITY_SERVICE_FIELDS)),
    )
    return schema


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
            mailbox.mailboxes.info.serial_number,
            MessageReference.of(message),
        ),
    }
