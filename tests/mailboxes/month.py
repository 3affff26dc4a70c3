"""A month of mail at a simulated PBX, with everything that may go wrong."""

from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random
from typing import Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common import HOUR, MINUTE
from tests.pbx_simulator import (
    EmptyBox,
    EventFault,
    EventType,
    Fault,
    Outage,
    PbxSimulator,
    SimulatedMessage,
    SocketEnd,
    UnknownBox,
)

from .common import pass_time

BOXES: Final = {
    "3200": "event.leo_ball_3200_message",
    "3201": "event.ann_empty_3201_message",
    "3202": "event.olive_odd_3202_message",
}
PRIVATE: Final = "0042"  # no mailbox
# What spoils an answer and is over with the next hour.
_FAULTS: Final = (
    Fault.RESET,
    Fault.HALF,
    Fault.NOT_JSON,
    Fault.SERVER_ERROR_500,
    Fault.UNAVAILABLE_503,
    Fault.EMPTY,
)


class Month:
    """Lets callers leave messages, and much else happen, by chance."""

    def __init__(
        self,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        pbx: PbxSimulator,
        entry: MockConfigEntry,
        seed: int,
    ) -> None:
        """Begin with empty mailboxes."""
        self.history: list[str] = []
        self.left: Counter[str] = Counter()
        self.told: Counter[str] = Counter()
        self._hass = hass
        self._freezer = freezer
        self._pbx = pbx
        self._entry = entry
        self._random = Random(seed)
        # A restored state tells of the message that was told of before.
        self._times = set[tuple[str, str]]()
        # Messages that nobody reads or deletes before they had time to be listed.
        self._settled: list[SimulatedMessage] = []
        async_track_state_change_event(hass, list(BOXES.values()), self._changed)

    async def run(self, hours: int) -> None:
        """Let hours go by, and then an hour without anything new."""
        for hour in range(hours):
            self._leave_messages()
            event = self._random.choice(self._events)
            self.history.append(f"hour {hour}: {getattr(event, '__name__', '')}")
            await event()
            await self._pass(self._random.choice((10, 60, 7 * MINUTE)))
            self._read_and_delete()
        await self._recover()
        await self._pass(HOUR)

    def _leave_messages(self) -> None:
        for _ in range(self._random.randrange(8)):
            box = self._random.choice(list(BOXES))
            announced = self._random.random() < 0.8
            message = self._pbx.leave_message(
                box, "15550123", duration=2, announced=announced
            )
            self.left[message.msg_id] += 1
            self._settled.append(message)
        self._pbx.leave_message(PRIVATE, "15550124", duration=2)

    def _read_and_delete(self) -> None:
        """Read or delete at a phone what has been told of."""
        for message in list(self._settled):
            if self.told[message.msg_id] and self._random.random() < 0.7:
                self._settled.remove(message)
                if self._random.random() < 0.5:
                    self._pbx.read_at_phone(message.msg_id)
                self._pbx.delete_at_phone(message.msg_id)

    @property
    def _events(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        return (
            self._nothing,
            self._nothing,
            self._reload,
            self._off,
            self._reboot,
            self._away,
            self._sockets_die,
            self._sockets_fall_silent,
            self._spoil_answers,
            self._spoil_events,
            self._list_late,
            self._switch_box_answer,
        )

    async def _nothing(self) -> None:
        await self._pass(MINUTE)

    async def _reload(self) -> None:
        await self._hass.config_entries.async_reload(self._entry.entry_id)

    async def _off(self) -> None:
        """Home Assistant is off while callers leave messages."""
        await self._hass.config_entries.async_unload(self._entry.entry_id)
        self._leave_messages()
        self._freezer.tick(HOUR)
        self._pbx.timeline.run_due()
        await self._recover()

    async def _reboot(self) -> None:
        self._pbx.reboot()
        await self._pass(10)

    async def _away(self) -> None:
        await self._pbx.begin_outage(Outage.REFUSED)
        self._pbx.drop_sockets()
        self._leave_messages()
        await self._pass(self._random.choice((30, 10 * MINUTE)))
        await self._pbx.end_outage()

    async def _sockets_die(self) -> None:
        self._pbx.drop_sockets(self._random.choice(list(SocketEnd)))

    async def _sockets_fall_silent(self) -> None:
        self._pbx.silence_sockets()

    async def _spoil_answers(self) -> None:
        self._pbx.faults["vm/query"] = self._random.choice(_FAULTS)
        self._leave_messages()
        await self._pass(2 * MINUTE)
        self._pbx.faults.clear()

    async def _spoil_events(self) -> None:
        fault = self._random.choice([f for f in EventFault if f is not EventFault.HUGE])
        self._pbx.events.faults[EventType.CALL_ENDED] = fault
        self._leave_messages()
        await self._pass(MINUTE)
        self._pbx.events.release()
        self._pbx.events.faults.clear()

    async def _list_late(self) -> None:
        self._pbx.switches.message_listed_after = self._random.choice((3, 20))
        self._leave_messages()
        await self._pass(MINUTE)
        self._pbx.switches.message_listed_after = 0

    async def _switch_box_answer(self) -> None:
        self._pbx.switches.unknown_box = self._random.choice(list(UnknownBox))
        self._pbx.switches.empty_box = self._random.choice(list(EmptyBox))
        self._pbx.switches.newest_message_first = self._random.random() < 0.5

    async def _recover(self) -> None:
        await self._pbx.end_outage()
        if self._entry.state.value == "not_loaded":
            await self._hass.config_entries.async_setup(self._entry.entry_id)

    async def _pass(self, seconds: int) -> None:
        await pass_time(self._freezer, seconds)

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is None or new.state in ("unknown", "unavailable"):
            return
        message_id = new.attributes["message_id"]
        if (new.state, message_id) not in self._times:
            self._times.add((new.state, message_id))
            self.told[message_id] += 1
