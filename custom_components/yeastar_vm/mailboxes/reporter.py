"""Report the new messages of the mailboxes: each one once, the oldest one first."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.start import async_at_started

from ..pbx import Message
from .mailbox import Mailbox
from .store import MessageStore

type MessageListener = Callable[[Message], None]


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
    ) -> None:
        self._hass = hass
        self._store = store
        self._ids = {number: each.subentry_id for number, each in mailboxes.items()}
        self._listeners: dict[str, MessageListener] = {}
        self._listed: Mapping[str, tuple[Message, ...]] = {}
        self._reported = Counter[str]()
        self._is_available = False
        self._is_started = False
        self._stop_waiting: CALLBACK_TYPE
        self._next: asyncio.Handle | None = None
        store.async_keep(self._ids.values())

    @callback
    def async_start(self) -> None:
        """Report new messages from now on, and those that waited for the entities.

        While Home Assistant starts, they wait for the automations, too.
        """
        self._stop_waiting = async_at_started(self._hass, self._async_started)

    @callback
    def async_stop(self) -> None:
        """Leave new messages to the next start: the entities are about to go."""
        self._stop_waiting()
        self._is_started = False

    @callback
    def _async_started(self, _: HomeAssistant) -> None:
        self._is_started = True
        self._schedule()

    @callback
    def async_add_listener(
        self, number: str, listener: MessageListener
    ) -> CALLBACK_TYPE:
        """Call a listener with each new message of a mailbox."""
        self._listeners[number] = listener

        @callback
        def remove() -> None:
            del self._listeners[number]

        return remove

    def arrivals(self, number: str) -> int:
        """Return how many messages of a mailbox have arrived since the start."""
        return self._reported[number] + len(self._new(number))

    @callback
    def async_update(
        self, listed: Mapping[str, tuple[Message, ...]], *, is_available: bool
    ) -> None:
        """Report what is new among the messages of the mailboxes, the newest one first.

        An entity that is unavailable reports nothing: what is new waits.
        """
        self._listed = listed
        self._is_available = is_available
        for number, messages in listed.items():
            # The messages of a mailbox that was just added are not new.
            if not self._store.knows(mailbox := self._ids[number]):
                self._store.async_add(mailbox, _ids(messages))
        self._schedule()

    def _schedule(self) -> None:
        """Report the next message once the entities show what is listed."""
        if self._next is None:
            self._next = self._hass.loop.call_soon(self._report_next)

    @callback
    def _report_next(self) -> None:
        self._next = None
        if not (self._is_started and self._is_available):
            return
        for number, messages in self._listed.items():
            if new := self._new(number):
                oldest = new[-1]
                self._store.async_report(
                    self._ids[number], oldest.message_id, _ids(messages)
                )
                self._reported[number] += 1
                self._schedule()
                if listener := self._listeners.get(number):
                    listener(oldest)
                return

    def _new(self, number: str) -> list[Message]:
        mailbox = self._ids[number]
        return [
            message
            for message in self._listed.get(number, ())
            if not self._store.is_reported(mailbox, message.message_id)
        ]


def _ids(messages: tuple[Message, ...]) -> list[str]:
    return [message.message_id for message in reversed(messages)]
