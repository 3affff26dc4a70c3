"""Add a mailbox to a PBX, and select what turns its messages into text."""

from contextlib import suppress
from typing import Any, Final

from homeassistant.components.stt import DOMAIN as STT_DOMAIN
from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    LanguageSelector,
    LanguageSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..entry import Pbx, YeastarConfigEntry
from ..errors.invalid_input import EngineUnavailable, LanguageNotSupported
from ..errors.issues import Feature, async_handle_error
from ..errors.translated import InvalidInput, error_placeholders
from ..mailboxes.mailbox import (
    CONF_ENGINE,
    CONF_LANGUAGE,
    CONF_NUMBER,
    box_title,
    entry_mailboxes,
    mailbox_data,
)
from ..pbx import AccessDenied, Box, BoxKind, NotFound, YeastarError, comparable
from ..transcription import async_engine_language

MAX_TYPED: Final = 64  # characters

_SPEECH_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(CONF_ENGINE): EntitySelector(
            EntitySelectorConfig(domain=STT_DOMAIN)
        ),
        vol.Optional(CONF_LANGUAGE): LanguageSelector(
            LanguageSelectorConfig(native_name=True)
        ),
    }
)


class MailboxSubentryFlow(ConfigSubentryFlow):
    """Handle the flows that add and change a mailbox."""

    _boxes: dict[str, Box]

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the box: from a list, or by its number."""
        entry: YeastarConfigEntry | None
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        typed = (user_input or {}).get(CONF_NUMBER, "")[:MAX_TYPED]
        try:
            if user_input is None:
                self._boxes = {}
                self._boxes = await _list_boxes(entry.runtime_data)
                return self._show_form(entry, typed, {})
            return await self._async_add(entry, typed)
        except YeastarError as err:
            async_handle_error(self.hass, entry, err, Feature.MESSAGES)
            return self._show_form(
                entry, typed, {"base": err.key}, error_placeholders(err)
            )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the speech-to-text entity of new messages, and their language."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        subentries = entry.subentries if entry else {}
        subentry = subentries.get(self._reconfigure_subentry_id)
        if entry is None or subentry is None:
            return self.async_abort(reason="mailbox_removed")
        shown = dict(subentry.data) if user_input is None else user_input
        error = self._why_not(shown)
        if user_input is not None and error is None:
            data = dict(subentry.data)
            for field in (CONF_ENGINE, CONF_LANGUAGE):
                data.pop(field, None)
            speech = user_input if user_input.get(CONF_ENGINE) else {}
            return self.async_update_and_abort(entry, subentry, data={**data, **speech})
        is_language = isinstance(error, LanguageNotSupported)
        field = CONF_LANGUAGE if is_language else CONF_ENGINE
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(_SPEECH_SCHEMA, shown),
            errors={field: error.key} if error else {},
            description_placeholders={
                "mailbox": subentry.title,
                **((error.translation_placeholders if error else None) or {}),
            },
        )

    def _why_not(self, user_input: dict[str, Any]) -> InvalidInput | None:
        """Return why messages cannot be turned into text so."""
        if not (engine := user_input.get(CONF_ENGINE)):
            return None
        try:
            async_engine_language(self.hass, engine, user_input.get(CONF_LANGUAGE))
        except InvalidInput as err:
            return err
        except HomeAssistantError:
            return EngineUnavailable(engine=engine)
        return None

    async def _async_add(
        self, entry: YeastarConfigEntry, typed: str
    ) -> SubentryFlowResult:
        """Add the box that was selected or typed, as the PBX has it now."""
        pbx = entry.runtime_data
        number = self._number(typed)
        if number in entry_mailboxes(entry):
            return self.async_abort(reason="already_configured")
        box = await _find_box(pbx, number) if number else None
        if box is None:
            error = {CONF_NUMBER: "box_not_found"}
            return self._show_form(entry, typed, error, {"number": typed})
        if not box.has_messages:
            return self._show_form(
                entry, typed, {CONF_NUMBER: "group_without_messages"}
            )
        return self.async_create_entry(
            title=box_title(box), data=mailbox_data(box), unique_id=number
        )

    def _number(self, typed: str) -> str:
        """Return the number that was typed, also as the name that only one box has.

        What may be a number is one: another box may have it as its name, and the box
        may be newer than the list.
        """
        number = "".join(typed.split())
        if number.isdecimal():
            return number
        named = [
            number
            for number, box in self._boxes.items()
            if comparable(typed).casefold()
            in (comparable(each).casefold() for each in (box.name, box_title(box)))
        ]
        return named[0] if len(named) == 1 else number

    def _show_form(
        self,
        entry: YeastarConfigEntry,
        typed: str,
        errors: dict[str, str],
        placeholders: dict[str, str] | None = None,
    ) -> SubentryFlowResult:
        """Show the form with what was typed. Nothing is selected by itself."""
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
        # The frontend selects the first option of a field that is required.
        schema = vol.Schema({vol.Optional(CONF_NUMBER): selector})
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                schema, {CONF_NUMBER: typed} if typed else {}
            ),
            errors=errors,
            description_placeholders=placeholders,
        )


async def _list_boxes(pbx: Pbx) -> dict[str, Box]:
    """Return the boxes that have messages, by number, as they were read last."""
    extensions = pbx.directory.recent(BoxKind.EXTENSION)
    if extensions is None:
        extensions = [
            Box(each.number, each.name, BoxKind.EXTENSION, each.id)
            for each in await pbx.client.extensions.all()
        ]
        pbx.directory.keep(BoxKind.EXTENSION, extensions)
    groups = pbx.directory.recent(BoxKind.GROUP)
    if groups is None:
        groups = [each.box for each in await pbx.client.groups.all()]
        pbx.directory.keep(BoxKind.GROUP, groups)
    return {box.number: box for box in (*extensions, *groups) if box.has_messages}


async def _find_box(pbx: Pbx, number: str) -> Box | None:
    """Return the box with a number, or None if there is none.

    Where the application may see messages but not extensions, what has messages is one.
    """
    try:
        return await pbx.client.find_box(number)
    except AccessDenied:
        with suppress(NotFound):
            listed = await pbx.client.messages.query([number])
            return Box(number, "", BoxKind.EXTENSION) if number in listed else None
        raise
