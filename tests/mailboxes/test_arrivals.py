"""A caller leaves a message: Home Assistant knows of it, once."""

from collections.abc import Awaitable, Callable

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator
from simulator.many import many_extensions
from tests.clock import Clock
from tests.common import asked

from .common import (
    MESSAGE,
    Arrivals,
    leo_ball,
    load_again,
    load_with_mailboxes,
    mailbox,
    unread,
)


async def test_a_new_message_is_an_event(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """With all that the PBX knows of it; the number of unread messages grows."""
    await load_with_mailboxes(hass, pbx, leo_ball())
    arrivals = Arrivals(hass)

    message = pbx.leave_message("3200", "15550123", "Anna Weber", duration=42)
    await arrivals.wait_for(1)

    state = hass.states.get(MESSAGE)
    assert state
    assert {
        "event_type": "message_received",
        "caller_number": "15550123",
        "caller_name": "Anna Weber",
        "duration": 42,
        "message_id": message.msg_id,
        "media_content_id": (
            f"media-source://yeastar_vm/{pbx.serial_number}/messages/3200/"
            f"{message.msg_id}"
        ),
    }.items() <= state.attributes.items()
    assert unread(hass) == "1"


async def test_messages_in_many_mailboxes_at_once(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """One request is for all mailboxes whose events came during the one before."""
    pbx.extensions = many_extensions(20, duration=1)
    numbers = list(pbx.extensions)
    boxes = [mailbox(number, each.name) for number, each in pbx.extensions.items()]
    await load_with_mailboxes(hass, pbx, *boxes)
    arrivals = [
        Arrivals(hass, f"event.person_{number}_{number}_message") for number in numbers
    ]
    pbx.requests.clear()

    left = [pbx.leave_message(number, "15550123").msg_id for number in numbers * 2]
    for each in arrivals:
        await each.wait_for(2)

    assert [each.ids for each in arrivals] == [
        list(ids) for ids in zip(left[:20], left[20:], strict=True)
    ]
    assert asked(pbx)["vm/query"] < len(numbers)


async def test_messages_from_before_are_not_new(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """A mailbox that is added counts them, and tells of none."""
    pbx.leave_message("3200", "15550123")
    arrivals = Arrivals(hass)

    await load_with_mailboxes(hass, pbx, leo_ball())

    assert unread(hass) == "1"
    assert arrivals.ids == []


async def test_what_arrived_while_home_assistant_was_off_is_reported_at_the_start(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """Each message once, the oldest one first."""
    entry = await load_with_mailboxes(hass, pbx, leo_ball())
    await hass.config_entries.async_unload(entry.entry_id)
    left = [pbx.leave_message("3200", f"1555012{i}").msg_id for i in range(3)]
    arrivals = Arrivals(hass)

    await hass.config_entries.async_setup(entry.entry_id)
    await arrivals.wait_for(3)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    assert arrivals.ids == left


async def test_a_caller_with_a_name_of_20000_characters(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """What is shown and recorded is what a phone could show."""
    await load_with_mailboxes(hass, http_pbx, leo_ball())
    arrivals = Arrivals(hass)

    http_pbx.leave_message("3200", "1" * 20_000, "Anna " * 4_000)
    await arrivals.wait_for(1)

    [event] = arrivals.events
    assert event["caller_name"].startswith("Anna Anna")
    assert len(event["caller_name"]) <= 128
    assert len(event["caller_number"]) <= 128


async def _reload(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """Reload the entry; a caller speaks meanwhile."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    pbx.leave_message("3200", "15550123")
    await load_again(hass, entry)


async def _reconnect(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """Drop the WebSocket; a caller speaks in the second without one."""
    pbx.drop_sockets()
    pbx.leave_message("3200", "15550123")


@pytest.mark.parametrize("away", [_reload, _reconnect])
async def test_a_message_whose_event_is_missed_and_that_is_listed_late(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    away: Callable[[HomeAssistant, PbxSimulator, MockConfigEntry], Awaitable[None]],
) -> None:
    """It is looked for again once the PBX lists it, and not only with the next poll."""
    http_pbx.switches.message_listed_after = 20

    await away(hass, http_pbx, leo)
    await clock.pass_time(35)

    assert len(arrivals.ids) == 1
    assert asked(http_pbx)["vm/query"] <= 4
