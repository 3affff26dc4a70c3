"""Base of the entities of a mailbox."""

import asyncio
from collections.abc import Callable, Collection
from typing import ClassVar, override

from homeassistant.core import HomeAssistant, callback, split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .mailboxes.coordinator import MailboxCoordinator, MailboxState
from .mailboxes.mailbox import Mailbox, entity_identifier, mailbox_identifier
from .pbx import BoxKind


async def async_add_mailbox_entities(
    coordinator: MailboxCoordinator | None,
    create: Callable[[MailboxCoordinator, Mailbox], Entity],
    async_add_entities: AddConfigEntryEntitiesCallback,
    kinds: Collection[BoxKind] = tuple(BoxKind),
) -> None:
    """Add an entity of each mailbox whose box is of one of some kinds."""
    if coordinator is None:
        return
    for mailbox in coordinator.mailboxes.values():
        if mailbox.box.kind in kinds:
            async_add_entities(
                [create(coordinator, mailbox)],
                config_subentry_id=mailbox.subentry_id,
            )
            # Let others run between: there may be hundreds.
            await asyncio.sleep(0)


class MailboxEntity(CoordinatorEntity[MailboxCoordinator]):
    """An entity of a mailbox."""

    _attr_has_entity_name = True
    key: ClassVar[str]

    def __init__(self, coordinator: MailboxCoordinator, mailbox: Mailbox) -> None:
        super().__init__(coordinator)
        self.mailbox = mailbox
        serial_number = coordinator.info.serial_number
        identifier = mailbox_identifier(serial_number, mailbox.number)
        self._attr_unique_id = entity_identifier(
            serial_number, mailbox.number, self.key
        )
        self._attr_translation_key = self.key
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


@callback
def own_entities(hass: HomeAssistant, domain: str, entity_ids: set[str]) -> set[str]:
    """Return those of some entities that are of a domain and of this integration."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entity_ids
        if split_entity_id(entity_id)[0] == domain
        and (registered := registry.async_get(entity_id))
        and registered.platform == DOMAIN
    }
