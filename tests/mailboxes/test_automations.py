"""An automation runs once for each message, also for several that are new at once."""

import asyncio
from typing import Any, Final

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Outage, PbxSimulator
from tests.clock import Clock

from .common import MESSAGE, UNREAD, poll

STATE: Final = {
    "trigger": "state",
    "entity_id": MESSAGE,
    "not_from": "unavailable",
    "not_to": ["unknown", "unavailable"],
}
RECEIVED: Final = {
    "trigger": "event.received",
    "target": {"entity_id": MESSAGE},
    "options": {"event_type": "message_received"},
}
TELL: Final = {
    "event": "told",
    "event_data": {
        "message_id": "{{ trigger.to_state.attributes.message_id }}",
        "unread": f"{{{{ states('{UNREAD}') }}}}",
    },
}


class Runs:
    """The runs of an automation that tells of the message that it was triggered by."""

    def __init__(self, hass: HomeAssistant, count: int) -> None:
        """Wait for so many runs."""
        self.message_ids: list[str] = []
        self.unread: list[str] = []
        self.complete = asyncio.Event()
        self._count = count
        hass.bus.async_listen("told", self._tell)

    @callback
    def _tell(self, event: Event) -> None:
        self.message_ids.append(event.data["message_id"])
        self.unread.append(str(event.data["unread"]))
        if len(self.message_ids) >= self._count:
            self.complete.set()


async def automate(hass: HomeAssistant, trigger: dict[str, Any]) -> None:
    """Add an automation in the mode that the editor gives it."""
    automation = {"triggers": [trigger], "actions": [TELL]}
    assert await async_setup_component(hass, "automation", {"automation": automation})


@pytest.mark.parametrize("trigger", [STATE, RECEIVED])
@pytest.mark.parametrize("count", [3, 500])
async def test_messages_that_came_during_an_outage(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    expected_warnings: list[str],
    trigger: dict[str, Any],
    count: int,
) -> None:
    """Each has a run of its own, in order, though no time passes in between."""
    expected_warnings.append("Error fetching PBX mailbox data")
    http_pbx.switches.mailbox_limit = count
    await automate(hass, trigger)
    runs = Runs(hass, count)
    await http_pbx.begin_outage(Outage.REFUSED)
    await poll(leo)
    left = [
        http_pbx.leave_message("3200", str(number), announced=False).msg_id
        for number in range(count)
    ]

    await http_pbx.end_outage()
    await poll(leo)
    await runs.complete.wait()

    assert runs.message_ids == left


async def test_the_sensor_is_up_to_date(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """An automation that is triggered by a message reads how many are unread."""
    await automate(hass, RECEIVED)
    runs = Runs(hass, 1)

    http_pbx.leave_message("3200", "15550123")
    await runs.complete.wait()

    assert runs.unread == ["1"]


async def test_what_is_told_is_not_told_again_by_a_reload(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """The entity is restored with the last message, which is no news."""
    await automate(hass, RECEIVED)
    first, both = Runs(hass, 1), Runs(hass, 2)
    left = [http_pbx.leave_message("3200", "1").msg_id]
    await first.complete.wait()

    await hass.config_entries.async_reload(leo.entry_id)
    left.append(http_pbx.leave_message("3200", "2").msg_id)
    await both.complete.wait()

    assert both.message_ids == left
