"""Report the new messages of the mailboxes: each one once, the oldest one first."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
import time

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..pbx import Message
from .announcements import Announcements
from .mailbox import Mailbox
from .store import MessageStore, ReportedMessages

type MessageListener = Callable[[Message], None]


@dataclass(slots=True)
class _Reports:
    """What was reported of a mailbox, and what is to be: the oldest one first."""

    done: ReportedMessages
    listed: tuple[Message, ...] = ()
    waiting: list[Message] = field(default_factory=list)
    listener: MessageListener | None = None


class MessageReporter:
    """Call the listeners of the mailboxes with new messages.

    One message is reported in each turn of the event loop, and remembered only then:
    hundreds of them do not block Home Assistant, and those that an unload leaves over
    are reported at the next start.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        store: MessageStore,
        mailboxes: Mapping[str, Mailbox],
        announcements: Announcements,
        is_available: Callable[[], bool],
    ) -> None:
        """`is_available` returns whether the entities show what is listed."""
        self._hass = hass
        self._store = store
        self._added = mailboxes
        self._announcements = announcements
        self._is_available = is_available
        self._mailboxes: dict[str, _Reports] = {}
        self._followers = list[MessageListener]()
        self._is_started = False
        self._stop_waiting: CALLBACK_TYPE | None = None
        self._next: asyncio.Handle | None = None

    @callback
    def async_start(self) -> None:
        """Report new messages from now on, and those that waited for the entities.

        While Home Assistant starts, they wait for the automations, too.
        """
        self._stop_waiting = async_at_started(self._hass, self._async_started)

    @callback
    def async_stop(self) -> None:
        """Leave new messages to the next start: the entities are about to go."""
        if self._stop_waiting:
            self._stop_waiting()
        self._stop_waiting = None
        self._is_started = False

    @callback
    def _async_started(self, _: HomeAssistant) -> None:
        self._is_started = True
        self.async_continue()

    @callback
    def async_add(self, mailbox: Mailbox) -> None:
        """Report the messages of a mailbox that is added."""
        done = self._store.async_of(mailbox.subentry_id)
        self._mailboxes[mailbox.number] = _Reports(done)

    @callback
    def async_remove(self, mailbox: Mailbox) -> None:
        """Forget a mailbox that is removed."""
        del self._mailboxes[mailbox.number]
        self._announcements.forget(mailbox.number)

    @callback
    def async_add_follower(self, follower: MessageListener) -> CALLBACK_TYPE:
        """Call a follower with each message that was reported, of any mailbox."""
        self._followers.append(follower)
        return lambda: self._followers.remove(follower)

    @callback
    def async_add_listener(
        self, mailbox: Mailbox, listener: MessageListener
    ) -> CALLBACK_TYPE:
        """Call a listener with each new message of a mailbox."""
        reports = self._mailboxes[mailbox.number]
        reports.listener = listener

        @callback
        def remove() -> None:
            reports.listener = None

        return remove

    @callback
    def async_update(
        self, number: str, messages: tuple[Message, ...], *, is_told: bool
    ) -> None:
        """Report what is new of the messages of a mailbox.

        They are the newest one first. The PBX may refuse to list a mailbox without
        messages, as one that it cannot list now: without `is_told`, it is not known
        which messages are there.
        """
        reports = self._mailboxes[number]
        if not (done := reports.done).is_known:
            if not is_told:
                done.async_wait(time.time())
                return
            announced = self._announcements.expected(number)
            done.async_begin(_ids(_not_new(messages, done.waits_since, announced)))
        elif messages is reports.listed:
            return
        before = {message.message_id for message in reports.listed}
        reports.listed = messages
        reports.waiting = [
            message
            for message in reversed(messages)
            if not done.is_reported(message.message_id)
        ]
        self.async_continue()
        arrived = sum(each.message_id not in before for each in reports.waiting)
        self._announcements.arrive(number, arrived)

    @callback
    def async_continue(self) -> None:
        """Report the next message once the entities show what is listed."""
        if self._next is None:
            self._next = self._hass.loop.call_soon(self._report_next)

    @callback
    def _report_next(self) -> None:
        self._next = None
        if not (self._is_started and self._is_available()):
            return
        for number, reports in self._mailboxes.items():
            if reports.waiting:
                message = reports.waiting.pop(0)
                reports.done.async_report(
                    message.message_id,
                    _ids(reports.listed),
                    awaits_text=self._added[number].speech is not None,
                )
                self.async_continue()
                if reports.listener:
                    reports.listener(message)
                for follower in self._followers:
                    follower(message)
                return


def _not_new(
    messages: tuple[Message, ...], since: float | None, announced: int
) -> tuple[Message, ...]:
    """Return the messages that were there before a mailbox was added.

    If the PBX refused to list it `since` a time, later messages are new, and those that
    were announced meanwhile.
    """
    if since is None:
        return messages
    added_at = dt_util.utc_from_timestamp(since)
    return tuple(
        message
        for message in messages[announced:]
        if not _is_later(message.time, added_at)
    )


def _is_later(when: datetime | None, added_at: datetime) -> bool:
    return when is not None and when > added_at


def _ids(messages: tuple[Message, ...]) -> list[str]:
    return [message.message_id for message in reversed(messages)]
