"""Mailboxes are added, renamed and removed while the PBX is loaded, one by one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from unittest.mock import AsyncMock

from homeassistant.components.repairs.const import DOMAIN as REPAIRS
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm import async_remove_config_entry_device
from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.repairs import (
    MailboxRepairFlow,
    async_create_fix_flow,
)
from simulator import PbxSimulator
from simulator.many import many_extensions
from tests.clock import Clock
from tests.common import MINUTE, asked, entry_for, issues, load, our_tasks, shown

from .common import (
    ANN_UNREAD,
    MESSAGE,
    UNREAD,
    Arrivals,
    ann_empty,
    device_of,
    leo_ball,
    load_with_mailboxes,
    mailbox,
    updated,
)


@pytest.fixture
async def entry(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> AsyncIterator[MockConfigEntry]:
    """Return the entry of a PBX without mailboxes, which is unloaded at the end."""
    entry = await load(hass, entry_for(http_pbx))
    http_pbx.requests.clear()
    yield entry
    if entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(entry.entry_id)
    assert our_tasks() == []


def our_issue(hass: HomeAssistant) -> ir.IssueEntry:
    """Return the only issue of the integration."""
    [issue] = (
        each for each in ir.async_get(hass).issues.values() if each.domain == DOMAIN
    )
    return issue


def watch(hass: HomeAssistant, entity_id: str) -> list[str]:
    """Return the states that an entity has from now on."""
    states: list[str] = []

    @callback
    def changed(event: Event[Any]) -> None:
        new = event.data["new_state"]
        states.append(new.state if new else "removed")

    async_track_state_change_event(hass, entity_id, changed)
    return states


async def test_the_first_and_the_last(
    hass: HomeAssistant, http_pbx: PbxSimulator, entry: MockConfigEntry, clock: Clock
) -> None:
    """Nothing is asked before the first is there, nor after the last is gone."""
    await clock.pass_time(10 * MINUTE)
    assert asked(http_pbx) == {}

    hass.config_entries.async_add_subentry(entry, leo_ball())
    await updated(hass, entry)
    assert shown(hass, UNREAD) == "0"
    assert len(http_pbx.events.open) == 1
    assert asked(http_pbx)["system/information"] == 0
    arrivals = Arrivals(hass)
    left = http_pbx.leave_message("3200", "15550123")
    await arrivals.wait_for(1)
    assert arrivals.ids == [left.msg_id]

    hass.config_entries.async_remove_subentry(entry, "mailbox_3200")
    await clock.pass_time(MINUTE)
    assert not http_pbx.events.open
    http_pbx.requests.clear()
    await clock.pass_time(10 * MINUTE)

    assert asked(http_pbx) == {}
    assert hass.states.get(UNREAD) is None
    assert len(dr.async_get(hass).devices) == 1


async def test_the_others_notice_nothing(
    hass: HomeAssistant, http_pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """Their entities are not written, and the entry is not reloaded."""
    hass.config_entries.async_add_subentry(entry, leo_ball())
    await updated(hass, entry)
    http_pbx.leave_message("3200", "15550123")
    await Arrivals(hass).wait_for(1)
    states = [watch(hass, UNREAD), watch(hass, MESSAGE)]
    pbx = entry.runtime_data

    hass.config_entries.async_add_subentry(entry, ann_empty())
    await updated(hass, entry)
    assert shown(hass, ANN_UNREAD) == "0"
    hass.config_entries.async_remove_subentry(entry, "mailbox_3201")
    await hass.async_block_till_done()

    assert states == [[], []]
    assert entry.runtime_data is pbx
    assert http_pbx.events.opened == 1


async def test_options_need_no_reload(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """They are read when they are used."""
    pbx = entry.runtime_data

    hass.config_entries.async_update_entry(entry, options={"delivery": "relay"})
    hass.config_entries.async_update_entry(entry, title="Reception")
    await hass.async_block_till_done()

    assert entry.runtime_data is pbx


async def test_200_in_a_row(
    hass: HomeAssistant, http_pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """They share their requests."""
    http_pbx.extensions = many_extensions(200, 1)

    for number in http_pbx.extensions:
        hass.config_entries.async_add_subentry(entry, mailbox(number))
        await asyncio.sleep(0)
    await updated(hass, entry)

    assert len(hass.states.async_entity_ids("sensor")) == 200
    assert shown(hass, "sensor.1000_unread_messages") == "0"
    assert asked(http_pbx)["vm/query"] < 40
    assert asked(http_pbx)["extension/list"] <= 5


async def test_added_removed_and_added_again(
    hass: HomeAssistant, http_pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """Within one turn of the event loop: the last one works, and has the same IDs."""
    for attempt in range(3):
        again = replace(leo_ball(), subentry_id=f"attempt_{attempt}")
        hass.config_entries.async_add_subentry(entry, again)
        if attempt < 2:
            hass.config_entries.async_remove_subentry(entry, again.subentry_id)
    await updated(hass, entry)
    arrivals = Arrivals(hass)

    left = http_pbx.leave_message("3200", "15550123")
    await arrivals.wait_for(1)

    assert arrivals.ids == [left.msg_id]
    assert shown(hass, UNREAD) == "1"
    assert len(er.async_get(hass).entities) == 3


async def test_a_mailbox_that_is_renamed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Its device follows, and its entities keep their IDs."""
    hass.config_entries.async_add_subentry(entry, leo_ball())
    await updated(hass, entry)
    pbx = entry.runtime_data

    subentry = entry.subentries["mailbox_3200"]
    hass.config_entries.async_update_subentry(entry, subentry, title="Reception")
    await hass.async_block_till_done()

    state = hass.states.get(UNREAD)
    assert state
    assert state.name == "Reception Unread messages"
    assert entry.runtime_data is pbx


async def test_one_that_is_added_during_a_reload(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """It is there afterwards."""
    hass.config_entries.async_add_subentry(entry, leo_ball())
    await updated(hass, entry)

    @callback
    def add() -> None:
        if entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS:
            hass.config_entries.async_add_subentry(entry, ann_empty())

    stop = entry.async_on_state_change(add)
    await hass.config_entries.async_reload(entry.entry_id)
    await updated(hass, entry)
    stop()

    assert shown(hass, UNREAD) == shown(hass, ANN_UNREAD) == "0"


async def test_one_that_is_removed_while_entities_are_added(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """It gets none."""
    http_pbx.extensions = many_extensions(20, 1)
    entry = entry_for(http_pbx)
    first, *_, last = map(mailbox, http_pbx.extensions)

    @callback
    def remove(_: Event[Any]) -> None:
        if last.subentry_id in entry.subentries:
            hass.config_entries.async_remove_subentry(entry, last.subentry_id)

    async_track_state_change_event(
        hass, f"sensor.{first.unique_id}_unread_messages", remove
    )
    entry.add_to_hass(hass)
    for each in map(mailbox, http_pbx.extensions):
        hass.config_entries.async_add_subentry(entry, each)
    await hass.config_entries.async_setup(entry.entry_id)
    await updated(hass, entry)

    assert len(hass.states.async_entity_ids("sensor")) == 19
    assert not er.async_get(hass).async_is_registered(
        f"sensor.{last.unique_id}_unread_messages"
    )


async def test_entities_that_cannot_be_removed(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Home Assistant gives up on the unload; they go on to tell of messages."""
    hass.config_entries.async_add_subentry(entry, leo_ball())
    await updated(hass, entry)
    arrivals = Arrivals(hass)
    with monkeypatch.context() as failing:
        failing.setattr(
            hass.config_entries, "async_unload_platforms", AsyncMock(return_value=False)
        )
        assert not await hass.config_entries.async_unload(entry.entry_id)

    left = http_pbx.leave_message("3200", "15550123")
    await arrivals.wait_for(1)

    assert arrivals.ids == [left.msg_id]
    entry.mock_state(hass, ConfigEntryState.LOADED)


async def test_a_mailbox_whose_box_is_gone(
    hass: HomeAssistant, http_pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """The repair removes it; the device of another one cannot be removed."""
    assert await async_setup_component(hass, REPAIRS, {})
    del http_pbx.extensions["3201"]
    for each in (leo_ball(), ann_empty()):
        hass.config_entries.async_add_subentry(entry, each)
    await updated(hass, entry)
    assert issues(hass) == ["mailbox_gone"]
    issue = our_issue(hass)
    assert issue.is_fixable
    for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id):
        if not any("3201" in each for _, each in device.identifiers):
            assert not await async_remove_config_entry_device(hass, entry, device)

    flow = await async_create_fix_flow(hass, issue.issue_id, dict(issue.data or {}))
    assert isinstance(flow, MailboxRepairFlow)
    flow.hass = hass
    form = await flow.async_step_init()
    assert form["description_placeholders"] == {
        "name": "PBX",
        "mailbox": "Ann Empty (3201)",
    }
    for _ in range(2):  # as in two browsers
        done = await flow.async_step_confirm({})
        assert done["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()

    assert issues(hass) == []
    assert list(entry.subentries) == ["mailbox_3200"]


async def test_a_device_whose_box_is_gone(
    hass: HomeAssistant, http_pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """Deleting it removes the mailbox."""
    del http_pbx.extensions["3201"]
    hass.config_entries.async_add_subentry(entry, ann_empty())
    await updated(hass, entry)
    device = device_of(hass, entry, "3201")

    assert await async_remove_config_entry_device(hass, entry, device)

    assert not entry.subentries


async def test_a_device_while_the_pbx_is_not_connected(
    hass: HomeAssistant, http_pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """It cannot be deleted: whether its box is gone, nobody can tell."""
    hass.config_entries.async_add_subentry(entry, leo_ball())
    await updated(hass, entry)
    device = device_of(hass, entry, "3200")
    await hass.config_entries.async_unload(entry.entry_id)

    assert not await async_remove_config_entry_device(hass, entry, device)

    assert list(entry.subentries) == ["mailbox_3200"]


async def test_an_issue_that_the_user_ignored(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """It does not come back with a reload."""
    del http_pbx.extensions["3201"]
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball(), ann_empty())
    issue = our_issue(hass)
    ir.async_ignore_issue(hass, DOMAIN, issue.issue_id, True)

    await hass.config_entries.async_reload(entry.entry_id)
    await updated(hass, entry)

    issue = our_issue(hass)
    assert issue.dismissed_version
