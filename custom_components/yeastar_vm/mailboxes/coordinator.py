"""The messages of the mailboxes, and the presence of their extensions."""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
import logging
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from ..errors.issues import Feature, handled_errors
from ..pbx import (
    BoxKind,
    CannotConnect,
    GatewayRefused,
    Message,
    PbxInfo,
    YeastarClient,
)
from .issues import async_create_mailbox_issue, async_delete_mailbox_issue
from .mailbox import async_rename_mailbox, entry_mailboxes
from .reporter import MessageReporter
from .source import MailboxSource
from .store import MessageStore

_LOGGER = logging.getLogger(__name__)

# The PBX tells of new messages over its WebSocket. That messages are read or deleted on
# a phone, it does not tell.
POLL_INTERVAL: Final = timedelta(minutes=5)
# Without these events, or after a poll that failed.
SHORT_POLL_INTERVAL: Final = timedelta(minutes=1)
# Seconds between two questions for the presences. Events tell of a presence only if the
# administrator lets the PBX monitor the extension.
PRESENCE_INTERVAL: Final = 30 * 60
PRESENCE_INTERVAL_WITHOUT_EVENTS: Final = 5 * 60

_NO_TIME: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MailboxState:
    """The state of a mailbox: its messages, the newest one first.

    `presence` is None for a group voicemail, and while it is not known.
    """

    messages: tuple[Message, ...] = ()
    presence: str | None = None

    @property
    def unread(self) -> tuple[Message, ...]:
        """Return the unread messages."""
        return tuple(message for message in self.messages if not message.is_read)


class MailboxCoordinator(DataUpdateCoordinator[dict[str, MailboxState]]):
    """Keep the mailboxes of a PBX up to date, by the number of the box.

    A mailbox whose box does not exist on the PBX is missing from the data.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        client: YeastarClient,
        info: PbxInfo,
        device_id: str,
        *,
        store: MessageStore,
    ) -> None:
        """`device_id` is the ID of the device of the PBX."""
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=f"{entry.title} mailbox",
            update_interval=SHORT_POLL_INTERVAL,
            always_update=False,
        )
        self._entry = entry
        self.client = client
        self.info = info
        self.device_id = device_id
        self.mailboxes = entry_mailboxes(entry)
        self.data = {}
        self.has_events = False
        self._source = MailboxSource(
            client,
            entry.title,
            info.clock,
            self.mailboxes,
            on_missing=partial(async_create_mailbox_issue, hass, entry),
            on_found=partial(async_delete_mailbox_issue, hass, entry),
        )
        self.reporter = MessageReporter(hass, store, self.mailboxes)
        # Nothing that was asked before a change replaces what was asked after it.
        self._lock = asyncio.Lock()
        self._presence_at: float | None = None
        self._is_started = False

    def unknown_presences(self) -> set[str]:
        """Return the mailboxes of extensions whose presence is not known."""
        return {
            number
            for number, state in self.data.items()
            if state.presence is None
            and self.mailboxes[number].box.kind is BoxKind.EXTENSION
        }

    async def async_set_has_events(self, *, has_events: bool) -> None:
        """Note whether the PBX sends events, and ask for what it did not send."""
        self.has_events = has_events
        await self.async_check_boxes()

    async def async_wait(self) -> None:
        """Wait for what is asked and changed."""
        async with self._lock:
            pass

    async def async_check_boxes(self, changed: Iterable[str] = ()) -> None:
        """Ask for everything, also whether boxes exist that were missing.

        `changed` are the numbers of those that the administrator changed.
        """
        self._source.check_again(changed)
        self._presence_at = None
        await self.async_refresh()

    async def async_update_messages(self, numbers: Iterable[str]) -> None:
        """Ask for the messages of some mailboxes; raise a YeastarError."""
        numbers = list(numbers)
        async with self._lock:
            found = await self._source.query_messages(numbers)
            data = {
                k: v for k, v in self.data.items() if k in found or k not in numbers
            }
            for number, messages in found.items():
                state = data.get(number, MailboxState())
                data[number] = replace(state, messages=_newest_first(messages))
            self._async_take_over(data)
        if not self.last_update_success:
            await self.async_refresh()  # It answers again.

    async def async_update_presences(self, numbers: Collection[str]) -> None:
        """Ask for the presences of some mailboxes; raise a YeastarError."""
        async with self._lock:
            presences = await self._source.query_presences(numbers)
            if not presences.keys() >= set(numbers):
                self._presence_at = None  # The next poll asks again.
            self._async_take_over(
                {
                    number: replace(state, presence=presences.get(number))
                    if number in numbers
                    else state
                    for number, state in self.data.items()
                    if self._source.exists(number)
                }
            )

    async def async_check_groups(self) -> None:
        """Ask for the groups; raise a YeastarError."""
        async with self._lock:
            await self._source.check_groups()
            self._async_take_over(
                {k: v for k, v in self.data.items() if self._source.exists(k)}
            )

    async def async_set_presence(self, number: str, presence: str) -> None:
        """Set the presence of an extension; raise a YeastarError."""
        async with self._lock:
            await self._source.set_presence(number, presence)
            if state := self.data.get(number):
                state = replace(state, presence=presence)
                self._async_take_over({**self.data, number: state})

    async def async_mark_message_read(self, message: Message) -> None:
        """Mark a message as read; raise a YeastarError."""
        async with self._lock:
            await self.client.messages.mark_read(message.message_id)
            self._async_replace_message(message, replace(message, is_read=True))

    async def async_delete_message(self, message: Message) -> None:
        """Delete a message; raise a YeastarError."""
        async with self._lock:
            await self.client.messages.delete(message.message_id)
            self._async_replace_message(message, None)

    @callback
    def _async_replace_message(self, message: Message, new: Message | None) -> None:
        if state := self.data.get(message.number):
            messages = (
                new if each.message_id == message.message_id else each
                for each in state.messages
            )
            state = replace(state, messages=tuple(each for each in messages if each))
            self._async_take_over({**self.data, message.number: state})

    @callback
    def _async_take_over(self, data: dict[str, MailboxState]) -> None:
        """Take over what changed; the next poll of all stays at its time."""
        changed = data != self.data
        self.data = data
        self._async_report()
        if changed:
            self.async_update_listeners()

    @override
    async def _async_update_data(self) -> dict[str, MailboxState]:
        # If this fails, the next poll comes soon.
        self.update_interval = SHORT_POLL_INTERVAL
        async with self._lock:
            with handled_errors(
                self.hass, self._entry, Feature.MESSAGES, kind=UpdateFailed
            ):
                messages = await self._source.query_messages(self.mailboxes)
                presences = await self._query_presences()
            data = {
                number: MailboxState(_newest_first(listed), presences.get(number))
                for number, listed in messages.items()
                if self._source.exists(number)
            }
        if self.has_events:
            self.update_interval = POLL_INTERVAL
        return data

    @callback
    @override
    def _async_refresh_finished(self) -> None:
        """Report new messages, also those that waited for a poll that succeeds."""
        self._async_report()
        self._async_follow_names()

    @callback
    def _async_follow_names(self) -> None:
        """Rename the mailboxes whose boxes were renamed, which reloads the entry."""
        entry = self.config_entry
        assert entry
        if entry.state is not ConfigEntryState.LOADED:
            return
        for mailbox in self.mailboxes.values():
            if name := self._source.name_of(mailbox):
                async_rename_mailbox(self.hass, entry, mailbox, name)

    async def _query_presences(self) -> dict[str, str | None]:
        now = self.hass.loop.time()
        if self._presence_at is not None and now < self._presence_at:
            return {number: state.presence for number, state in self.data.items()}
        interval = PRESENCE_INTERVAL_WITHOUT_EVENTS
        found: dict[str, str] = {}
        try:
            if self._is_started:
                await self._source.check_groups()
            found = await self._source.query_presences(
                self.mailboxes, one_request=not self._is_started
            )
        except (CannotConnect, GatewayRefused) as err:
            # The messages are known all the same.
            _LOGGER.debug("The presences could not be queried: %s", err)
        else:
            if self.has_events:
                interval = PRESENCE_INTERVAL
        self._is_started = True
        self._presence_at = now + interval
        return {**found}

    @callback
    def _async_report(self) -> None:
        self.reporter.async_update(
            {number: state.messages for number, state in self.data.items()},
            is_available=self.last_update_success,
        )


def _newest_first(messages: list[Message]) -> tuple[Message, ...]:
    return tuple(sorted(messages, key=_order, reverse=True))


def _order(message: Message) -> tuple[datetime, str]:
    # The second part of an ID counts the messages.
    return message.time or _NO_TIME, message.message_id
