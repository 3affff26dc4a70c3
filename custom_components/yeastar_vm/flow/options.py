"""Options of a config entry."""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..const import CONF_DELIVERY, Delivery

_DELIVERY: Final = SelectSelector(
    SelectSelectorConfig(
        options=list(Delivery),
        translation_key=CONF_DELIVERY,
        mode=SelectSelectorMode.LIST,
    )
)


class YeastarOptionsFlow(OptionsFlow):
    """Handle the options flow."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the default delivery."""
        if self.hass.config_entries.async_get_entry(self._config_entry_id) is None:
            return self.async_abort(reason="entry_removed")
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        schema = vol.Schema(
            {vol.Required(CONF_DELIVERY, default=Delivery.AUTO): _DELIVERY}
        )
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                schema, self.config_entry.options
            ),
        )
