"""Each message is reported exactly once, whatever happens in between."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.mailboxes.watch import LOOK_INTERVAL
from simulator import Fault, MessageIds, Outage, PbxSimulator
from tests.clock import Clock
from tests.common import HOUR, MINUTE, arrival, endpoints, our_tasks, shown

from .common import (
    MESSAGE,
    UNREAD,
    Arrivals,
    ann_empty,
    leo_ball,
    load_again,
    load_with_mailboxes,
    miss_once,
    poll,
    unread,
)


async def test_a_reload_reports_nothing_again(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
) -> None:
    """What was reported before is known afterwards."""
    left = http_pbx.leave_message("3200", "15550123")
    await arrivals.wait_for(1)

    await hass.config_entries.async_reload(leo.entry_id)
    await hass.async_block_till_done()
    await poll(leo)

    assert arrivals.ids == [left.msg_id]


@pytest.mark.parametrize("ids", MessageIds)
async def test_two_messages_of_the_same_second(
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    ids: MessageIds,
) -> None:
    """They have different IDs, and only those count."""
    http_pbx.switches.message_ids = ids
    left = [
        http_pbx.leave_message("3200", each, announced=False).msg_id
        for each in ("1", "2")
    ]

    await poll(leo)
    await poll(leo)

    assert sorted(arrivals.ids) == sorted(left)


async def test_an_unload_in_the_middle_of_a_report_loses_nothing(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
) -> None:
    """What was asked for and not yet reported is reported at the next start."""
    asked = arrival(http_pbx, "vm/query")
    left = http_pbx.leave_message("3200", "15550123")
    await asked.wait()

    assert await hass.config_entries.async_unload(leo.entry_id)
    assert our_tasks() == []
    await hass.config_entries.async_setup(leo.entry_id)
    await arrivals.wait_for(1)

    assert arrivals.ids == [left.msg_id]


async def test_an_unload_between_two_reports_loses_nothing(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
) -> None:
    """What was not reported yet is reported at the next start, in order."""
    left = [
        http_pbx.leave_message("3200", each, announced=False).msg_id for each in "123"
    ]
    await leo.runtime_data.mailboxes.messages.async_update(["3200"])
    assert len(arrivals.ids) < 3

    await hass.config_entries.async_reload(leo.entry_id)
    await arrivals.wait_for(3)

    assert arrivals.ids == left


async def test_messages_wait_for_the_automations(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
) -> None:
    """Which run when Home Assistant has started."""
    await hass.config_entries.async_unload(leo.entry_id)
    left = http_pbx.leave_message("3200", "15550123", announced=False)
    hass.set_state(CoreState.starting)
    await load_again(hass, leo)
    assert arrivals.ids == []

    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await arrivals.wait_for(1)

    assert arrivals.ids == [left.msg_id]


async def test_a_mailbox_that_is_removed_while_its_message_waits(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """It keeps no message of another mailbox back."""
    entry = await load_with_mailboxes(hass, http_pbx, ann_empty(), leo_ball())
    arrivals = Arrivals(hass)
    entry.runtime_data.mailboxes.reporter.async_stop()
    left = [
        http_pbx.leave_message(number, "15550124", announced=False)
        for number in ("3201", "3200")
    ]
    await poll(entry)

    hass.config_entries.async_remove_subentry(entry, "mailbox_3201")
    await hass.async_block_till_done()
    entry.runtime_data.mailboxes.reporter.async_start()
    await arrivals.wait_for(1)

    assert arrivals.ids == [left[1].msg_id]


async def test_nothing_is_reported_while_the_entities_go(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
) -> None:
    """A report that reached no entity would be lost."""
    reporter = leo.runtime_data.mailboxes.reporter
    left = http_pbx.leave_message("3200", "15550123", announced=False)

    reporter.async_stop()
    await poll(leo)
    assert arrivals.ids == []
    reporter.async_start()
    await arrivals.wait_for(1)

    assert arrivals.ids == [left.msg_id]


async def test_a_pbx_that_was_away_for_an_hour(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The sensor says so; what arrived meanwhile is reported once; two lines in all."""
    expected_warnings.append("Error fetching PBX mailbox data")
    await http_pbx.begin_outage(Outage.REFUSED)
    http_pbx.drop_sockets()
    await clock.pass_time(HOUR)
    assert unread(hass) == "unavailable"
    left = http_pbx.leave_message("3200", "15550123")

    await http_pbx.end_outage()
    await clock.pass_time(6 * MINUTE)

    await arrivals.wait_for(1)
    assert arrivals.ids == [left.msg_id]
    assert unread(hass) == "1"
    lines = [
        record.message
        for record in caplog.get_records("call")
        if record.levelname != "DEBUG" and "mailbox data" in record.message
    ]
    assert len(lines) == 2


async def test_a_full_mailbox_drops_the_oldest_message(
    http_pbx: PbxSimulator, leo: MockConfigEntry, arrivals: Arrivals
) -> None:
    """The new one is reported, though the number of messages stays."""
    http_pbx.switches.mailbox_limit = 3
    left = []
    for number in range(5):
        left.append(http_pbx.leave_message("3200", str(number)).msg_id)
        await arrivals.wait_for(number + 1)
    await poll(leo)

    assert arrivals.ids == left


async def test_a_list_that_is_empty_for_a_moment(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    expected_warnings: list[str],
) -> None:
    """Neither what is listed again nor what is not listed counts as new."""
    left = http_pbx.leave_message("3200", "15550123")
    await arrivals.wait_for(1)

    await miss_once(http_pbx, leo)

    assert arrivals.ids == [left.msg_id]
    assert unread(hass) == "1"


@pytest.mark.parametrize("fault", [Fault.NOT_JSON, Fault.EMPTY, Fault.SERVER_ERROR_500])
async def test_answers_that_are_none_report_nothing(
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    expected_warnings: list[str],
    fault: Fault,
) -> None:
    """The next answer does."""
    expected_warnings.append("Error fetching PBX mailbox data")
    http_pbx.faults["vm/query"] = fault
    left = http_pbx.leave_message("3200", "15550123", announced=False)
    await poll(leo)
    assert arrivals.ids == []

    del http_pbx.faults["vm/query"]
    await poll(leo)
    await arrivals.wait_for(1)

    assert arrivals.ids == [left.msg_id]


async def test_a_call_that_was_forwarded_to_a_mailbox(
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    clock: Clock,
) -> None:
    """Its event names another number: the mailboxes are asked for a while."""
    left = http_pbx.leave_message("3200", "15550123", announced=False)
    with clock.running():
        http_pbx.leave_message("3201", "15550123")
        await arrivals.wait_for(1)

    assert arrivals.ids == [left.msg_id]


async def test_a_forwarded_call_to_a_busy_pbx(
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    clock: Clock,
) -> None:
    """Calls to others have used up the questions: the next one is not given up."""
    for _ in range(3):
        http_pbx.leave_message("3201", "15550123")
        await clock.pass_time(MINUTE)

    left = http_pbx.leave_message("3200", "15550123", announced=False)
    http_pbx.leave_message("3201", "15550123")
    await clock.pass_time(LOOK_INTERVAL)

    assert arrivals.ids == [left.msg_id]


async def test_an_event_entity_that_is_disabled(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """It tells of nothing that came while it was disabled, once it is enabled."""
    registry = er.async_get(hass)
    registry.async_update_entity(MESSAGE, disabled_by=er.RegistryEntryDisabler.USER)
    await hass.config_entries.async_reload(leo.entry_id)
    http_pbx.leave_message("3200", "15550123", announced=False)
    await poll(leo)
    arrivals = Arrivals(hass)

    registry.async_update_entity(MESSAGE, disabled_by=None)
    await hass.config_entries.async_reload(leo.entry_id)
    await hass.async_block_till_done()
    left = http_pbx.leave_message("3200", "15550124")
    await arrivals.wait_for(1)

    assert arrivals.ids == [left.msg_id]


async def test_entities_that_are_renamed(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """They show what they showed before, and what is new."""
    first = http_pbx.leave_message("3200", "1")
    await Arrivals(hass).wait_for(1)
    registry = er.async_get(hass)
    registry.async_update_entity(MESSAGE, new_entity_id="event.voicemail")
    registry.async_update_entity(UNREAD, new_entity_id="sensor.voicemail")
    await hass.async_block_till_done()
    arrivals = Arrivals(hass, "event.voicemail")

    await hass.config_entries.async_reload(leo.entry_id)
    await poll(leo)
    restored = hass.states.get("event.voicemail")
    second = http_pbx.leave_message("3200", "2")
    await arrivals.wait_for(1)

    assert restored
    assert restored.attributes["message_id"] == first.msg_id
    assert arrivals.ids == [second.msg_id]
    assert shown(hass, "sensor.voicemail") == "2"


async def test_a_mailbox_that_is_removed_and_added_again(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """Nothing is remembered of it, nor is anything from before new."""
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball(), ann_empty())
    await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_remove_subentry(entry, "mailbox_3200")
    http_pbx.leave_message("3200", "15550123")
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get(UNREAD) is None
    arrivals = Arrivals(hass)

    hass.config_entries.async_add_subentry(entry, leo_ball())
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    await poll(entry)

    assert arrivals.ids == []
    assert unread(hass) == "1"


async def test_an_hour_at_rest(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
) -> None:
    """One poll every five minutes, and three as a socket ends with its token."""
    await clock.pass_time(HOUR)

    asked = endpoints(http_pbx)
    assert 11 <= asked.count("vm/query") <= 18
    assert asked.count("extension/search") <= 6
    assert asked.count("get_token") == 0


async def test_several_messages_after_an_outage(
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    expected_warnings: list[str],
) -> None:
    """Each is an event of its own: the entity is available again before it tells."""
    expected_warnings.append("Error fetching PBX mailbox data")
    await http_pbx.begin_outage(Outage.REFUSED)
    await poll(leo)
    left = [
        http_pbx.leave_message("3200", each, announced=False).msg_id for each in "123"
    ]

    await http_pbx.end_outage()
    await clock.pass_time(2 * MINUTE)

    assert arrivals.ids == left
