"""An automation runs once for each message, also for several that are new at once."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Outage, PbxSimulator
from tests.clock import Clock
from tests.growing import fired

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
    runs = fired(hass, "told")
    await http_pbx.begin_outage(Outage.REFUSED)
    await poll(leo)
    left = [
        http_pbx.leave_message("3200", str(number), announced=False).msg_id
        for number in range(count)
    ]

    await http_pbx.end_outage()
    await poll(leo)
    await runs.wait_for(count)

    assert [run["message_id"] for run in runs] == left


async def test_the_sensor_is_up_to_date(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """An automation that is triggered by a message reads how many are unread."""
    await automate(hass, RECEIVED)
    runs = fired(hass, "told")

    http_pbx.leave_message("3200", "15550123")
    await runs.wait_for(1)

    assert [str(run["unread"]) for run in runs] == ["1"]


async def test_what_is_told_is_not_told_again_by_a_reload(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """The entity is restored with the last message, which is no news."""
    await automate(hass, RECEIVED)
    runs = fired(hass, "told")
    left = [http_pbx.leave_message("3200", "1").msg_id]
    await runs.wait_for(1)

    await hass.config_entries.async_reload(leo.entry_id)
    left.append(http_pbx.leave_message("3200", "2").msg_id)
    await runs.wait_for(2)

    assert [run["message_id"] for run in runs] == left
