"""Options of a config entry: the default delivery, and the check of the PBX.

The check is an option because the gear of the entry is where people look for what
concerns one PBX, and it can show progress and a download, which an action cannot.
"""

import asyncio
from typing import TYPE_CHECKING, Any, Final, override

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.core import callback
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..const import CONF_DELIVERY, Delivery
from .records import async_keep_record

if TYPE_CHECKING:
    from .check import Checked

_DELIVERY: Final = SelectSelector(
    SelectSelectorConfig(
        options=list(Delivery),
        translation_key=CONF_DELIVERY,
        mode=SelectSelectorMode.LIST,
    )
)


class YeastarOptionsFlow(OptionsFlow):
    """Handle the options flow."""

    _check: asyncio.Task[Checked] | None = None

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what to do."""
        if self._is_removed:
            return self.async_abort(reason="entry_removed")
        return self.async_show_menu(step_id="init", menu_options=["delivery", "check"])

    async def async_step_delivery(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the default delivery."""
        if self._is_removed:
            return self.async_abort(reason="entry_removed")
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        schema = vol.Schema(
            {vol.Required(CONF_DELIVERY, default=Delivery.AUTO): _DELIVERY}
        )
        return self.async_show_form(
            step_id="delivery",
            data_schema=self.add_suggested_values_to_schema(
                schema, self.config_entry.options
            ),
        )

    async def async_step_check(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Check the PBX."""
        # What shows progress can only say in the next step that the entry is removed.
        if self._check is None and self._is_removed:
            return self.async_abort(reason="entry_removed")
        # Few people check a PBX: the check is loaded when somebody does.
        await async_import_module(self.hass, f"{__package__}.check")
        from .check import async_check, async_is_being_checked  # noqa: PLC0415

        if self._check is None:
            if async_is_being_checked(self.hass, self.config_entry):
                return self.async_abort(reason="already_checking")
            self._check = self.hass.async_create_task(
                async_check(self.hass, self.config_entry, self.async_update_progress)
            )
        if not self._check.done():
            return self.async_show_progress(
                step_id="check", progress_action="check", progress_task=self._check
            )
        return self.async_show_progress_done(next_step_id="checked")

    async def async_step_checked(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what works, and offer the record."""
        if self._is_removed:
            return self.async_abort(reason="entry_removed")
        if self._check is None:  # It was shown before.
            return self.async_create_entry(data={**self.config_entry.options})
        checked, self._check = self._check.result(), None
        path = async_keep_record(self.hass, checked.record)
        return self.async_show_form(
            step_id="checked",
            data_schema=vol.Schema({}),
            description_placeholders={
                "findings": checked.findings,
                # In a window of its own: the frontend would take it for a page.
                "link": f'<a href="{path}" target="_blank">',
                "end": "</a>",
            },
        )

    @callback
    @override
    def async_remove(self) -> None:
        """Stop a check that nobody waits for."""
        if self._check:
            self._check.cancel()

    @property
    def _is_removed(self) -> bool:
        entries = self.hass.config_entries
        return entries.async_get_entry(self._config_entry_id) is None
