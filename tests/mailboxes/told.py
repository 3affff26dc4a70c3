"""What the event entity of a mailbox tells of texts, and what else shows them."""

import asyncio
from typing import Any

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.transcription.transcriber import RETRY_AFTER
from tests.clock import Clock

from .common import MESSAGE, call, until, updated


class Told:
    """What the event entity of Leo Ball tells: types, message IDs, and texts."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.events: list[dict[str, Any]] = []
        self._told = asyncio.Condition()
        self._hass = hass
        async_track_state_change_event(hass, MESSAGE, self._changed)

    @property
    def types(self) -> list[str]:
        """Return the types of the events."""
        return [event["event_type"] for event in self.events]

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Return the messages with their texts, or why they have none."""
        return [
            (event["message_id"], event["text"] or event["reason"])
            for event in self.events
            if event["event_type"] == "message_transcribed"
        ]

    async def wait_for(self, count: int) -> None:
        """Wait until so many texts were told."""
        async with self._told:
            await self._told.wait_for(lambda: len(self.texts) >= count)

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        if not (old and new) or "unavailable" in (old.state, new.state):
            return
        if old.state != new.state:
            self.events.append(dict(new.attributes))
            self._hass.async_create_task(self._notify())

    async def _notify(self) -> None:
        async with self._told:
            self._told.notify_all()


async def settled(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Wait until no message is transcribed any longer."""
    await hass.async_block_till_done()
    await until(lambda: not entry.runtime_data.transcriber._working)
    await hass.async_block_till_done()


async def later(hass: HomeAssistant, entry: MockConfigEntry, clock: Clock) -> None:
    """Let it be time to try again; the engine takes as long as it takes."""
    await clock.pass_time(RETRY_AFTER - 1)
    clock.tick(2)
    await updated(hass, entry)


async def listed(hass: HomeAssistant) -> list[Any]:
    """Return the transcripts that the action lists, of the newest message first."""
    answer = await call(hass, "list_messages", mailbox="3200")
    return [each["transcript"] for each in answer["messages"]]
