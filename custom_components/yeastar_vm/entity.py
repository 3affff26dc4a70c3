"""Base of the entities of a mailbox."""

from abc import abstractmethod
import asyncio
from collections.abc import Callable, Collection
from typing import ClassVar, Final, override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .entry import Pbx, YeastarConfigEntry
from .mailboxes.boxes import BoxCoordinator
from .mailboxes.mailbox import Mailbox, entity_identifier, mailbox_identifier
from .mailboxes.messages import MessageCoordinator
from .pbx import BoxKind

# Home Assistant shows the models of devices as they are.
_MODELS: Final = {BoxKind.EXTENSION: "Extension", BoxKind.GROUP: "Group voicemail"}


async def async_add_mailbox_entities(
    entry: YeastarConfigEntry,
    create: Callable[[Pbx, Mailbox], Entity],
    async_add_entities: AddConfigEntryEntitiesCallback,
    kinds: Collection[BoxKind] = tuple(BoxKind),
) -> None:
    """Add an entity of each mailbox whose box is of some kinds, now and later."""
    pbx = entry.runtime_data

    @callback
    def add(mailbox: Mailbox) -> None:
        if mailbox.box.kind in kinds:
            async_add_entities(
                [create(pbx, mailbox)], config_subentry_id=mailbox.subentry_id
            )

    before = list(pbx.mailboxes.values())
    entry.async_on_unload(pbx.mailboxes.async_add_listener(add))
    for mailbox in before:
        # It may have been removed or changed meanwhile.
        now = pbx.mailboxes.get(mailbox.number)
        if now and now.subentry_id == mailbox.subentry_id:
            add(now)
            # Let others run between: there may be hundreds.
            await asyncio.sleep(0)


class MailboxEntity[Coordinator: MessageCoordinator | BoxCoordinator](
    CoordinatorEntity[Coordinator]
):
    """An entity of a mailbox."""

    _attr_has_entity_name = True
    key: ClassVar[str]

    def __init__(self, coordinator: Coordinator, pbx: Pbx, mailbox: Mailbox) -> None:
        super().__init__(coordinator)
        self.pbx = pbx
        self.mailbox = mailbox
        serial_number = pbx.info.serial_number
        identifier = mailbox_identifier(serial_number, mailbox.number)
        self._attr_unique_id = entity_identifier(
            serial_number, mailbox.number, self.key
        )
        self._attr_translation_key = self.key
        self._attr_device_info = DeviceInfo(
            entry_type=DeviceEntryType.SERVICE,
            identifiers={(DOMAIN, identifier)},
            manufacturer="Yeastar",
            model=_MODELS[mailbox.box.kind],
            name=mailbox.title,
            via_device_id=pbx.device_id,
        )
        self._shown: tuple[bool, object] | None = None

    @property
    @abstractmethod
    def shown(self) -> object:
        """Return what the state depends on; None if it is not known."""

    @property
    @override
    def available(self) -> bool:
        """Return whether there is something to show."""
        return super().available and self.shown is not None

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state if it is another one: there may be hundreds of mailboxes."""
        shown = self.available, self.shown
        if shown != self._shown:
            self._shown = shown
            super()._handle_coordinator_update()
