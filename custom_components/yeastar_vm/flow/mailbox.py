"""Add a mailbox to a PBX."""

from typing import Any, Final

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..entry import YeastarConfigEntry
from ..errors.issues import Feature, async_handle_error
from ..errors.translated import error_placeholders
from ..mailboxes.mailbox import CONF_NUMBER, box_title, entry_mailboxes, mailbox_data
from ..pbx import Box, BoxKind, YeastarClient, YeastarError

MAX_NUMBER: Final = 64  # characters


class MailboxSubentryFlow(ConfigSubentryFlow):
    """Handle the flow that adds a mailbox."""

    _boxes: dict[str, Box]

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the box: from a list, or by its number."""
        entry: YeastarConfigEntry | None
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        client = entry.runtime_data.client
        try:
            if user_input is None:
                self._boxes = await _list_boxes(client)
                return self._show_form(entry, {})
            return await self._async_add(entry, client, user_input[CONF_NUMBER].strip())
        except YeastarError as err:
            async_handle_error(self.hass, entry, err, Feature.MESSAGES)
            if user_input is None:
                self._boxes = {}
            return self._show_form(entry, {"base": err.key}, error_placeholders(err))

    async def _async_add(
        self, entry: YeastarConfigEntry, client: YeastarClient, number: str
    ) -> SubentryFlowResult:
        """Add the box with a number, as the PBX has it now."""
        if number in entry_mailboxes(entry):
            return self.async_abort(reason="already_configured")
        if not number or len(number) > MAX_NUMBER:
            box = None
        else:
            box = self._boxes.get(number) or await client.find_box(number)
        if box is None:
            error = {CONF_NUMBER: "box_not_found"}
            return self._show_form(entry, error, {"number": number[:MAX_NUMBER]})
        if box.kind is BoxKind.GROUP and not await _has_messages(client, number):
            return self._show_form(entry, {CONF_NUMBER: "group_without_messages"})
        return self.async_create_entry(
            title=box_title(box), data=mailbox_data(box), unique_id=number
        )

    def _show_form(
        self,
        entry: YeastarConfigEntry,
        errors: dict[str, str],
        placeholders: dict[str, str] | None = None,
    ) -> SubentryFlowResult:
        added = entry_mailboxes(entry)
        options = [
            SelectOptionDict(value=number, label=box_title(box))
            for number, box in self._boxes.items()
            if number not in added
        ]
        selector = SelectSelector(
            SelectSelectorConfig(
                options=options, custom_value=True, mode=SelectSelectorMode.DROPDOWN
            )
        )
        return self.async_show_form(
            step_id="user",
            data_schema=vol.Schema({vol.Required(CONF_NUMBER): selector}),
            errors=errors,
            description_placeholders=placeholders,
        )


async def _list_boxes(client: YeastarClient) -> dict[str, Box]:
    """Return the boxes that have messages, by number."""
    boxes = [
        Box(each.number, each.name, BoxKind.EXTENSION, each.id)
        for each in await client.extensions.all()
    ]
    boxes += [
        Box(each.number, each.name, BoxKind.GROUP)
        for each in await client.groups.all()
        if each.has_messages
    ]
    return {box.number: box for box in boxes}


async def _has_messages(client: YeastarClient, number: str) -> bool:
    """Return whether the messages of a group are its own."""
    groups = await client.groups.all()
    return all(each.has_messages for each in groups if each.number == number)
