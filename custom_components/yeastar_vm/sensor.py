"""The sensor of a mailbox: its unread messages."""

from typing import override

from homeassistant.components.sensor import SensorEntity, SensorStateClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import MailboxEntity, async_add_mailbox_entities
from .entry import YeastarConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors."""
    await async_add_mailbox_entities(
        entry.runtime_data.mailboxes, UnreadMessagesSensor, async_add_entities
    )


class UnreadMessagesSensor(MailboxEntity, SensorEntity):
    """The number of unread messages of a mailbox."""

    key = "unread_messages"
    _attr_state_class = SensorStateClass.MEASUREMENT

    @property
    @override
    def native_value(self) -> int | None:
        """Return the number of unread messages."""
        state = self.state_of_mailbox
        return len(state.unread) if state else None
