"""What the PBX tells of the boxes of the mailboxes: names, presences, and absence."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
import logging
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from ..errors.issues import async_handle_error
from ..pbx import (
    AccessDenied,
    BoxKind,
    Extension,
    InvalidResponse,
    NotFound,
    NotSupported,
    PbxFault,
    YeastarClient,
    YeastarError,
)
from .issues import async_create_mailbox_issue, async_delete_mailbox_issue
from .mailbox import Absence, Mailbox, async_rename_mailbox
from .questions import Questions
from .tasks import Tasks

_LOGGER = logging.getLogger(__name__)

# Events tell of a presence only if the administrator lets the PBX monitor the
# extension, and of groups not at all.
INTERVAL: Final = timedelta(minutes=30)
# Without events, or if the PBX did not tell all.
SHORT_INTERVAL: Final = timedelta(minutes=5)
# So many extensions are searched one by one. More are read from the list of all, and
# what a search does not find.
FEW: Final = 3
# Seconds between two looks at what changed: many extensions may change at once.
CHANGES_PAUSE: Final = 5

# The API application may lack a permission, or the firmware an endpoint.
_REFUSED: Final = (AccessDenied, NotSupported)
_NOT_TOLD: Final = (*_REFUSED, InvalidResponse, NotFound, PbxFault)


@dataclass(frozen=True, slots=True)
class BoxState:
    """What the PBX tells of a box.

    `presence` is empty for a group voicemail, and while it is not known. `absence` is
    why there are no messages, or None if there can be some.
    """

    name: str = ""
    presence: str = ""
    absence: Absence | None = None

    @classmethod
    def of_extension(cls, extension: Extension | None) -> BoxState:
        """Return the state of an extension that the PBX has, or of one that is gone."""
        if extension is None:
            return cls(absence=Absence.GONE)
        return cls(extension.name, extension.presence)


class BoxCoordinator(DataUpdateCoordinator[dict[str, BoxState]]):
    """Keep up to date what the PBX tells of the boxes, by the number of the box.

    A box of which it told nothing is missing from the data.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        client: YeastarClient,
        mailboxes: Mapping[str, Mailbox],
        tasks: Tasks,
    ) -> None:
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=f"{entry.title} box",
            update_interval=SHORT_INTERVAL,
            always_update=False,
        )
        self.data = {}
        self.has_events = False
        self._entry = entry
        self._client = client
        self._mailboxes = mailboxes
        self._tasks = tasks
        self.questions = Questions(self._ask, tasks, "boxes")
        # The boxes that changed, and the presences that were set during a question.
        self._changed = set[str]()
        self._changes: asyncio.Task[None] | None = None
        self._set: dict[str, str] = {}
        self._is_denied = False

    def absence(self, number: str) -> Absence | None:
        """Return why a box has no messages, if the PBX told that it has none."""
        state = self.data.get(number)
        return state.absence if state else None

    async def async_set_presence(self, number: str, presence: str) -> None:
        """Set the presence of an extension; raise a YeastarError."""
        if (extension := await self._client.extensions.get(number)) is None:
            raise NotFound
        await self._client.extensions.set_presence(extension, presence)
        self._set[number] = presence
        self._take_over({number: BoxState(extension.name, presence)})

    @callback
    def async_note_changes(self, numbers: Iterable[str]) -> None:
        """Look at boxes that changed: at once, then every few seconds."""
        self._changed |= self._mailboxes.keys() & set(numbers)
        if self._changed and (self._changes is None or self._changes.done()):
            self._changes = self._tasks.async_create(self._look_at_changes(), "changes")

    @callback
    def async_remove(self, mailbox: Mailbox) -> None:
        """Forget a mailbox that is removed."""
        self.data = {k: v for k, v in self.data.items() if k != mailbox.number}

    async def _look_at_changes(self) -> None:
        while self._changed:
            numbers = list(self._changed)
            self._changed.clear()
            try:
                await self.questions.ask(numbers)
            except YeastarError as err:
                self._note_failure(err)
            await asyncio.sleep(CHANGES_PAUSE)

    @override
    async def _async_update_data(self) -> dict[str, BoxState]:
        self.update_interval = INTERVAL if self.has_events else SHORT_INTERVAL
        try:
            await self.questions.ask(self._mailboxes)
        except YeastarError as err:
            self._note_failure(err)
        return self.data

    async def _ask(self, numbers: list[str]) -> None:
        """Ask for what the PBX tells of some boxes, and take it over.

        What it tells of the boxes of one kind counts also if it does not answer for the
        other.
        """
        self._set.clear()
        failure: YeastarError | None = None
        for kind, ask in (
            (BoxKind.EXTENSION, self._extensions),
            (BoxKind.GROUP, self._groups),
        ):
            wanted = [
                number
                for number in numbers
                if (mailbox := self._mailboxes.get(number)) and mailbox.box.kind is kind
            ]
            if not wanted:
                continue
            try:
                found = await ask(wanted)
            except YeastarError as err:
                failure, found = err, {}
            for number, presence in self._set.items():
                if number in found:
                    found[number] = replace(found[number], presence=presence)
            self._forget_presences(number for number in wanted if number not in found)
            self._take_over(found)
        if failure:
            raise failure

    async def _extensions(self, numbers: list[str]) -> dict[str, BoxState]:
        """Return the states of extensions, as far as the PBX tells them."""
        extensions = self._client.extensions
        found: dict[str, Extension | None] = dict.fromkeys(numbers)
        try:
            if len(numbers) <= FEW:
                found = {each: await extensions.get(each) for each in numbers}
            # Only a list with other extensions tells that these are gone.
            if missing := [each for each in numbers if not found[each]]:
                found |= await extensions.find(missing)
        except _NOT_TOLD as err:
            _LOGGER.debug("The extensions are not known: %s", err)
            self._note_denied(is_denied=isinstance(err, AccessDenied))
            if not isinstance(err, _REFUSED):
                self._ask_again_soon()
            return {}
        self._note_denied(is_denied=False)
        return {k: BoxState.of_extension(each) for k, each in found.items()}

    async def _groups(self, numbers: list[str]) -> dict[str, BoxState]:
        """Return the states of group voicemails, as far as the PBX tells them."""
        try:
            groups = await self._client.groups.find()
            if groups == []:
                # A PBX that lists no extension either does not tell what it has. One
                # that refuses to list them told that there are no groups.
                with suppress(*_REFUSED):
                    await self._client.extensions.find(())
        except _NOT_TOLD as err:
            _LOGGER.debug("The groups are not known: %s", err)
            groups = None
        if groups is None:
            return {}
        gone = BoxState(absence=Absence.GONE)
        return dict.fromkeys(numbers, gone) | {
            each.number: BoxState(
                each.name, absence=None if each.has_messages else Absence.BROADCAST
            )
            for each in groups
            if each.number in numbers
        }

    def _note_denied(self, *, is_denied: bool) -> None:
        """Log once that access is denied, and once that it is granted."""
        if is_denied and not self._is_denied:
            _LOGGER.warning(
                "%s denies access to extensions, so presences are unknown. Check under "
                "Integrations > API on the PBX that this application has the "
                "permissions for extensions",
                self._entry.title,
            )
        elif self._is_denied and not is_denied:
            _LOGGER.info("%s grants access to extensions again", self._entry.title)
        self._is_denied = is_denied

    @callback
    def _note_failure(self, err: YeastarError) -> None:
        """Handle that the PBX cannot be asked. The log has it of the messages."""
        _LOGGER.debug("The boxes are not known: %s", err)
        async_handle_error(self.hass, self._entry, err)
        self._ask_again_soon()

    @callback
    def _forget_presences(self, numbers: Iterable[str]) -> None:
        """Note that presences are not known."""
        self._take_over(
            {
                number: replace(state, presence="")
                for number in numbers
                if (state := self.data.get(number)) and state.presence
            }
        )

    @callback
    def _ask_again_soon(self) -> None:
        if self.update_interval != SHORT_INTERVAL:
            self.update_interval = SHORT_INTERVAL
            self.async_set_updated_data(self.data)

    @callback
    def _take_over(self, found: Mapping[str, BoxState]) -> None:
        """Take over what the PBX told, except of boxes that changed since."""
        data = dict(self.data)
        for number, state in found.items():
            mailbox = self._mailboxes.get(number)
            if mailbox is None or number in self._changed:
                continue
            data[number] = state
            if state.absence:
                async_create_mailbox_issue(
                    self.hass, self._entry, mailbox, state.absence
                )
            else:
                async_delete_mailbox_issue(self.hass, self._entry, mailbox)
            if state.name:
                async_rename_mailbox(self.hass, self._entry, mailbox, state.name)
        if data != self.data:
            self.data = data
            self.async_update_listeners()
