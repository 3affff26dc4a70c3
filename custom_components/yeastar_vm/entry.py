"""A PBX that is loaded: what its config entry holds then, and how to find it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryState,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import DOMAIN
from .errors.invalid_input import (
    BoxNotFound,
    NoPbx,
    PbxDisabled,
    PbxGone,
    PbxInBetween,
    PbxNotConnected,
    PbxNotFound,
    PbxNotLoaded,
    SeveralPbxs,
)
from .errors.issues import Feature, handled_errors
from .errors.translated import async_because, translated
from .mailboxes.access import (
    OpenMailbox,
    async_is_gone,
    async_open_mailbox,
    async_open_mailboxes,
)
from .mailboxes.mailboxes import Mailboxes
from .pbx import (
    Box,
    Greeting,
    Interrupted,
    NotFound,
    PbxInfo,
    PlayLink,
    YeastarClient,
)
from .playback.directory import Directory
from .playback.greetings import find_greeting
from .playback.playback import Playback
from .playback.references import GreetingReference, pbx_identifier
from .transcription import Transcriber

type YeastarConfigEntry = ConfigEntry[Pbx]


@dataclass(frozen=True, slots=True)
class Pbx:
    """A PBX that is loaded: the runtime data of its config entry.

    `device_id` is the ID of its device. Browsing fills in the directory.
    """

    hass: HomeAssistant
    entry: YeastarConfigEntry
    client: YeastarClient
    info: PbxInfo
    directory: Directory
    playback: Playback
    mailboxes: Mailboxes
    transcriber: Transcriber
    device_id: str

    @classmethod
    async def find(cls, hass: HomeAssistant, identifier: str) -> Pbx:
        """Return the PBX that the first part of a media identifier means.

        It is the serial number, or in identifiers of 1.0.0 the ID of the entry. If no
        entry has it, the PBX was replaced or removed and added again: if exactly one is
        enabled, that one is meant. Raise InvalidInput if there is none, or what keeps
        it from being loaded.
        """
        entries = pbx_entries(hass)
        for entry in entries:
            if identifier in (entry.entry_id, pbx_identifier(entry.unique_id or "")):
                return await cls.of(hass, entry)
        enabled = [entry for entry in entries if not entry.disabled_by]
        if len(enabled) != 1:
            raise PbxGone
        return await cls.of(hass, enabled[0])

    @classmethod
    async def of(cls, hass: HomeAssistant, entry: YeastarConfigEntry) -> Pbx:
        """Return the PBX of an entry; raise InvalidInput if it is not loaded.

        It is taken once: the runtime data of an entry is deleted when it is unloaded.
        """
        if entry.state is ConfigEntryState.LOADED:
            return entry.runtime_data
        raise await _not_loaded(hass, entry)

    @classmethod
    async def select(
        cls, hass: HomeAssistant, entry_id: str | None, *, changes: bool = False
    ) -> Pbx:
        """Return the PBX whose entry a user selects; raise InvalidInput if unclear.

        The only one is meant if none is selected, or if the one that is was removed:
        the PBX may have been added again. What `changes` something ends with an error
        then, because it cannot be undone.
        """
        entries = pbx_entries(hass)
        for entry in entries:
            if entry.entry_id == entry_id:
                return await cls.of(hass, entry)
        if not entries:
            raise NoPbx
        enabled = [entry for entry in entries if not entry.disabled_by] or entries
        if len(enabled) == 1 and (entry_id is None or not changes):
            return await cls.of(hass, enabled[0])
        names = ", ".join(f"{entry.title} ({entry.entry_id})" for entry in enabled)
        raise (SeveralPbxs if entry_id is None else PbxNotFound)(entries=names)

    @callback
    def forget_messages(self) -> None:
        """End the links to messages that were deleted, or whose mailbox was removed."""
        self.playback.relay.forget_messages(
            lambda message: async_is_gone(
                self.mailboxes, message.number, message.message_id
            )
        )

    async def reloaded(self, seconds: float) -> Pbx:
        """Return the PBX that takes the place of this one when its entry is reloaded.

        Raise InvalidInput if none is loaded within some seconds.
        """
        changed = asyncio.Event()

        @callback
        def note_change(*_: object) -> None:
            changed.set()

        removers = (
            async_dispatcher_connect(
                self.hass, SIGNAL_CONFIG_ENTRY_CHANGED, note_change
            ),
            self.hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, note_change),
        )
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while self._is_being_replaced():
                        changed.clear()
                        await changed.wait()
        finally:
            for remove in removers:
                remove()
        return await Pbx.of(self.hass, self.entry)

    def _is_being_replaced(self) -> bool:
        """Return whether another one may be loaded in its place, and is not yet."""
        entry = self.entry
        if entry.state is ConfigEntryState.LOADED:
            return entry.runtime_data is self and not self.hass.is_stopping
        is_kept = self.hass.config_entries.async_get_entry(entry.entry_id)
        return bool(is_kept and not entry.disabled_by and not self.hass.is_stopping)

    @property
    def identifier(self) -> str:
        """Return the first part of its media identifiers."""
        return pbx_identifier(self.info.serial_number)

    @contextmanager
    def errors(self, feature: Feature | None = None) -> Iterator[None]:
        """Translate errors and keep the repair issues up to date."""
        with handled_errors(self.hass, self.entry, feature):
            yield

    async def run[T](self, work: Coroutine[Any, Any, T], name: str) -> T:
        """Do some work; raise Interrupted when the PBX is unloaded meanwhile.

        Home Assistant does not wait for it when it stops.
        """
        task = self.entry.async_create_background_task(self.hass, work, name)
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
        if task.cancelled():
            raise Interrupted
        return task.result()

    async def box(self, number: str) -> Box:
        """Return the box with a number; raise BoxNotFound if there is none."""
        if box := await self.client.find_box(number):
            return box
        raise BoxNotFound(number=number)

    async def greetings(self, number: str) -> list[Greeting]:
        """Return the greetings of a box; raise BoxNotFound if there is no such box."""
        if not (greetings := await self.client.greetings.of(number)):
            await self.box(number)
        return greetings

    async def greeting(
        self, number: str, file: str | None
    ) -> tuple[GreetingReference, PlayLink]:
        """Return a greeting and its play link; the only one if no file is named.

        The PBX is asked for its greetings only if it does not know the file. Raise
        InvalidInput if there is no such greeting.
        """
        if file is not None:
            reference = GreetingReference(number, file)
            with suppress(NotFound):
                return reference, await reference.get_link(self.client)
        greeting = find_greeting(number, await self.greetings(number), file)
        if greeting.file == file:
            raise NotFound  # The PBX lists it, and has no link to it.
        reference = GreetingReference(number, greeting.file)
        return reference, await reference.get_link(self.client)

    def mailbox(
        self, number: str, user: User | None, permission: str = POLICY_READ
    ) -> OpenMailbox:
        """Return the mailbox with a number that a user may read or control.

        Raise NotAMailbox if it was not added, MessagesNotAllowed if the user may not.
        """
        return async_open_mailbox(self.mailboxes, number, user, permission)

    def mailboxes_of(self, user: User | None) -> list[OpenMailbox]:
        """Return all mailboxes that a user may read."""
        return async_open_mailboxes(self.mailboxes, user)


@callback
def pbx_entries(hass: HomeAssistant) -> list[YeastarConfigEntry]:
    """Return the config entries of all PBXs, loaded or not."""
    return hass.config_entries.async_entries(DOMAIN, include_ignore=False)


@callback
def async_update_and_reload(
    hass: HomeAssistant, entry: YeastarConfigEntry, **changes: Any
) -> None:
    """Change an entry and reload it.

    The update listener reloads an entry that is loaded if anything changes.
    """
    is_loaded = entry.state is ConfigEntryState.LOADED
    is_changed = hass.config_entries.async_update_entry(entry, **changes)
    if not (is_loaded and is_changed):
        hass.config_entries.async_schedule_reload(entry.entry_id)


async def _not_loaded(
    hass: HomeAssistant, entry: YeastarConfigEntry
) -> ServiceValidationError:
    """Return the error for a PBX that is not loaded.

    If its setup failed, the error has the reason, which is a text of ours.
    """
    if entry.disabled_by:
        return PbxDisabled(name=entry.title)
    if entry.state in (
        ConfigEntryState.SETUP_IN_PROGRESS,
        ConfigEntryState.UNLOAD_IN_PROGRESS,
    ):
        return PbxInBetween(name=entry.title)
    if not (key := entry.error_reason_translation_key):
        return PbxNotLoaded(name=entry.title)
    placeholders: dict[str, Any] = entry.error_reason_translation_placeholders or {}
    reason = translated(ServiceValidationError, key, **placeholders)
    if entry.state is not ConfigEntryState.SETUP_RETRY:
        return reason
    return await async_because(hass, PbxNotConnected, reason, name=entry.title)
