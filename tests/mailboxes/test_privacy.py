"""Nothing of a message is in the log above debug, and groups are heard, too."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common import Player
from tests.leaks import find_leaks
from tests.pbx_simulator import (
    EventFault,
    EventType,
    Fault,
    GroupMode,
    PbxSimulator,
    default_groups,
)

from .common import KITCHEN, Arrivals, call, load_with_mailboxes, mailbox, poll


async def test_the_log_has_nothing_of_a_message(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    player: Player,
    caplog: pytest.LogCaptureFixture,
    expected_warnings: list[str],
) -> None:
    """Neither its caller, nor its ID, nor whose mailbox it is in."""
    expected_warnings.append("Error fetching PBX mailbox data")
    http_pbx.events.faults[EventType.CALL_ENDED] = EventFault.TWICE
    left = http_pbx.leave_message("3200", "15550123", "Anna Weber")
    await arrivals.wait_for(1)
    await call(hass, "play_message", mailbox="3200", mark_as_read=True, **KITCHEN)
    http_pbx.faults["vm/query"] = Fault.NOT_JSON
    await poll(leo)

    ours = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.levelname != "DEBUG" and "yeastar_vm" in record.name
    ]
    secrets = {"15550123", "Anna Weber", left.msg_id, "Leo Ball", "3200"}
    assert ours
    assert find_leaks(ours, secrets) == []


async def test_a_message_of_a_group_is_played(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player
) -> None:
    """As one of an extension."""
    http_pbx.groups = default_groups()
    group = next(
        each for each in http_pbx.groups.values() if each.mode is GroupMode.SHARE
    )
    entry = await load_with_mailboxes(
        hass, http_pbx, mailbox(group.number, group.name, "group")
    )
    left = http_pbx.leave_message(group.number, "15550123")

    answer = await call(
        hass, "play_message", mailbox=group.number, mark_as_read=True, **KITCHEN
    )

    assert [each["message_id"] for each in answer["messages"]] == [left.msg_id]
    assert len(player.played) == 1
    assert left.is_read
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_message_that_is_deleted_before_it_plays(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, player: Player
) -> None:
    """The error says so, and no player is told anything."""
    http_pbx.leave_message("3200", "15550123")
    http_pbx.errcodes["vm/download"] = 60001

    with pytest.raises(ServiceValidationError, match="no longer exists"):
        await call(hass, "play_message", mailbox="3200", **KITCHEN)

    assert player.played == []


async def test_a_message_that_is_deleted_while_it_plays(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, player: Player
) -> None:
    """It needs no mark as read."""
    http_pbx.leave_message("3200", "15550123")
    http_pbx.errcodes["vm/update"] = 60001

    await call(hass, "play_message", mailbox="3200", mark_as_read=True, **KITCHEN)

    assert len(player.played) == 1
