"""The sensor of a mailbox: its unread messages."""

from typing import override

from homeassistant.components.sensor import SensorEntity, SensorStateClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import MailboxEntity, async_add_mailbox_entities
from .entry import Pbx, YeastarConfigEntry
from .mailboxes.mailbox import Mailbox
from .mailboxes.messages import MessageCoordinator

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors."""
    await async_add_mailbox_entities(entry, UnreadMessagesSensor, async_add_entities)


class UnreadMessagesSensor(MailboxEntity[MessageCoordinator], SensorEntity):
    """The number of unread messages of a mailbox."""

    key = "unread_messages"
    _attr_state_class = SensorStateClass.MEASUREMENT

    def __init__(self, pbx: Pbx, mailbox: Mailbox) -> None:
        super().__init__(pbx.mailboxes.messages, pbx, mailbox)

    @property
    @override
    def shown(self) -> int | None:
        """Return the number of unread messages, or None if it is not known."""
        state = self.coordinator.data.get(self.mailbox.number)
        return len(state.unread) if state else None

    @property
    @override
    def native_value(self) -> int | None:
        """Return the number of unread messages."""
        return self.shown
