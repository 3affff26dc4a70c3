"""The condition: there are unread messages in a mailbox."""

from typing import override

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityConditionBase

from .registries import own_entities


class UnreadMessagesCondition(EntityConditionBase):
    """Whether any or all mailboxes of the target have unread messages."""

    _domain_specs = {SENSOR_DOMAIN: DomainSpec()}  # noqa: RUF012 - as in the base

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the sensors of mailboxes."""
        return own_entities(self._hass, SENSOR_DOMAIN, entities)

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Return whether a sensor counts at least one message."""
        return entity_state.state.isdecimal() and int(entity_state.state) > 0


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions of the integration."""
    return {"unread_messages": UnreadMessagesCondition}
