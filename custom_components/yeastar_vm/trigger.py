"""The trigger: a message arrives in a mailbox."""

from typing import Any, Final, override

from homeassistant.components.event import (
    ATTR_EVENT_TYPE,
    ATTR_EVENT_TYPES,
    DOMAIN as EVENT_DOMAIN,
)
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_FRIENDLY_NAME,
    ATTR_ICON,
    CONF_OPTIONS,
    CONF_TARGET,
    STATE_UNAVAILABLE,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, State, callback
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.target import (
    TargetStateChangedData,
    async_track_target_selector_state_change_event,
)
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .const import EVENT_MESSAGE_RECEIVED
from .entity import own_entities

ATTR_MAILBOX: Final = "mailbox"

_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_TARGET): cv.TARGET_FIELDS,
        vol.Required(CONF_OPTIONS, default={}): {},
    }
)
# The attributes that say how the entity is shown, not what happened.
_SHOWN: Final = {ATTR_EVENT_TYPE, ATTR_EVENT_TYPES, ATTR_FRIENDLY_NAME, ATTR_ICON}


class MessageReceivedTrigger(Trigger):
    """Run for each message that arrives in a mailbox of the target.

    The variables of the trigger are the attributes of the event, the event entity as
    `entity_id`, and the device of the mailbox as `mailbox`.
    """

    @classmethod
    @override
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Validate the target."""
        validated: ConfigType = _SCHEMA(config)
        return validated

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        assert config.target
        self._target = config.target

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Listen to the event entities of the target."""

        @callback
        def state_changed(data: TargetStateChangedData) -> None:
            event = data.state_change_event
            old, new = event.data["old_state"], event.data["new_state"]
            if old and new and _is_new(old, new):
                variables = self._variables(new)
                run_action(variables, f"event of {new.entity_id}", event.context)

        return await async_track_target_selector_state_change_event(
            self._hass,
            self._target,
            state_changed,
            lambda entity_ids: own_entities(self._hass, EVENT_DOMAIN, entity_ids),
        )

    def _variables(self, state: State) -> dict[str, Any]:
        registered = er.async_get(self._hass).async_get(state.entity_id)
        return {
            **_told(state),
            ATTR_ENTITY_ID: state.entity_id,
            ATTR_MAILBOX: registered.device_id if registered else None,
        }


def _is_new(old: State, new: State) -> bool:
    """Return whether a change of state is an event rather than its return."""
    if STATE_UNAVAILABLE in (old.state, new.state):
        return False
    is_same = (old.state, _told(old)) == (new.state, _told(new))
    return new.attributes.get(ATTR_EVENT_TYPE) == EVENT_MESSAGE_RECEIVED and not is_same


def _told(state: State) -> dict[str, Any]:
    """Return what an event says."""
    return {key: told for key, told in state.attributes.items() if key not in _SHOWN}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers of the integration."""
    return {EVENT_MESSAGE_RECEIVED: MessageReceivedTrigger}
