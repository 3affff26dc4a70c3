"""Options of a config entry: the default delivery, and the check of the PBX.

The check is an option because the gear of the entry is where people look for what
concerns one PBX, and it can show progress and a download, which an action cannot.
"""

import asyncio
from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..check.findings import Finding, Findings, Subject
from ..check.record import record_text
from ..const import CONF_DELIVERY, Delivery
from .check import async_check, async_describe, async_is_being_checked
from .records import async_keep_record

_DELIVERY: Final = SelectSelector(
    SelectSelectorConfig(
        options=list(Delivery),
        translation_key=CONF_DELIVERY,
        mode=SelectSelectorMode.LIST,
    )
)


class YeastarOptionsFlow(OptionsFlow):
    """Handle the options flow."""

    _check: asyncio.Task[Findings] | None = None

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
        if self._is_removed:
            return self.async_abort(reason="entry_removed")
        if self._check is None:
            if async_is_being_checked(self.hass, self.config_entry):
                return self.async_abort(reason="already_checking")
            found = set[Subject]()

            @callback
            def show_progress(finding: Finding) -> None:
                found.add(finding.subject)
                self.async_update_progress(len(found) / len(Subject))

            self._check = self.hass.async_create_task(
                async_check(self.hass, self.config_entry, show_progress)
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
        found, self._check = self._check.result(), None
        # A PBX that ignores the size of a page answers with megabytes.
        record = await self.hass.async_add_executor_job(record_text, found)
        path = async_keep_record(self.hass, record)
        return self.async_show_form(
            step_id="checked",
            data_schema=vol.Schema({}),
            description_placeholders={
                "findings": await async_describe(self.hass, found),
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
