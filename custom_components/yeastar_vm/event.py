"""The event entity of a mailbox: a message was received."""

from dataclasses import asdict, dataclass
from typing import Literal, override

from homeassistant.components.event import EventEntity, EventExtraStoredData
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import EVENT_MESSAGE_RECEIVED
from .entity import MailboxEntity, async_add_mailbox_entities
from .entry import Pbx, YeastarConfigEntry
from .mailboxes.mailbox import MESSAGE_ENTITY, Mailbox
from .mailboxes.messages import MessageCoordinator
from .pbx import Message
from .playback.references import MessageReference, media_content_id

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the event entities."""
    await async_add_mailbox_entities(entry, MessageEventEntity, async_add_entities)


@dataclass
class MessageExtraStoredData(EventExtraStoredData):
    """The last event of a mailbox, as it is kept across restarts.

    `state` is when it was. Home Assistant keeps "unavailable" in its place if the PBX
    was away at the end. `mailbox` tells the mailbox from one with the same entity ID.
    """

    state: str | None
    mailbox: str


class MessageEventEntity(MailboxEntity[MessageCoordinator], EventEntity):
    """Tell of each new message of a mailbox, once."""

    key = MESSAGE_ENTITY
    _attr_event_types = [EVENT_MESSAGE_RECEIVED]  # noqa: RUF012 - as in EventEntity

    def __init__(self, pbx: Pbx, mailbox: Mailbox) -> None:
        super().__init__(pbx.mailboxes.messages, pbx, mailbox)

    @property
    @override
    def shown(self) -> Literal[True] | None:
        """Return True if the messages are known: an event is not shown but told."""
        return True if self.mailbox.number in self.coordinator.data else None

    @override
    async def async_added_to_hass(self) -> None:
        """Listen for new messages."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.coordinator.reporter.async_add_listener(
                self.mailbox, self._async_handle_message
            )
        )

    @property
    def _mailbox_key(self) -> str:
        """Return what a mailbox does not share with one that it was added again as."""
        return f"{self.unique_id} {self.mailbox.subentry_id}"

    @property
    @override
    def extra_restore_state_data(self) -> MessageExtraStoredData:
        """Return the last event."""
        data = super().extra_restore_state_data
        return MessageExtraStoredData(
            **asdict(data), state=self.state, mailbox=self._mailbox_key
        )

    @override
    async def async_get_last_state(self) -> State | None:
        """Return when the last event was, unless it is that of another mailbox."""
        if (data := await self.async_get_last_extra_data()) is None:
            return None
        last = data.as_dict()
        if last.get("mailbox") != self._mailbox_key or not last["state"]:
            return None
        return State(self.entity_id, last["state"])

    @callback
    def _async_handle_message(self, message: Message) -> None:
        reference = MessageReference(message.number, message.message_id)
        self._trigger_event(
            EVENT_MESSAGE_RECEIVED,
            {
                "caller_number": message.caller_number,
                "caller_name": message.caller_name,
                "duration": message.duration,
                "time": message.time.isoformat() if message.time else None,
                "message_id": message.message_id,
                "media_content_id": media_content_id(
                    self.pbx.info.serial_number, reference
                ),
            },
        )
        self.async_write_ha_state()
