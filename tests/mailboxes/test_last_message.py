"""The last message that an event entity shows: kept, and not that of another box."""

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Outage, PbxSimulator

from .common import (
    MESSAGE,
    Arrivals,
    ann_empty,
    leo_ball,
    load_again,
    load_with_mailboxes,
    poll,
    updated,
)

ANOTHER = "3631A2124999"


def shown(hass: HomeAssistant) -> tuple[str, Any]:
    """Return what the event entity shows, and the ID of its message."""
    state = hass.states.get(MESSAGE)
    assert state
    return state.state, state.attributes.get("message_id")


@pytest.fixture
async def entry(hass: HomeAssistant, http_pbx: PbxSimulator) -> MockConfigEntry:
    """Return the entry of a PBX with a mailbox that told of a message."""
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball(), ann_empty())
    arrivals = Arrivals(hass)
    http_pbx.leave_message("3200", "15550123")
    await arrivals.wait_for(1)
    return entry


async def test_an_outage_and_a_reload(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    entry: MockConfigEntry,
    expected_warnings: list[str],
) -> None:
    """The entity was unavailable at the end, and shows its last message again."""
    expected_warnings.append("Error fetching PBX mailbox data")
    before = shown(hass)
    await http_pbx.begin_outage(Outage.REFUSED)
    await poll(entry)
    assert shown(hass)[0] == "unavailable"
    await hass.config_entries.async_unload(entry.entry_id)
    await http_pbx.end_outage()

    await load_again(hass, entry)

    assert shown(hass) == before


async def test_a_mailbox_that_is_removed_and_added_again(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Its entity has the same ID, and shows nothing of before."""
    hass.config_entries.async_remove_subentry(entry, "mailbox_3200")
    await hass.async_block_till_done()
    assert hass.states.get(MESSAGE) is None

    again = replace(leo_ball(), subentry_id="again")
    hass.config_entries.async_add_subentry(entry, again)
    await updated(hass, entry)

    assert shown(hass) == ("unknown", None)


async def test_a_pbx_that_was_replaced(
    hass: HomeAssistant, http_pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """The other one does not have the message."""
    await hass.config_entries.async_unload(entry.entry_id)
    http_pbx.replace_device(ANOTHER)
    hass.config_entries.async_update_entry(entry, unique_id=ANOTHER)

    await load_again(hass, entry)

    assert shown(hass) == ("unknown", None)
