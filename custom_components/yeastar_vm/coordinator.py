"""The messages of the mailboxes, and the presence of their extensions."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
import logging
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .exceptions import translate
from .mailbox import Mailbox, entry_mailboxes
from .message_store import MessageStore
from .pbx import (
    AccessDenied,
    BoxKind,
    Message,
    NotFound,
    NotSupported,
    PbxFault,
    PbxInfo,
    YeastarClient,
    YeastarError,
)

_LOGGER = logging.getLogger(__name__)

# The PBX tells of new messages over its WebSocket. That messages are read or deleted on
# a phone, it does not tell.
POLL_INTERVAL: Final = timedelta(minutes=5)
POLL_INTERVAL_WITHOUT_EVENTS: Final = timedelta(minutes=1)

_NO_TIME: Final = datetime.min.replace(tzinfo=UTC)

type MessageListener = Callable[[Message], None]
type ErrorHandler = Callable[[YeastarError], None]
type MissingHandler = Callable[[Mailbox], None]


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
        on_error: ErrorHandler,
        on_missing: MissingHandler,
    ) -> None:
        """Initialize the coordinator.

        `device_id` is the ID of the device of the PBX. `on_error` is called with each
        error of an update, `on_missing` with a mailbox whose box does not exist.
        """
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=f"{entry.title} mailbox",
            update_interval=POLL_INTERVAL_WITHOUT_EVENTS,
            always_update=False,
        )
        self.client = client
        self.info = info
        self.device_id = device_id
        self.mailboxes = entry_mailboxes(entry)
        self.data = {}
        self._on_error = on_error
        self._on_missing = on_missing
        self._store = MessageStore(hass, entry.entry_id)
        self._lock = asyncio.Lock()
        self._message_listeners: dict[str, MessageListener] = {}
        self._arrivals = Counter[str]()
        self._missing = set[str]()
        self._has_events = False
        self._is_presence_known = False
        self._is_reporting = False

    async def async_load(self) -> None:
        """Load which messages were reported before."""
        await self._store.async_load(self.mailboxes)

    async def async_start_reporting(self) -> None:
        """Report new messages from now on, and those that waited for the entities."""
        self._is_reporting = True
        async with self._lock:
            await self._async_report(self.data)

    @callback
    def async_add_message_listener(
        self, number: str, listener: MessageListener
    ) -> CALLBACK_TYPE:
        """Call a listener with each new message of a mailbox, the oldest one first."""
        self._message_listeners[number] = listener

        @callback
        def remove() -> None:
            del self._message_listeners[number]

        return remove

    def arrivals(self, number: str) -> int:
        """Return how many messages of a mailbox were reported since the start."""
        return self._arrivals[number]

    async def async_set_has_events(self, *, has_events: bool) -> None:
        """Note whether the PBX sends events, and ask for what it did not send."""
        self._has_events = has_events
        self._is_presence_known = False
        self._missing.clear()
        self.update_interval = (
            POLL_INTERVAL if has_events else POLL_INTERVAL_WITHOUT_EVENTS
        )
        await self.async_refresh()

    async def async_update_messages(self, numbers: Iterable[str]) -> None:
        """Ask for the messages of some mailboxes; raise a YeastarError."""
        async with self._lock:
            found = await self.client.query_messages(numbers, self.info.clock)
            data = dict(self.data)
            for number, messages in found.items():
                state = data.get(number, MailboxState())
                data[number] = replace(state, messages=_newest_first(messages))
            await self._async_report(data)
            if data != self.data:
                self.async_set_updated_data(data)

    async def async_check_box(self, number: str) -> None:
        """Check whether the box of a mailbox exists, after the PBX changed it."""
        self._missing.discard(number)
        self._is_presence_known = False
        await self.async_refresh()

    @callback
    def async_set_presence(self, number: str, presence: str) -> None:
        """Take over the presence of an extension."""
        if state := self.data.get(number):
            changed = replace(state, presence=presence)
            self.async_set_updated_data({**self.data, number: changed})

    @callback
    def async_replace_message(self, message: Message, new: Message | None) -> None:
        """Take over that a message was changed, or deleted with None."""
        if state := self.data.get(message.number):
            messages = (
                new if each.message_id == message.message_id else each
                for each in state.messages
            )
            changed = replace(state, messages=tuple(each for each in messages if each))
            self.async_set_updated_data({**self.data, message.number: changed})

    @override
    async def _async_update_data(self) -> dict[str, MailboxState]:
        async with self._lock:
            try:
                messages = await self._query_messages()
                presences = await self._query_presences()
            except YeastarError as err:
                self._on_error(err)
                raise translate(err, UpdateFailed) from err
            data = {
                number: MailboxState(_newest_first(listed), presences.get(number))
                for number, listed in messages.items()
            }
            await self._async_report(data)
            return data

    async def _query_messages(self) -> dict[str, list[Message]]:
        """Return the messages of all mailboxes whose box exists."""
        numbers = [each for each in self.mailboxes if each not in self._missing]
        try:
            found = await self.client.query_messages(numbers, self.info.clock)
        except NotFound:
            # Which of them does not exist, the PBX does not say.
            found = {}
            for number in numbers:
                with suppress(NotFound):
                    found |= await self.client.query_messages([number], self.info.clock)
        for number in numbers:
            if number not in found:
                await self._check_missing(number)
        return found

    async def _query_presences(self) -> dict[str, str]:
        """Return the presence of each extension; events keep it up to date."""
        if self._is_presence_known and self._has_events:
            return {
                number: state.presence
                for number, state in self.data.items()
                if state.presence is not None
            }
        boxes = [
            mailbox.box
            for number, mailbox in self.mailboxes.items()
            if mailbox.box.kind is BoxKind.EXTENSION and number not in self._missing
        ]
        ids = [box.id for box in boxes if box.id is not None]
        found: dict[str, str] = {}
        try:
            if ids:
                for found_extension in await self.client.query_extensions(ids):
                    found[found_extension.number] = found_extension.presence
        except (AccessDenied, NotFound, NotSupported, PbxFault) as err:
            _LOGGER.debug("The extensions could not be queried together: %s", err)
        for box in boxes:
            if box.number in found:
                continue
            # It may have another ID now, or not exist any longer.
            if extension := await self.client.get_extension(box.number):
                found[box.number] = extension.presence
            else:
                await self._check_missing(box.number)
        self._is_presence_known = True
        return {number: presence for number, presence in found.items() if presence}

    async def _check_missing(self, number: str) -> None:
        if await self.client.find_box(number) is None:
            self._missing.add(number)
            self._on_missing(self.mailboxes[number])

    async def _async_report(self, data: dict[str, MailboxState]) -> None:
        """Report the new messages, once each: they are remembered before."""
        for number, state in data.items():
            new: list[Message] = []
            if self._store.knows(number):
                if not self._is_reporting:
                    continue
                new = [
                    message
                    for message in reversed(state.messages)
                    if not self._store.is_reported(number, message.message_id)
                ]
            # The messages of a mailbox that was just added are not new.
            ids = [message.message_id for message in reversed(state.messages)]
            await self._store.async_report(number, ids)
            for message in new:
                self._arrivals[number] += 1
                if listener := self._message_listeners.get(number):
                    listener(message)


def _newest_first(messages: list[Message]) -> tuple[Message, ...]:
    return tuple(sorted(messages, key=lambda each: each.time or _NO_TIME, reverse=True))
