"""Messages of boxes: in bounded answers, with the right time."""

from datetime import UTC, datetime
import json
import threading
from zoneinfo import ZoneInfo

from aiohttp.web import Response
import pytest

from custom_components.yeastar_vm.pbx import (
    Connections,
    InternalFault,
    InvalidResponse,
    messages as messages_module,
)
from custom_components.yeastar_vm.pbx.messages import Message
from simulator import EmptyList, MessageIds, SimulatedExtension, UnknownBox
from tests.clock import Clock
from tests.common import MINUTE

from .caller import Caller, one_answer, serve, stranger

BOXES = [str(number) for number in range(1000, 1060)]


def leave(caller: Caller, count: int, *numbers: str) -> None:
    """Leave messages in boxes of a PBX that has these only."""
    caller.pbx.switches.mailbox_limit = 1000
    caller.pbx.extensions = {n: SimulatedExtension(n, f"Person {n}") for n in BOXES}
    for number in numbers:
        for _ in range(count):
            caller.pbx.leave_message(number, "15550123", announced=False)


async def test_many_boxes_with_many_messages(
    signed_in: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer is bounded, and a large one is read beside the event loop."""
    threads = set[int]()
    read = messages_module._read_box

    def read_box(*arguments: object) -> list[Message]:
        threads.add(threading.get_ident())
        return read(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(messages_module, "_read_box", read_box)
    signed_in.pbx.switches.max_page_size = None
    leave(signed_in, 300, *BOXES[:30])

    first = await signed_in.client.messages.query(BOXES)
    asked = signed_in.asked()
    again = await signed_in.client.messages.query(BOXES)

    assert {number: len(found) for number, found in first.items()} == {
        number: 300 if number in BOXES[:30] else 0 for number in BOXES
    }
    assert first == again
    # Once for all boxes, then for at most 4000 messages at once.
    assert asked.count("vm/query") == 1 + 3
    assert signed_in.asked().count("vm/query") == 3
    assert threads - {threading.get_ident()}


async def test_few_boxes_cost_one_request(signed_in: Caller) -> None:
    """Also where the PBX leaves out what is empty."""
    leave(signed_in, 2, *BOXES[:3])
    signed_in.pbx.switches.empty_list = EmptyList.BARE

    found = await signed_in.client.messages.query(BOXES[:5])

    assert [len(found[number]) for number in BOXES[:5]] == [2, 2, 2, 0, 0]
    [request] = signed_in.pbx.requests
    assert request.endpoint == "vm/query"
    assert request.query["number"] == ",".join(BOXES[:5])
    assert request.query["page"] == "1"


async def test_a_box_with_more_messages_than_a_page(signed_in: Caller) -> None:
    """All of them are read, the newest one first."""
    leave(signed_in, 620, BOXES[0])

    found = await signed_in.client.messages.query([BOXES[0]])

    times = [message.message_id for message in found[BOXES[0]]]
    assert len(set(times)) == 620
    assert times == sorted(times, reverse=True)


async def test_rows_that_are_no_messages(connections: Connections) -> None:
    """They are left out, and so is a box that nobody asked for."""
    good = {"msg_id": "1790000000-00000001", "number": "15550123", "duration": "7"}
    rows = [good, {"number": "15550124"}, {"msg_id": ""}, "no message", None]
    boxes = [
        {"number": "3200", "total_number": len(rows), "data": rows},
        {"number": "3999", "total_number": 1, "data": [good]},
    ]
    answer = json.dumps({"errcode": 0, "errmsg": "SUCCESS", "voicemail_list": boxes})
    async with one_answer(answer) as base_url:
        found = await stranger(connections, base_url).messages.query(["3200"])

    assert found == {
        "3200": [
            Message(
                "3200",
                "1790000000-00000001",
                datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC),
                "15550123",
                "",
                7,
                is_read=False,
            )
        ]
    }


async def test_an_answer_that_is_too_large(connections: Connections) -> None:
    """It is not read: messages of the largest query take about a megabyte."""
    answer = json.dumps({"errcode": 0, "voicemail_list": []})
    padding = " " * (16 * 1024 * 1024)
    async with one_answer(answer + padding) as base_url:
        with pytest.raises(InvalidResponse):
            await stranger(connections, base_url).messages.query(["3200"])


async def test_very_many_boxes(signed_in: Caller) -> None:
    """Their numbers fit into the URLs of a few requests, whether they exist or not."""
    numbers = [str(number) for number in range(5000, 5250)]

    assert await signed_in.client.messages.query(numbers) == {}
    assert signed_in.asked() == ["vm/query"] * 2


async def test_messages_of_which_little_is_known(connections: Connections) -> None:
    """Those of an unknown time come last; no message lasts a day."""
    rows = [
        {"msg_id": "4", "duration": True},
        {"msg_id": "5", "duration": 86_400},
        {"msg_id": "6", "duration": 86_399},
        {"msg_id": "7"},
        {"msg_id": "8", "duration": -1},
        {"msg_id": "1790000000-00000001"},
        {"msg_id": "1790000000-00000002"},
    ]
    box = {"number": "3200", "total_number": len(rows), "data": rows}
    answer = json.dumps({"errcode": 0, "errmsg": "SUCCESS", "voicemail_list": [box]})
    async with serve([Response(text=answer), Response()]) as base_url:
        found = await stranger(connections, base_url).messages.query(["3200"])

    assert [(each.message_id, each.duration) for each in found["3200"]] == [
        ("1790000000-00000002", 0),
        ("1790000000-00000001", 0),
        ("8", 0),
        ("7", 0),
        ("6", 86_399),
        ("5", 0),
        ("4", 0),
    ]


async def test_the_clock_of_the_pbx_is_asked_for_once_an_hour(
    signed_in: Caller, clock: Clock
) -> None:
    """Where the ID of a message does not say its time."""
    signed_in.pbx.switches.message_ids = MessageIds.OPAQUE
    signed_in.pbx.leave_message("3200", "15550123", announced=False)
    counts = []
    for minutes in (0, 1, 58, 2):
        clock.tick(minutes * MINUTE)
        await signed_in.client.messages.query(["3200"])
        counts.append(signed_in.asked().count("system/information"))

    assert counts == [1, 0, 0, 1]


async def test_a_pbx_that_fails_for_a_box(signed_in: Caller) -> None:
    """It is told apart from other errors of its own."""
    signed_in.pbx.switches.unknown_box = UnknownBox.INTERNAL_ERROR

    with pytest.raises(InternalFault):
        await signed_in.client.messages.query(["3200", "9999"])


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
async def test_the_time_of_a_message_after_daylight_saving(
    caller: Caller, clock: Clock, zone: str
) -> None:
    """Where its ID does not say it, the clock of the PBX does, and changes."""
    caller.pbx.switches.message_ids = MessageIds.OPAQUE
    caller.pbx.switches.time_zone = ZoneInfo(zone)
    client = caller.new(caller.client.sign_in)
    for moment in (
        datetime(2026, 7, 1, 12, tzinfo=UTC),
        datetime(2026, 12, 1, 12, tzinfo=UTC),
    ):
        clock.move_to(moment)
        left = caller.pbx.leave_message("3200", "15550123", announced=False)
        found = await client.messages.query(["3200"])

        [message] = [m for m in found["3200"] if m.message_id == left.msg_id]
        assert message.time == moment
