"""The select entity of an extension: its presence, which also selects its greeting."""

from typing import Final, override

from homeassistant.components.select import SelectEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import MailboxEntity, async_add_mailbox_entities
from .entry import Pbx, YeastarConfigEntry
from .errors.invalid_input import BoxNotFound
from .mailboxes.boxes import BoxCoordinator
from .mailboxes.mailbox import Mailbox
from .pbx import BoxKind, NotFound

# Each change is a request to the PBX.
PARALLEL_UPDATES = 1

PRESENCES: Final = [
    "available",
    "away",
    "business_trip",
    "do_not_disturb",
    "lunch",
    "off_work",
]
# How the web portal of the PBX spells one of them.
_SPELLINGS: Final = {"launch": "lunch"}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the select entities."""
    await async_add_mailbox_entities(
        entry, PresenceSelect, async_add_entities, [BoxKind.EXTENSION]
    )


class PresenceSelect(MailboxEntity[BoxCoordinator], SelectEntity):
    """The presence of an extension."""

    key = "presence"

    def __init__(self, pbx: Pbx, mailbox: Mailbox) -> None:
        super().__init__(pbx.mailboxes.boxes, pbx, mailbox)

    @property
    @override
    def shown(self) -> str | None:
        """Return the presence, or None if it is not known."""
        state = self.coordinator.data.get(self.mailbox.number)
        presence = state.presence if state else None
        return _SPELLINGS.get(presence, presence) if presence else None

    @property
    @override
    def options(self) -> list[str]:
        """Return the presences, and a custom one while the extension has it."""
        current = self.current_option
        if current is None or current in PRESENCES:
            return PRESENCES
        return [*PRESENCES, current]

    @property
    @override
    def current_option(self) -> str | None:
        """Return the presence of the extension."""
        return self.shown

    @override
    async def async_select_option(self, option: str) -> None:
        """Set the presence on the PBX."""
        if option not in PRESENCES:
            return  # A custom presence is only offered while the extension has it.
        number = self.mailbox.number
        with self.pbx.errors():
            try:
                await self.coordinator.async_set_presence(number, option)
            except NotFound:
                raise BoxNotFound(number=number) from None
