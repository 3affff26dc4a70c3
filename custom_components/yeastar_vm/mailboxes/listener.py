"""Events of the PBX for the mailboxes: one WebSocket a PBX."""

from collections import deque
from collections.abc import Mapping
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
)
from .boxes import BoxCoordinator
from .mailbox import Mailbox
from .messages import MessageCoordinator
from .tasks import Tasks
from .watch import MessageWatch

_LOGGER = logging.getLogger(__name__)

# Seconds that the first update waits for the WebSocket, so that one is enough.
START_TIMEOUT: Final = 3
# Calls whose events are remembered: an event may come twice.
MAX_CALLS: Final = 100


class EventListener:
    """Keep the mailboxes up to date with the events of the PBX."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        client: YeastarClient,
        mailboxes: Mapping[str, Mailbox],
        *,
        messages: MessageCoordinator,
        boxes: BoxCoordinator,
        watch: MessageWatch,
        tasks: Tasks,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._client = client
        self._mailboxes = mailboxes
        self._messages = messages
        self._boxes = boxes
        self._watch = watch
        self._tasks = tasks
        self._calls = deque[tuple[str, str]](maxlen=MAX_CALLS)

    async def run(self) -> None:
        """Listen for as long as there are mailboxes."""
        self._note_events(has_events=False)
        late = self._hass.loop.call_later(START_TIMEOUT, self._update_all)
        try:
            async with aclosing(self._client.listen()) as events:
                async for event in events:
                    late.cancel()
                    self._handle(event)
        except InvalidCredentials as err:
            async_handle_error(self._hass, self._entry, err)
            self._note_events(has_events=False)
            self._update_all()
        except Interrupted:
            pass  # The entry is unloaded.
        finally:
            late.cancel()

    def _handle(self, event: StreamEvent) -> None:
        """Handle an event without waiting: the PBX ends a socket that is silent."""
        match event:
            case Connected():
                _LOGGER.debug("Events of %s are received", self._entry.title)
                self._note_events(has_events=True)
                self._update_all()
            case Disconnected(error):
                _LOGGER.debug(
                    "No events of %s are received: %s", self._entry.title, error
                )
                self._note_events(has_events=False)
                self._update_all()
            case VoicemailLeft(number, uid) if self._is_new_call(number, uid):
                if number in self._mailboxes:
                    self._watch.expect(number)
                else:
                    self._watch.look_everywhere()
            case PresenceChanged(number) | ExtensionChanged(number):
                # What a custom presence is called, the event does not say.
                self._boxes.async_note_changes([number])

    def _note_events(self, *, has_events: bool) -> None:
        self._messages.has_events = has_events
        self._boxes.has_events = has_events

    def _update_all(self) -> None:
        """Ask for everything: no event told of it."""
        self._watch.look_now()
        self._tasks.async_create(self._boxes.async_refresh(), "boxes")

    def _is_new_call(self, number: str, uid: str) -> bool:
        """Return whether the event of a call comes for the first time.

        A call may have several, for several boxes.
        """
        if not uid:
            return True
        call = (uid, number)
        if call in self._calls:
            return False
        self._calls.append(call)
        return True
