"""The triggers: a message arrives in a mailbox, and its text is there."""

from typing import Any, ClassVar, Final, override

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

from .const import EVENT_MESSAGE_RECEIVED, EVENT_MESSAGE_TRANSCRIBED
from .registries import own_entities

ATTR_MAILBOX: Final = "mailbox"
ATTR_MESSAGE_ID: Final = "message_id"

_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_TARGET): cv.TARGET_FIELDS,
        vol.Required(CONF_OPTIONS, default={}): {},
    }
)
# The attributes that say how the entity is shown, not what happened.
_SHOWN: Final = {ATTR_EVENT_TYPE, ATTR_EVENT_TYPES, ATTR_FRIENDLY_NAME, ATTR_ICON}


class MailboxTrigger(Trigger):
    """Run for each event of a kind in a mailbox of the target.

    The variables of the trigger are the attributes of the event, the event entity as
    `entity_id`, and the device of the mailbox as `mailbox`.
    """

    event_type: ClassVar[str]

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
            if old and new and self._is_new(old, new):
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

    def _is_new(self, old: State, new: State) -> bool:
        """Return whether a change of state is an event rather than its return."""
        return (
            new.attributes.get(ATTR_EVENT_TYPE) == self.event_type
            and STATE_UNAVAILABLE not in (old.state, new.state)
            and _identity(old) != _identity(new)
        )


class MessageReceivedTrigger(MailboxTrigger):
    """Run for each message that arrives."""

    event_type = EVENT_MESSAGE_RECEIVED


class MessageTranscribedTrigger(MailboxTrigger):
    """Run for each new message whose text is there, or that has none."""

    event_type = EVENT_MESSAGE_TRANSCRIBED


def _identity(state: State) -> tuple[Any, ...]:
    """Return what tells an event from another one: two may have the same time."""
    keys = ATTR_EVENT_TYPE, ATTR_MESSAGE_ID
    return state.state, *(state.attributes.get(key) for key in keys)


def _told(state: State) -> dict[str, Any]:
    """Return what an event says."""
    return {key: told for key, told in state.attributes.items() if key not in _SHOWN}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers of the integration."""
    triggers = (MessageReceivedTrigger, MessageTranscribedTrigger)
    return {each.event_type: each for each in triggers}
