"""The mailboxes of a PBX: they come and go one by one, and are kept up to date."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..pbx import PbxInfo, YeastarClient
from .announcements import Announcements
from .boxes import BoxCoordinator
from .listener import EventListener
from .mailbox import Mailbox, entry_mailboxes
from .messages import MessageCoordinator
from .reporter import MessageReporter
from .source import MessageSource
from .store import MessageStore
from .tasks import Tasks
from .watch import MessageWatch


class Mailboxes(Mapping[str, Mailbox]):
    """The mailboxes that the user added to a PBX, by the number of the box.

    `messages` and `boxes` say what the PBX tells of them, and `reporter` tells of new
    messages. While there are no mailboxes, nothing is asked.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        client: YeastarClient,
        info: PbxInfo,
        store: MessageStore,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self.info = info
        self._store = store
        self._tasks = Tasks(hass, entry)
        self._mailboxes: dict[str, Mailbox] = {}
        self._listeners = list[Callable[[Mailbox], None]]()
        self._work = list[Callable[[], object]]()
        announcements = Announcements(hass.loop.time)
        self.reporter = MessageReporter(
            hass, store, self, announcements, lambda: self.messages.last_update_success
        )
        self.boxes = BoxCoordinator(hass, entry, client, self, self._tasks)
        self.messages = MessageCoordinator(
            hass,
            entry,
            client,
            self,
            boxes=self.boxes,
            source=MessageSource(client, self.boxes),
            reporter=self.reporter,
            tasks=self._tasks,
        )
        self._watch = MessageWatch(hass.loop, self.messages, announcements)
        self._listener = EventListener(
            hass,
            entry,
            client,
            self,
            messages=self.messages,
            boxes=self.boxes,
            watch=self._watch,
            tasks=self._tasks,
        )
        # Whether the entities are set up, and who sets them up.
        self.has_entities = False
        self.setup_lock = asyncio.Lock()

    @override
    def __getitem__(self, number: str) -> Mailbox:
        return self._mailboxes[number]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._mailboxes)

    @override
    def __len__(self) -> int:
        return len(self._mailboxes)

    @callback
    def async_add_listener(self, listener: Callable[[Mailbox], None]) -> CALLBACK_TYPE:
        """Call a listener with each mailbox that is added."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def async_follow(self) -> list[Mailbox]:
        """Take over which mailboxes the user has; return those with a new name."""
        now = entry_mailboxes(self._entry)
        removed = [
            before
            for number, before in self._mailboxes.items()
            if number not in now or now[number].subentry_id != before.subentry_id
        ]
        for mailbox in removed:
            self._remove(mailbox)
        added = [each for each in now.values() if each.number not in self._mailboxes]
        renamed = [
            each
            for number, before in self._mailboxes.items()
            if (each := now[number]).title != before.title
        ]
        self._mailboxes |= now
        for mailbox in added:
            self._add(mailbox)
        if removed:
            ids = {each.subentry_id for each in now.values()}
            self._hass.async_create_task(self._store.async_keep(ids))
        if now and not self._work:
            self._start()
        elif not now:
            self._stop()
        return renamed

    async def async_stop(self) -> None:
        """Ask for nothing any longer: the entry is unloaded."""
        self._stop()
        await self._tasks.async_cancel()

    def _add(self, mailbox: Mailbox) -> None:
        self.reporter.async_add(mailbox)
        for listener in list(self._listeners):
            listener(mailbox)
        if self._work:
            number = mailbox.number
            self._tasks.async_create(
                self.messages.async_try_update([number]), "messages"
            )
            self.boxes.async_note_changes([number])

    def _remove(self, mailbox: Mailbox) -> None:
        del self._mailboxes[mailbox.number]
        self.reporter.async_remove(mailbox)
        self.messages.async_remove(mailbox)
        self.boxes.async_remove(mailbox)

    def _start(self) -> None:
        """Ask for everything, and listen to events."""
        self._work = [
            self.boxes.async_add_listener(self.messages.async_boxes_changed),
            self._tasks.async_create(self._watch.run(), "watch").cancel,
            self._tasks.async_create(self._listener.run(), "events").cancel,
        ]

    def _stop(self) -> None:
        """Close the WebSocket: there are no mailboxes."""
        while self._work:
            self._work.pop()()
