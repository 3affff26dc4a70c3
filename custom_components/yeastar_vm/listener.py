"""Events of the PBX for the mailboxes: one WebSocket a PBX."""

import asyncio
from collections.abc import Callable
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .coordinator import MailboxCoordinator
from .pbx import (
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

_LOGGER = logging.getLogger(__name__)

# Seconds that setup waits for the WebSocket, so that one update is enough.
START_TIMEOUT: Final = 3
# Seconds between the questions for a message whose event has come: it may be listed
# half a minute later. A call that was not for a mailbox itself may have been forwarded
# to one.
PAUSES_FOR_MAILBOX: Final = (0, 1, *(1.5,) * 20)
PAUSES_FOR_OTHERS: Final = (0, 2, 4, 8, 16)


class EventListener:
    """Keep the mailboxes up to date with the events of the PBX."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        client: YeastarClient,
        coordinator: MailboxCoordinator,
        on_error: Callable[[YeastarError], None],
    ) -> None:
        """Initialize the listener."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._coordinator = coordinator
        self._on_error = on_error
        self._started = asyncio.Event()
        # By the number of the mailbox, or empty for calls to other numbers.
        self._expected: dict[str, int] = {}
        self._searches: dict[str, asyncio.Task[None]] = {}

    async def async_start(self) -> None:
        """Start to listen; return when the mailboxes were updated once."""
        self._create_task(self._listen(), "events")
        try:
            async with asyncio.timeout(START_TIMEOUT):
                await self._started.wait()
        except TimeoutError:
            await self._coordinator.async_refresh()

    async def _listen(self) -> None:
        try:
            async for event in self._client.listen():
                await self._handle(event)
                if isinstance(event, Connected | Disconnected):
                    self._started.set()
        except InvalidCredentials as err:
            self._on_error(err)
            await self._coordinator.async_set_has_events(has_events=False)
        except Interrupted:
            pass  # The entry is unloaded.
        finally:
            self._started.set()

    async def _handle(self, event: StreamEvent) -> None:
        coordinator = self._coordinator
        match event:
            case Connected():
                _LOGGER.debug("Events of %s are received", self._entry.title)
                await coordinator.async_set_has_events(has_events=True)
            case Disconnected(error):
                _LOGGER.debug(
                    "No events of %s are received: %s", self._entry.title, error
                )
                await coordinator.async_set_has_events(has_events=False)
            case VoicemailLeft(number):
                self._expect_message(number if number in coordinator.mailboxes else "")
            case PresenceChanged(number, presence):
                coordinator.async_set_presence(number, presence)
            case ExtensionChanged(number) if number in coordinator.mailboxes:
                await coordinator.async_check_box(number)

    def _expect_message(self, number: str) -> None:
        """Ask for the messages until the new one is listed."""
        arrived = self._coordinator.arrivals(number)
        self._expected[number] = max(self._expected.get(number, 0), arrived) + 1
        if search := self._searches.get(number):
            search.cancel()  # The next one looks for both.
        self._searches[number] = self._create_task(self._search(number), "messages")

    async def _search(self, number: str) -> None:
        coordinator = self._coordinator
        for pause in PAUSES_FOR_MAILBOX if number else PAUSES_FOR_OTHERS:
            await asyncio.sleep(pause)
            try:
                await coordinator.async_update_messages(
                    [number] if number else coordinator.mailboxes
                )
            except YeastarError as err:
                _LOGGER.debug("The messages could not be updated: %s", err)
            if number and coordinator.arrivals(number) >= self._expected[number]:
                break

    def _create_task(self, target: Any, name: str) -> asyncio.Task[None]:
        return self._entry.async_create_background_task(
            self._hass, target, f"{name} of {self._entry.title}"
        )
