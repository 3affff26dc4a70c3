"""The messages of the mailboxes."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
import logging
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from ..errors.issues import Feature, handled_errors
from ..pbx import Interrupted, Message, NotSupported, YeastarClient, YeastarError
from .boxes import BoxCoordinator
from .mailbox import Mailbox
from .questions import Questions
from .reporter import MessageReporter
from .source import MessageSource
from .tasks import Tasks

_LOGGER = logging.getLogger(__name__)

# The PBX tells of new messages over its WebSocket. That messages are read or deleted on
# a phone, it does not tell.
POLL_INTERVAL: Final = timedelta(minutes=5)
# Without these events, or after a poll that failed.
SHORT_POLL_INTERVAL: Final = timedelta(minutes=1)
# After a poll that only other firmware would answer.
LONG_POLL_INTERVAL: Final = timedelta(hours=1)
# Messages that one answer has at most, as far as is known. More of them would keep the
# event loop from running.
MAX_MESSAGES: Final = 2000
UNKNOWN_MESSAGES: Final = 10  # of a mailbox, until it is known how many it has


@dataclass(frozen=True, slots=True)
class MailboxState:
    """The messages of a mailbox, the newest one first."""

    messages: tuple[Message, ...] = ()

    @property
    def unread(self) -> tuple[Message, ...]:
        """Return the unread messages."""
        return tuple(message for message in self.messages if not message.is_read)


class MessageCoordinator(DataUpdateCoordinator[dict[str, MailboxState]]):
    """Keep the messages of the mailboxes up to date, by the number of the box.

    A mailbox is missing from the data if its box does not exist, and while nothing is
    known of it. Listeners are called for each change; the state of a mailbox that did
    not change is the same object as before.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        client: YeastarClient,
        mailboxes: Mapping[str, Mailbox],
        *,
        boxes: BoxCoordinator,
        source: MessageSource,
        reporter: MessageReporter,
        tasks: Tasks,
    ) -> None:
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=f"{entry.title} mailbox",
            update_interval=SHORT_POLL_INTERVAL,
            always_update=False,
        )
        self.data = {}
        self.has_events = False
        self._entry = entry
        self._client = client
        self._mailboxes = mailboxes
        self._boxes = boxes
        self._source = source
        self._reporter = reporter
        self._tasks = tasks
        self._questions = Questions(self._ask, tasks, "messages")
        self._absent = set[str]()
        # The messages that were marked or deleted during a question, by ID.
        self._changed: dict[str, Message | None] = {}

    async def async_update(self, numbers: Iterable[str]) -> None:
        """Ask for the messages of some mailboxes; raise a YeastarError."""
        await self._questions.ask(numbers)
        if not self.last_update_success:
            # The PBX answers again.
            self._tasks.async_create(self.async_refresh(), "messages")

    async def async_try_update(self, numbers: Iterable[str]) -> None:
        """Ask for the messages of some mailboxes. If that fails, the next poll does."""
        try:
            await self.async_update(numbers)
        except YeastarError as err:
            _LOGGER.debug("The messages could not be updated: %s", err)

    async def async_mark_read(self, message: Message) -> None:
        """Mark a message as read; raise a YeastarError."""
        await self._client.messages.mark_read(message.message_id)
        self._change(message, replace(message, is_read=True))

    async def async_delete(self, message: Message) -> None:
        """Delete a message; raise a YeastarError."""
        await self._client.messages.delete(message.message_id)
        self._change(message, None)

    @callback
    def async_remove(self, mailbox: Mailbox) -> None:
        """Forget a mailbox that is removed."""
        number = mailbox.number
        self._source.forget(number)
        self._absent.discard(number)
        self.data = _without(self.data, {number})

    @callback
    def async_boxes_changed(self) -> None:
        """Forget the messages of boxes that are gone; ask for those that are back."""
        absent = {each for each in self._mailboxes if self._boxes.absence(each)}
        back, self._absent = self._absent - absent, absent
        if gone := absent & self.data.keys():
            for number in gone:
                self._reporter.async_update(number, (), is_told=False)
            self.data = _without(self.data, gone)
            self.async_update_listeners()
        if back:
            self._tasks.async_create(self.async_try_update(back), "messages")

    @override
    async def _async_update_data(self) -> dict[str, MailboxState]:
        # If this fails, the next poll comes soon.
        self.update_interval = SHORT_POLL_INTERVAL
        try:
            with handled_errors(
                self.hass, self._entry, Feature.MESSAGES, kind=UpdateFailed
            ):
                for numbers in self._groups():
                    await self._questions.ask(numbers)
        except UpdateFailed as err:
            if isinstance(err.__cause__, Interrupted):
                return self.data  # Home Assistant is stopping.
            if isinstance(err.__cause__, NotSupported):
                self.update_interval = LONG_POLL_INTERVAL
            raise
        if self.has_events:
            self.update_interval = POLL_INTERVAL
        # What was asked for at the same time is in it, too.
        return self.data

    @callback
    @override
    def _async_refresh_finished(self) -> None:
        """Report messages that waited for a poll that succeeds."""
        self._reporter.async_continue()

    def _groups(self) -> Iterator[list[str]]:
        """Yield the mailboxes that are asked for with one request."""
        group: list[str] = []
        size = 0
        for number in list(self._mailboxes):
            state = self.data.get(number)
            size += len(state.messages) if state else UNKNOWN_MESSAGES
            if group and size > MAX_MESSAGES:
                yield group
                group, size = [], len(state.messages) if state else UNKNOWN_MESSAGES
            group.append(number)
        if group:
            yield group

    async def _ask(self, numbers: list[str]) -> None:
        """Ask for the messages of some mailboxes, and take them over."""
        self._changed.clear()
        answers = await self._source.query([n for n in numbers if n in self._mailboxes])
        data = dict(self.data)
        for number, listed in answers.items():
            if number not in self._mailboxes:
                continue  # The user has just removed it.
            messages = tuple(
                changed
                for message in listed or ()
                if (changed := self._changed.get(message.message_id, message))
            )
            before = data.get(number)
            if before is None or before.messages != messages:
                data[number] = MailboxState(messages)
            self._reporter.async_update(
                number, data[number].messages, is_told=listed is not None
            )
        self._take_over(data)

    @callback
    def _change(self, message: Message, new: Message | None) -> None:
        """Take over a change of a message, also in what is asked for at the moment."""
        self._changed[message.message_id] = new
        if state := self.data.get(message.number):
            messages = tuple(
                each
                for before in state.messages
                if (each := new if before.message_id == message.message_id else before)
            )
            self._reporter.async_update(message.number, messages, is_told=True)
            self._take_over({**self.data, message.number: MailboxState(messages)})

    @callback
    def _take_over(self, data: dict[str, MailboxState]) -> None:
        """Take over what changed; the next poll of all stays at its time."""
        if data != self.data:
            self.data = data
            self.async_update_listeners()


def find_message(messages: Iterable[Message], message_id: str) -> Message | None:
    """Return the message with an ID, if it is among some messages."""
    return next((each for each in messages if each.message_id == message_id), None)


def _without(
    data: dict[str, MailboxState], numbers: Collection[str]
) -> dict[str, MailboxState]:
    return {k: v for k, v in data.items() if k not in numbers}
