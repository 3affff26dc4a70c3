"""Outages and refusals: what the mailbox shows, and how often the PBX is asked."""

from collections.abc import Callable

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Fault, PbxSimulator, SocketEnd, SocketRefusal
from tests.clock import Clock
from tests.common import HOUR, MINUTE, asked, issues, our_tasks, reauth_flows, shown

from .common import PRESENCE, Arrivals, poll, unread

NO_SUCH_ENDPOINT, EXPIRED, DENIED = 10001, 10004, 10005


@pytest.mark.parametrize("refusal", SocketRefusal)
@pytest.mark.parametrize("end", SocketEnd)
async def test_a_pbx_that_reboots(
    http_pbx: PbxSimulator,
    clock: Clock,
    arrivals: Arrivals,
    refusal: SocketRefusal,
    end: SocketEnd,
) -> None:
    """It has forgotten the token: one new sign-in, then a socket that works."""
    http_pbx.switches.socket_refusal = refusal
    http_pbx.switches.socket_end = end
    http_pbx.reboot()
    first = http_pbx.leave_message("3200", "1")
    await clock.pass_time(MINUTE)
    http_pbx.requests.clear()

    second = http_pbx.leave_message("3200", "2")
    await arrivals.wait_for(2)

    assert arrivals.ids == [first.msg_id, second.msg_id]
    assert asked(http_pbx)["get_token"] == 0


async def test_hours_of_tokens_that_expire(
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    arrivals: Arrivals,
) -> None:
    """Each ends its socket with 10004; one refresh each, and no sign-in."""
    await clock.pass_time(2 * HOUR + MINUTE)

    left = http_pbx.leave_message("3200", "1")
    await arrivals.wait_for(1)

    assert arrivals.ids == [left.msg_id]
    counts = asked(http_pbx)
    assert counts["get_token"] == 0
    assert counts["refresh_token"] <= 5
    assert counts["subscribe"] <= 6


async def test_a_client_that_signs_in_elsewhere(
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    arrivals: Arrivals,
) -> None:
    """The token may die at any time: a new one is obtained once."""
    http_pbx.tokens.forget()
    http_pbx.events.check()
    await clock.pass_time(MINUTE)

    left = http_pbx.leave_message("3200", "1")
    await arrivals.wait_for(1)

    assert arrivals.ids == [left.msg_id]
    assert asked(http_pbx)["get_token"] <= 1


async def test_a_secret_that_changed(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    expected_warnings: list[str],
) -> None:
    """One sign-in is refused and no other; the user is asked."""
    expected_warnings.append("Error fetching PBX mailbox data")
    http_pbx.replace_secret("Another0000000000000000000000001")

    await clock.pass_time(HOUR)

    assert asked(http_pbx)["get_token"] == 1
    assert len(reauth_flows(hass)) == 1
    assert unread(hass) == "unavailable"


async def test_a_secret_that_only_the_events_need(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    expected_warnings: list[str],
) -> None:
    """The user is asked at once, not with the next poll."""
    expected_warnings.append("Error fetching PBX mailbox data")
    http_pbx.client_secret = "Another0000000000000000000000001"
    for endpoint in ("subscribe", "system/information", "refresh_token"):
        http_pbx.errcodes[endpoint] = EXPIRED
    http_pbx.drop_sockets()

    await clock.pass_time(2)

    assert len(reauth_flows(hass)) == 1


def _no_endpoint(pbx: PbxSimulator) -> None:
    pbx.switches.event_endpoint = False


def _refused_upgrade(pbx: PbxSimulator) -> None:
    pbx.faults["subscribe"] = Fault.UPGRADE_REQUIRED_426


def _forbidden(pbx: PbxSimulator) -> None:
    pbx.faults["subscribe"] = Fault.FORBIDDEN_403


def _denied(pbx: PbxSimulator) -> None:
    pbx.errcodes["subscribe"] = DENIED


def _silent(pbx: PbxSimulator) -> None:
    pbx.faults["subscribe"] = Fault.SILENT


def _unavailable(pbx: PbxSimulator) -> None:
    pbx.faults["subscribe"] = Fault.UNAVAILABLE_503


@pytest.mark.parametrize(
    "spoil",
    [_no_endpoint, _refused_upgrade, _forbidden, _denied, _silent, _unavailable],
)
async def test_no_websocket(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    spoil: Callable[[PbxSimulator], None],
) -> None:
    """The poll alone works, without a line in the log and without a storm."""
    spoil(http_pbx)
    http_pbx.drop_sockets()
    await clock.pass_time(MINUTE)
    http_pbx.requests.clear()
    left = http_pbx.leave_message("3200", "1")

    await clock.pass_time(HOUR)

    assert arrivals.ids == [left.msg_id]
    assert unread(hass) == "1"
    counts = asked(http_pbx)
    assert 55 <= counts["vm/query"] <= 75
    assert counts["subscribe"] <= 30
    assert counts["get_token"] + counts["refresh_token"] <= 4


@pytest.mark.parametrize("errcode", [EXPIRED, DENIED, NO_SUCH_ENDPOINT, 10009, -2])
async def test_a_websocket_that_is_refused_in_a_frame(
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    errcode: int,
) -> None:
    """The poll alone works, without a line in the log and without a storm."""
    left = []
    for minute in range(60):
        http_pbx.events.send_frame(f'{{"errcode": {errcode}}}')
        await clock.pass_time(MINUTE)
        if minute % 20 == 0:
            left.append(http_pbx.leave_message("3200", "1", announced=False).msg_id)

    assert arrivals.ids == left
    counts = asked(http_pbx)
    assert counts["subscribe"] <= 60
    assert counts["refresh_token"] <= 60
    assert counts["get_token"] == 0


@pytest.mark.parametrize("errcode", [DENIED, 70084, 60002, -2])
async def test_messages_that_may_not_be_queried(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
    errcode: int,
) -> None:
    """One line in the log, one when it is back, and a poll a minute."""
    expected_warnings.append("Error fetching PBX mailbox data")
    http_pbx.errcodes["vm/query"] = errcode
    await clock.pass_time(20 * MINUTE)
    assert unread(hass) == "unavailable"
    assert asked(http_pbx)["vm/query"] <= 24
    assert asked(http_pbx)["refresh_token"] <= 2

    del http_pbx.errcodes["vm/query"]
    left = http_pbx.leave_message("3200", "1", announced=False)
    await clock.pass_time(2 * MINUTE)

    assert arrivals.ids == [left.msg_id]
    assert unread(hass) == "1"
    lines = [
        record.message
        for record in caplog.get_records("call")
        if record.levelname != "DEBUG" and "mailbox data" in record.message
    ]
    assert len(lines) == 2


@pytest.mark.parametrize("events", [True, False])
async def test_firmware_without_messages(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    events: bool,
    expected_warnings: list[str],
) -> None:
    """A repair says so until the firmware has them, whatever becomes of greetings.

    It is noticed within an hour, also if no event tells of it.
    """
    expected_warnings.append("Error fetching PBX mailbox data")
    http_pbx.switches.event_endpoint = events
    http_pbx.drop_sockets()
    http_pbx.errcodes["vm/query"] = NO_SUCH_ENDPOINT
    await clock.pass_time(6 * MINUTE)
    assert unread(hass) == "unavailable"
    assert issues(hass) == ["not_supported"]

    http_pbx.errcodes.clear()
    http_pbx.requests.clear()
    await clock.pass_time(HOUR)

    assert unread(hass) == "0"
    assert issues(hass) == []


async def test_presences_that_may_not_be_queried(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The messages are there all the same; one line in the log, one when it is over."""
    expected_warnings.append("PBX denies access to extensions.*Integrations > API")
    http_pbx.errcodes["extension/search"] = DENIED
    await clock.pass_time(2 * HOUR)
    assert unread(hass) == "0"
    assert shown(hass, PRESENCE) == "unavailable"

    http_pbx.errcodes.clear()
    await clock.pass_time(35 * MINUTE)

    assert shown(hass, PRESENCE) == "available"
    lines = [
        record.levelname
        for record in caplog.get_records("call")
        if record.levelname != "DEBUG" and "access to extensions" in record.message
    ]
    assert lines == ["WARNING", "INFO"]


@pytest.mark.parametrize(
    "fault", [Fault.RESET, Fault.SILENT, Fault.FORBIDDEN_403, Fault.UNAVAILABLE_503]
)
async def test_presences_that_cannot_be_queried(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    fault: Fault,
) -> None:
    """Messages still arrive, and the presence is asked for every five minutes or so."""
    http_pbx.faults["extension/search"] = fault
    http_pbx.announce_extension("3200", "UPDATE")
    await clock.pass_time(MINUTE)
    assert shown(hass, PRESENCE) == "unavailable"
    http_pbx.requests.clear()

    left = http_pbx.leave_message("3200", "1")
    await clock.pass_time(HOUR)

    assert arrivals.ids == [left.msg_id]
    assert unread(hass) == "1"
    assert asked(http_pbx)["extension/search"] <= 20
    assert asked(http_pbx)["subscribe"] <= 4
    http_pbx.faults.clear()
    await clock.pass_time(11 * MINUTE)
    assert shown(hass, PRESENCE) == "available"


async def test_a_request_that_takes_no_token(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    expected_warnings: list[str],
) -> None:
    """It costs no new tokens, and no sockets, while the PBX takes them elsewhere."""
    expected_warnings.append("denies access to extensions")
    http_pbx.errcodes["extension/search"] = EXPIRED

    await clock.pass_time(HOUR)

    assert unread(hass) == "0"
    assert asked(http_pbx)["refresh_token"] <= 5
    assert asked(http_pbx)["subscribe"] <= 6


async def test_an_action_leaves_the_next_poll_at_its_time(
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    hass: HomeAssistant,
) -> None:
    """A mailbox that is listed again and again does not keep others from the poll."""
    left = http_pbx.leave_message("3200", "1")
    await poll(leo)
    http_pbx.read_at_phone(left.msg_id)
    for _ in range(8):
        await clock.pass_time(MINUTE)
        await leo.runtime_data.mailboxes.messages.async_update(["3200"])

    assert unread(hass) == "0"


async def test_a_busy_pbx_is_told_that_somebody_listens(
    http_pbx: PbxSimulator, clock: Clock, leo: MockConfigEntry
) -> None:
    """Events that come all the time are no reason to send no heartbeat."""
    for _ in range(20):
        http_pbx.end_call("15550123", "3201")
        await clock.pass_time(10)

    assert http_pbx.events.opened == 1
    assert len(http_pbx.events.open) == 1


@pytest.mark.parametrize("silent", [False, True])
async def test_an_unload_ends_the_listener(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    *,
    silent: bool,
) -> None:
    """No task is left, also where the PBX does not answer."""
    if silent:
        http_pbx.silence_sockets()

    assert await hass.config_entries.async_unload(leo.entry_id)

    assert our_tasks() == []


async def test_a_stop_of_home_assistant_ends_the_listener(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """At once, and what is remembered is written."""
    http_pbx.leave_message("3200", "1")

    await hass.async_stop(force=True)

    assert our_tasks() == []
