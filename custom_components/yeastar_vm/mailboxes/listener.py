"""Events of the PBX for the mailboxes: one WebSocket a PBX."""

import asyncio
from collections.abc import Coroutine, Iterable
from contextlib import aclosing
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..errors.issues import async_handle_error
from ..pbx import (
    Connected,
    Disconnected,
    ExtensionChanged,
    Interrupted,
    InvalidCredentials,
    PresenceChanged,
    StreamEvent,
    VoicemailLeft,
    YeastarClient,
    YeastarError,
)
from .coordinator import MailboxCoordinator

_LOGGER = logging.getLogger(__name__)

# Seconds that setup waits for the WebSocket, so that one update is enough.
START_TIMEOUT: Final = 3
# Seconds between the questions for a message whose event has come: it may be listed
# half a minute later.
PAUSES: Final = (0, 1, *(1.5,) * 20)
# A call that was not for a mailbox itself may have been forwarded to one: how long, and
# how often, the mailboxes are asked for its message, in seconds.
ELSEWHERE_TIME: Final = 30
ELSEWHERE_PAUSE: Final = 5
# Seconds between two looks at what changed: many extensions may change at once.
CHECK_PAUSE: Final = 5
# Calls whose events are remembered: an event may come twice.
MAX_CALLS: Final = 100


class EventListener:
    """Keep the mailboxes up to date with the events of the PBX."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        client: YeastarClient,
        coordinator: MailboxCoordinator,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._client = client
        self._coordinator = coordinator
        self._started = asyncio.Event()
        self._tasks = set[asyncio.Task[None]]()
        # By the number of the mailbox.
        self._expected: dict[str, int] = {}
        self._searches: dict[str, asyncio.Task[None]] = {}
        # The mailboxes that are asked for next.
        self._waiting = set[str]()
        self._update: asyncio.Task[None] | None = None
        self._elsewhere: asyncio.Task[None] | None = None
        self._elsewhere_until = 0.0
        self._calls: dict[str, None] = {}
        self._check: asyncio.Task[None] | None = None
        # The mailboxes whose presence changed, and whose box did.
        self._presences = set[str]()
        self._boxes = set[str]()

    async def async_start(self) -> None:
        """Start to listen; return when the mailboxes were updated once."""
        self._create_task(self._listen(), "events")
        try:
            async with asyncio.timeout(START_TIMEOUT):
                await self._started.wait()
        except TimeoutError:
            await self._coordinator.async_refresh()

    async def async_stop(self) -> None:
        """Stop to listen, and wait until nothing is asked any longer.

        Home Assistant would wait, too, but only after the unload: interrupted there, it
        leaves the entry between loaded and unloaded.
        """
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._coordinator.async_wait()

    async def _listen(self) -> None:
        try:
            async with aclosing(self._client.listen()) as events:
                async for event in events:
                    self._handle(event)
        except InvalidCredentials as err:
            async_handle_error(self._hass, self._entry, err)
            await self._coordinator.async_set_has_events(has_events=False)
        except Interrupted:
            pass  # The entry is unloaded.
        finally:
            self._started.set()

    def _handle(self, event: StreamEvent) -> None:
        """Handle an event without waiting: the PBX ends a socket that is silent."""
        coordinator = self._coordinator
        match event:
            case Connected():
                _LOGGER.debug("Events of %s are received", self._entry.title)
                self._create_task(self._catch_up(has_events=True), "mailboxes")
            case Disconnected(error):
                _LOGGER.debug(
                    "No events of %s are received: %s", self._entry.title, error
                )
                self._create_task(self._catch_up(has_events=False), "mailboxes")
            case VoicemailLeft(number, uid) if self._is_new_call(uid):
                if number in coordinator.mailboxes:
                    self._expect_message(number)
                else:
                    self._expect_message_elsewhere()
            case PresenceChanged(number) if number in coordinator.mailboxes:
                # What a custom presence is called, the event does not say.
                self._presences.add(number)
                self._check_soon()
            case ExtensionChanged(number) if number in coordinator.mailboxes:
                self._boxes.add(number)
                self._check_soon()

    async def _catch_up(self, *, has_events: bool) -> None:
        """Ask for what no event told, or will tell."""
        await self._coordinator.async_set_has_events(has_events=has_events)
        if not self._started.is_set():
            self._started.set()
            await self._check_groups()
        # Setup asks for presences with one request, which may not be enough for a large
        # PBX.
        self._presences |= self._coordinator.unknown_presences()
        self._check_soon()

    async def _check_groups(self) -> None:
        try:
            await self._coordinator.async_check_groups()
        except YeastarError as err:
            _LOGGER.debug("The groups are not known: %s", err)

    def _is_new_call(self, uid: str) -> bool:
        """Return whether the event of a call comes for the first time."""
        if not uid:
            return True
        if uid in self._calls:
            return False
        self._calls[uid] = None
        if len(self._calls) > MAX_CALLS:
            del self._calls[next(iter(self._calls))]
        return True

    def _expect_message(self, number: str) -> None:
        """Ask for the messages until the new one is listed."""
        arrived = self._coordinator.reporter.arrivals(number)
        self._expected[number] = max(self._expected.get(number, 0), arrived) + 1
        if search := self._searches.get(number):
            search.cancel()  # The next one looks for both.
        self._searches[number] = self._create_task(self._search(number), "messages")

    def _expect_message_elsewhere(self) -> None:
        """Ask for the messages of all mailboxes for a while.

        Calls to other numbers may be many: they do not start a search each.
        """
        self._elsewhere_until = self._hass.loop.time() + ELSEWHERE_TIME
        if self._elsewhere is None or self._elsewhere.done():
            self._elsewhere = self._create_task(self._search_elsewhere(), "messages")

    def _check_soon(self) -> None:
        """Look at what changed: at once, then every few seconds."""
        if self._check is None or self._check.done():
            self._check = self._create_task(self._check_changes(), "changes")

    async def _check_changes(self) -> None:
        while self._presences or self._boxes:
            presences, self._presences = self._presences, set()
            boxes, self._boxes = self._boxes, set()
            try:
                if boxes:
                    await self._coordinator.async_check_boxes(boxes)
                else:
                    await self._coordinator.async_update_presences(presences)
            except YeastarError as err:
                _LOGGER.debug("The presences could not be updated: %s", err)
            await asyncio.sleep(CHECK_PAUSE)

    async def _search(self, number: str) -> None:
        for pause in PAUSES:
            await asyncio.sleep(pause)
            await self._update_with_others(number)
            if self._coordinator.reporter.arrivals(number) >= self._expected[number]:
                break
        # A poll may have found it before its event: it is not expected any longer.
        del self._expected[number]

    async def _update_with_others(self, number: str) -> None:
        """Ask for the messages of a mailbox: one request for all that wait for it."""
        self._waiting.add(number)
        if self._update is None or self._update.done():
            self._update = self._create_task(self._update_waiting(), "messages")
        # A search that is cancelled does not end the request of the others.
        await asyncio.wait([self._update])

    async def _update_waiting(self) -> None:
        while self._waiting:
            numbers, self._waiting = self._waiting, set()
            await self._update_messages(numbers)

    async def _search_elsewhere(self) -> None:
        while self._hass.loop.time() <= self._elsewhere_until:
            await self._update_messages(self._coordinator.mailboxes)
            await asyncio.sleep(ELSEWHERE_PAUSE)

    async def _update_messages(self, numbers: Iterable[str]) -> None:
        try:
            await self._coordinator.async_update_messages(numbers)
        except YeastarError as err:
            _LOGGER.debug("The messages could not be updated: %s", err)

    def _create_task(
        self, target: Coroutine[Any, Any, None], name: str
    ) -> asyncio.Task[None]:
        task = self._entry.async_create_background_task(
            self._hass, target, f"{name} of {self._entry.title}"
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
