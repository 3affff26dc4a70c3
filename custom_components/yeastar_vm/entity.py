"""Base of the entities of a mailbox."""

from typing import override

from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import MailboxCoordinator, MailboxState
from .mailbox import Mailbox, mailbox_identifier


class MailboxEntity(CoordinatorEntity[MailboxCoordinator]):
    """An entity of a mailbox."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: MailboxCoordinator, mailbox: Mailbox, key: str
    ) -> None:
        """Initialize the entity."""
        super().__init__(coordinator)
        self.mailbox = mailbox
        identifier = mailbox_identifier(coordinator.info.serial_number, mailbox.number)
        self._attr_unique_id = f"{identifier}_{key}"
        self._attr_translation_key = key
        self._attr_device_info = DeviceInfo(
            entry_type=DeviceEntryType.SERVICE,
            identifiers={(DOMAIN, identifier)},
            manufacturer="Yeastar",
            name=mailbox.title,
            via_device_id=coordinator.device_id,
        )

    @property
    def state_of_mailbox(self) -> MailboxState | None:
        """Return the state of the mailbox, or None if its box does not exist."""
        return self.coordinator.data.get(self.mailbox.number)

    @property
    @override
    def available(self) -> bool:
        """Return whether the state of the mailbox is known."""
        return super().available and self.state_of_mailbox is not None
