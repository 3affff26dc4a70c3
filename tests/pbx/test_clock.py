"""The time of a message whose ID does not say it: the PBX writes it as it likes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.yeastar_vm.pbx.clock import PbxClock
from simulator import DateFormat, MessageIds, TimeFormat
from tests.clock import Clock

from .caller import Caller

BERLIN = ZoneInfo("Europe/Berlin")
KATHMANDU = ZoneInfo("Asia/Kathmandu")  # 5:45 h ahead of UTC
SUMMER = datetime(2026, 7, 5, 12, tzinfo=UTC)
WINTER = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_time_in_ids(caller: Caller) -> None:
    caller.pbx.switches.message_ids = MessageIds.OPAQUE


async def times(caller: Caller, zone: ZoneInfo | None = None) -> list[datetime | None]:
    """Return when messages were left, as a client sees it that expects a zone."""
    client = caller.new(caller.client.sign_in, time_zone=zone)
    found = await client.messages.query(["3200"])
    return [message.time for message in found["3200"]]


def leave(caller: Caller) -> None:
    """Leave a message in a box that has no other."""
    caller.pbx.mailboxes.clear("3200")
    caller.pbx.leave_message("3200", "15550123", announced=False)


@pytest.mark.parametrize("date_format", DateFormat)
@pytest.mark.parametrize("time_format", TimeFormat)
@pytest.mark.parametrize("shown", ["00:30:00", "07:05:09", "12:30:00", "19:59:59"])
async def test_every_format(
    caller: Caller,
    clock: Clock,
    date_format: DateFormat,
    time_format: TimeFormat,
    shown: str,
) -> None:
    """The PBX says in which one it writes, and an offset may be no whole hour."""
    moment = datetime.fromisoformat(f"2026-07-05T{shown}").replace(tzinfo=KATHMANDU)
    switches = caller.pbx.switches
    switches.date_format, switches.time_format = date_format, time_format
    switches.time_zone = KATHMANDU
    clock.move_to(moment)
    leave(caller)

    assert await times(caller) == [moment]


@pytest.mark.parametrize(
    ("zone", "expected", "difference"),
    [
        pytest.param(BERLIN, BERLIN, 0, id="expected"),
        # What it is an hour later in winter is not known.
        pytest.param(BERLIN, None, 1, id="nothing expected"),
        pytest.param(BERLIN, ZoneInfo("America/New_York"), 1, id="another expected"),
        pytest.param(KATHMANDU, BERLIN, 0, id="no daylight saving"),
    ],
)
async def test_a_message_from_before_the_clocks_changed(
    caller: Caller,
    clock: Clock,
    zone: ZoneInfo,
    expected: ZoneInfo | None,
    difference: int,
) -> None:
    """The PBX says only the offset of now; the zone of Home Assistant helps."""
    caller.pbx.switches.time_zone = zone
    clock.move_to(SUMMER)
    leave(caller)
    clock.move_to(WINTER)

    assert await times(caller, expected) == [SUMMER + timedelta(hours=difference)]


@pytest.mark.parametrize("date_format", DateFormat)
async def test_firmware_that_does_not_say_the_format(
    caller: Caller, clock: Clock, date_format: DateFormat
) -> None:
    """A month is never above 12."""
    caller.pbx.switches.system_formats = False
    caller.pbx.switches.date_format = date_format
    clock.move_to(datetime(2026, 7, 25, 12, tzinfo=UTC))
    leave(caller)

    assert await times(caller) == [datetime(2026, 7, 25, 12, tzinfo=UTC)]


NOON = {"system_time": "2026/07/05 12:00:00", "timestamp": 1783252800}


@pytest.mark.parametrize(
    ("data", "hours"),
    [
        pytest.param(NOON, 0, id="UTC"),
        pytest.param({**NOON, "timestamp": 1783252800 - 14 * 3600}, 14, id="far east"),
        pytest.param({**NOON, "timestamp": 1783252800 - 15 * 3600}, 0, id="too far"),
        pytest.param({**NOON, "timestamp": 0}, 0, id="no timestamp"),
        pytest.param({**NOON, "system_time": "noon"}, 0, id="no time"),
        pytest.param({}, 0, id="nothing"),
        pytest.param([], 0, id="no object"),
    ],
)
def test_the_offset_of_a_clock(data: Any, hours: int) -> None:
    """What cannot be one is not believed, and the time is taken for UTC."""
    clock = PbxClock.from_answer({"data": data})

    assert clock.parse("2026/07/05 18:30") == datetime(
        2026, 7, 5, 18, 30, tzinfo=UTC
    ) - timedelta(hours=hours)


@pytest.mark.parametrize(
    ("written", "day_first", "month", "day"),
    [
        ("12/05/2026 10:00", False, 12, 5),
        ("12/05/2026 10:00", True, 5, 12),
        ("05/12/2026 10:00", False, 5, 12),
        ("13/12/2026 10:00", False, 12, 13),
        ("05/13/2026 10:00", True, 5, 13),
    ],
)
def test_which_is_the_month(
    written: str, day_first: bool, month: int, day: int
) -> None:
    """The first one, unless the PBX says otherwise or it is above 12."""
    assert PbxClock(day_first).parse(written) == datetime(
        2026, month, day, 10, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026/02/30 12:00:00", "2026/07/05 25:00:00", "0/0/0 0:00"],
)
def test_what_is_no_time(text: str) -> None:
    """The message has none then."""
    assert PbxClock().parse(text) is None


@pytest.mark.parametrize(
    "written",
    ["0001-01-01 00:00:00", "0000-00-00 00:00:00", "31/12/9999 11:59:59 PM", "never"],
)
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_a_year_that_is_none(written: str, zone: str) -> None:
    """Neither of a message nor of the PBX: elsewhere, it is beyond the calendar."""
    data = {"system_time": written, "timestamp": 253402300799}
    clock = PbxClock.from_answer({"data": data}, ZoneInfo(zone))

    assert clock.parse(written) is None
    assert clock.parse("30/11/2026 10:00:00 AM") == datetime(
        2026, 11, 30, 10, tzinfo=UTC
    )
