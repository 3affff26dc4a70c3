"""Events that are lost, late, twice or malformed: each message is reported once."""

from collections.abc import Callable

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import CallParties, CallStatus, EventFault, PbxSimulator
from tests.clock import Clock
from tests.common import MINUTE, asked

from .common import Arrivals, poll, unread

CALL_ENDED = 30012


@pytest.mark.parametrize("fault", EventFault)
async def test_a_message_is_reported_once_whatever_its_event_is(
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    fault: EventFault,
) -> None:
    """At the latest by the next poll."""
    http_pbx.events.faults[CALL_ENDED] = fault

    left = http_pbx.leave_message("3200", "15550123")
    await poll(leo)
    await arrivals.wait_for(1)
    http_pbx.events.release()
    await poll(leo)

    assert arrivals.ids == [left.msg_id]


@pytest.mark.parametrize("as_text", [True, False])
@pytest.mark.parametrize(
    "parties", [CallParties.NUMBER, CallParties.NAMED, CallParties.TYPED]
)
async def test_each_form_of_an_event_is_understood(
    http_pbx: PbxSimulator, arrivals: Arrivals, parties: CallParties, *, as_text: bool
) -> None:
    """`msg` as text or object, numbers with or without names: no poll is needed."""
    http_pbx.switches.event_msg_as_text = as_text
    http_pbx.switches.call_parties = parties

    left = http_pbx.leave_message("3200", "15550123", "Anna Weber")
    await arrivals.wait_for(1)

    assert arrivals.ids == [left.msg_id]


@pytest.mark.parametrize(("seconds", "callers"), [(25, "1"), (3, "12")])
async def test_messages_that_are_listed_later(
    http_pbx: PbxSimulator,
    arrivals: Arrivals,
    clock: Clock,
    seconds: int,
    callers: str,
) -> None:
    """Each is reported soon after that, without a poll of all mailboxes."""
    http_pbx.switches.message_listed_after = seconds

    with clock.running():
        left = [http_pbx.leave_message("3200", each).msg_id for each in callers]
        await arrivals.wait_for(len(left))

    assert arrivals.ids == left


async def test_a_message_that_a_poll_finds_before_its_event_comes(
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    arrivals: Arrivals,
) -> None:
    """Nothing else comes for the event; the next one costs no more for that."""
    first = http_pbx.leave_message("3200", "15550123", announced=False)
    await poll(leo)
    http_pbx.end_call("15550123", "3200", CallStatus.VOICEMAIL)
    await clock.pass_time(MINUTE)
    http_pbx.requests.clear()

    second = http_pbx.leave_message("3200", "15550123")
    await arrivals.wait_for(2)
    await clock.pass_time(MINUTE)

    assert arrivals.ids == [first.msg_id, second.msg_id]
    assert asked(http_pbx) == {"vm/query": 1}


async def test_deleting_renumbers_files_and_reports_nothing(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
) -> None:
    """A message is known by its ID, not by its file name."""
    left = [http_pbx.leave_message("3200", each).msg_id for each in ("1", "2", "3")]
    await arrivals.wait_for(3)

    http_pbx.delete_at_phone(left[0])
    await poll(leo)

    assert arrivals.ids == left
    assert unread(hass) == "2"


@pytest.mark.parametrize(
    "die", [PbxSimulator.drop_sockets, PbxSimulator.silence_sockets]
)
async def test_sockets_that_die_lose_no_message(
    http_pbx: PbxSimulator,
    arrivals: Arrivals,
    clock: Clock,
    die: Callable[[PbxSimulator], None],
) -> None:
    """The next one catches up. A heartbeat without a reply ends a silent one."""
    die(http_pbx)
    left = http_pbx.leave_message("3200", "15550123")
    with clock.running():
        await arrivals.wait_for(1)

    assert arrivals.ids == [left.msg_id]
