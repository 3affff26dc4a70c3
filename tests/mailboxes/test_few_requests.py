"""The PBX is asked as little as possible, and what was reported takes little space."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.const import DOMAIN
from simulator import PbxSimulator, SocketRefusal
from simulator.lines import Delay
from tests.clock import Clock
from tests.common import MINUTE, asked, call, entry_for
from tests.gate import Gate

from .common import (
    ANN_MESSAGE,
    Arrivals,
    add_with_mailboxes,
    ann_empty,
    leo_ball,
    load_again,
    load_with_mailboxes,
    mailbox,
    poll,
    unread,
    updated,
)


async def test_50_lists_at_once(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, clock: Clock
) -> None:
    """They share two requests, also where the PBX takes a second for each."""
    http_pbx.leave_message("3200", "15550123", announced=False)
    http_pbx.faults["vm/query"] = Delay(1)
    lists = [call(hass, "list_messages", mailbox="3200") for _ in range(50)]

    with clock.running():
        answers = await asyncio.gather(*lists)

    assert [each["total"] for each in answers] == [1] * 50
    assert asked(http_pbx)["vm/query"] <= 2


async def test_a_busy_pbx(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, clock: Clock
) -> None:
    """A voicemail each minute in a box that is no mailbox: at most one request each."""
    for _ in range(60):
        http_pbx.leave_message("3201", "15550123")
        await clock.pass_time(MINUTE)

    assert asked(http_pbx).total() <= 60


async def test_a_message_that_is_marked_during_a_poll(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """What the poll was answered before does not make it unread again."""
    left = http_pbx.leave_message("3200", "15550123")
    await Arrivals(hass).wait_for(1)
    gate = Gate(http_pbx, "vm/query")
    polling = asyncio.create_task(poll(leo))
    await gate.arrived()
    coordinator = leo.runtime_data.mailboxes.messages
    [message] = coordinator.data["3200"].messages

    await coordinator.async_mark_read(message)
    gate.open()
    await polling

    assert left.is_read
    assert unread(hass) == "0"


async def test_a_silent_pbx_does_not_delay_the_setup(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """The entities are unavailable until something is known."""
    gate = Gate(http_pbx, "vm/query")
    entry = await add_with_mailboxes(hass, http_pbx, leo_ball())

    assert await hass.config_entries.async_setup(entry.entry_id)

    assert unread(hass) == "unavailable"
    gate.open()
    await updated(hass, entry)
    assert unread(hass) == "0"


async def test_a_web_socket_that_does_not_open(
    hass: HomeAssistant, http_pbx: PbxSimulator, clock: Clock
) -> None:
    """The messages wait three seconds for it, so that they are asked for once."""
    gate = Gate(http_pbx, "subscribe")
    entry = entry_for(http_pbx)
    entry.add_to_hass(hass)
    hass.config_entries.async_add_subentry(entry, leo_ball())
    await hass.config_entries.async_setup(entry.entry_id)
    await gate.arrived()

    await clock.pass_time(2.9)
    before = asked(http_pbx)["vm/query"]
    await clock.pass_time(0.2)

    assert [before, asked(http_pbx)["vm/query"]] == [0, 1]
    gate.open()
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_refusal_is_no_empty_mailbox(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """Old messages are not new because the PBX refused to list them at first."""
    for caller in "12345":
        http_pbx.leave_message("3200", caller, announced=False)
    http_pbx.errcodes["vm/query"] = 60001
    arrivals = Arrivals(hass)
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball())

    del http_pbx.errcodes["vm/query"]
    await poll(entry)
    await hass.async_block_till_done()

    assert arrivals.ids == []
    left = http_pbx.leave_message("3200", "15550123")
    await arrivals.wait_for(1)
    assert arrivals.ids == [left.msg_id]


async def test_the_file_of_2_0_0(
    hass: HomeAssistant, http_pbx: PbxSimulator, hass_storage: dict[str, Any]
) -> None:
    """What it has is not told again; then each mailbox has a file of its own."""
    known = http_pbx.leave_message("3200", "1", announced=False)
    new = http_pbx.leave_message("3200", "2", announced=False)
    entry = entry_for(http_pbx)
    key = f"{DOMAIN}.{entry.entry_id}.messages"
    hass_storage[key] = {
        "version": 1,
        "minor_version": 1,
        "key": key,
        "data": {"mailbox_3200": [known.msg_id]},
    }
    entry.add_to_hass(hass)
    hass.config_entries.async_add_subentry(entry, leo_ball())
    arrivals = Arrivals(hass)

    await load_again(hass, entry)
    await arrivals.wait_for(1)
    await hass.async_block_till_done()

    assert arrivals.ids == [new.msg_id]
    assert hass_storage[key]["minor_version"] == 2
    assert hass_storage[key]["data"] == {"mailboxes": ["mailbox_3200"]}
    file = hass_storage[f"{key}.mailbox_3200"]
    assert file["data"]["reported"] == [known.msg_id, new.msg_id]
    await hass.config_entries.async_remove(entry.entry_id)
    assert not [each for each in hass_storage if each.startswith(key)]


async def test_a_call_for_two_mailboxes(
    hass: HomeAssistant, http_pbx: PbxSimulator, clock: Clock
) -> None:
    """A call has one ID, and an event for each of them."""
    await load_with_mailboxes(hass, http_pbx, leo_ball(), ann_empty())
    arrivals = [
        Arrivals(hass),
        Arrivals(hass, ANN_MESSAGE),
    ]
    for number in ("3200", "3201"):
        http_pbx.leave_message(number, "15550123", announced=False)
        event = '{"type":30012,"msg":{"status":"VOICEMAIL","uid":"1","call_to":"%s"}}'
        http_pbx.events.send_frame(event % number)

    await clock.pass_time(1)

    assert [len(each.ids) for each in arrivals] == [1, 1]


async def test_an_event_that_comes_twice(
    hass: HomeAssistant, http_pbx: PbxSimulator, clock: Clock
) -> None:
    """It is about one message, and no second one is looked for."""
    await load_with_mailboxes(hass, http_pbx, leo_ball())
    await clock.pass_time(MINUTE)
    http_pbx.requests.clear()

    http_pbx.leave_message("3200", "15550123", announced=False)
    for _ in range(2):
        http_pbx.events.send_frame(
            '{"type":30012,"msg":{"status":"VOICEMAIL","uid":"1","call_to":"3200"}}'
        )
    await clock.pass_time(MINUTE)

    assert asked(http_pbx) == {"vm/query": 1}


async def test_an_event_that_comes_again_many_calls_later(
    hass: HomeAssistant, http_pbx: PbxSimulator, clock: Clock
) -> None:
    """The latest calls alone are remembered: it is taken for that of another one."""
    await load_with_mailboxes(hass, http_pbx, leo_ball())
    event = '{"type":30012,"msg":{"status":"VOICEMAIL","uid":"%s","call_to":"3200"}}'
    for uid in range(150):
        http_pbx.events.send_frame(event % uid)
    await clock.pass_time(2 * MINUTE)
    http_pbx.requests.clear()

    http_pbx.events.send_frame(event % 149)
    await clock.pass_time(MINUTE)
    assert asked(http_pbx) == {}
    http_pbx.events.send_frame(event % 0)
    await clock.pass_time(1)

    assert asked(http_pbx) == {"vm/query": 1}


async def test_a_mailbox_that_is_removed_while_a_message_is_expected(
    hass: HomeAssistant, http_pbx: PbxSimulator, clock: Clock
) -> None:
    """Nobody asks about it any longer."""
    leo = leo_ball()
    entry = await load_with_mailboxes(hass, http_pbx, leo, ann_empty())
    await clock.pass_time(MINUTE)
    http_pbx.events.send_frame(
        '{"type":30012,"msg":{"status":"VOICEMAIL","uid":"1","call_to":"3200"}}'
    )
    await clock.pass_time(1)

    hass.config_entries.async_remove_subentry(entry, leo.subentry_id)
    await clock.settle()
    http_pbx.requests.clear()
    await clock.pass_time(20)

    assert asked(http_pbx).total() == 0


async def test_mailboxes_with_many_messages(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """They are asked for in groups, so that no answer has more than 2000 messages."""
    numbers = ["0042", "3200", "3201"]
    http_pbx.switches.mailbox_limit = 700
    for number in numbers:
        for _ in range(700):
            http_pbx.leave_message(number, "15550123", announced=False)
    entry = await load_with_mailboxes(hass, http_pbx, *map(mailbox, numbers))
    http_pbx.requests.clear()

    await poll(entry)

    assert {
        request.query["number"]
        for request in http_pbx.requests
        if request.endpoint == "vm/query"
    } == {"0042,3200", "3201"}
    found = entry.runtime_data.mailboxes.messages.data
    assert [len(found[number].messages) for number in numbers] == [700] * 3


async def test_a_presence_that_changes(
    hass: HomeAssistant, http_pbx: PbxSimulator, clock: Clock
) -> None:
    """Its extension alone is asked for, if it has a mailbox."""
    await load_with_mailboxes(hass, http_pbx, leo_ball(), ann_empty())
    http_pbx.requests.clear()

    http_pbx.set_presence("3202", "lunch")
    await clock.pass_time(1)
    assert asked(http_pbx) == {}

    http_pbx.set_presence("3200", "lunch")
    await clock.pass_time(1)
    assert [request.query["search_value"] for request in http_pbx.requests] == ["3200"]


async def test_a_pbx_without_events(
    hass: HomeAssistant, http_pbx: PbxSimulator, clock: Clock
) -> None:
    """Messages are asked for each minute then."""
    http_pbx.switches.socket_refusal = SocketRefusal.HTTP_400
    http_pbx.switches.permissions_missing = frozenset({"subscribe"})
    await load_with_mailboxes(hass, http_pbx, leo_ball())
    await clock.pass_time(MINUTE)
    http_pbx.requests.clear()

    await clock.pass_time(10 * MINUTE)

    assert 9 <= asked(http_pbx)["vm/query"] <= 11


async def test_a_pbx_that_fails(
    http_pbx: PbxSimulator, leo: MockConfigEntry, expected_warnings: list[str]
) -> None:
    """It is asked once whether a mailbox is missing, not with each poll."""
    expected_warnings.append("Error fetching PBX mailbox data")
    http_pbx.errcodes["vm/query"] = -2

    for _ in range(3):
        await poll(leo)

    assert asked(http_pbx) == {"vm/query": 3, "extension/search": 1}
