"""Event 30012: that a message was left, and that calls ended otherwise."""

import json
from typing import Any

from aiohttp import ClientWebSocketResponse
import pytest

from simulator import (
    CallParties,
    CallStatus,
    Delay,
    EventFault,
    GroupMode,
    SimulatedGroup,
    default_groups,
)

from .common import Client, Clock
from .websocket import connected, nothing_more

CALL_ENDED = 30012


async def call_of(websocket: ClientWebSocketResponse) -> dict[str, Any]:
    """Return what the next event says of a call."""
    event = await websocket.receive_json()
    assert event["type"] == CALL_ENDED
    msg: dict[str, Any] = json.loads(event["msg"])
    return msg


async def test_message_from_outside(client: Client) -> None:
    """All fields of the documents, in the format of its example."""
    async with connected(client, [CALL_ENDED]) as websocket:
        message = client.pbx.leave_message("3200", "15550123", "Anna", duration=10)

        call = await call_of(websocket)

    assert call.pop("call_id").startswith("1755852270.")
    assert call == {
        "time_start": "2025-08-22 08:44:30",
        "call_from": "15550123",
        "call_to": "3200",
        "call_duration": 10,
        "talk_duration": 10,
        "src_trunk_name": "Trunk",
        "dst_trunk_name": " ",
        "pin_code": " ",
        "status": "VOICEMAIL",
        "type": "Inbound",
        "recording": " ",
        "did_number": " ",
        "agent_ring_time": 0,
        "uid": message.uid,
        "call_note_id": "",
        "enb_call_note": 0,
    }


async def test_message_from_inside(client: Client) -> None:
    """Another extension left it."""
    async with connected(client, [CALL_ENDED]) as websocket:
        client.pbx.leave_message("3200", "3201")

        call = await call_of(websocket)

    assert (call["type"], call["src_trunk_name"]) == ("Internal", " ")


async def test_firmware_of_2023(client: Client) -> None:
    """As it was seen: without a uid, so that the message can only be looked for."""
    client.pbx.switches.call_event_of_2023 = True
    async with connected(client, [CALL_ENDED]) as websocket:
        client.pbx.end_call("703", "0123456789", CallStatus.BUSY)

        call = await call_of(websocket)

    assert call.pop("call_id").startswith("1755852280.")
    assert call == {
        "time_start": "2025-08-22 08:44:40",
        "call_from": "703",
        "call_to": "0123456789",
        "call_duration": 0,
        "talk_duration": 0,
        "src_trunk_name": "Trunk",
        "dst_trunk_name": "",
        "pin_code": "",
        "status": "BUSY",
        "type": "Inbound",
        "recording": "",
        "did_number": "",
        "agent_ring_time": 0,
    }


@pytest.mark.parametrize(
    ("parties", "caller", "extension", "group"),
    [
        (CallParties.NUMBER, "15550123", "3200", "6400"),
        (CallParties.NAMED, "Anna<15550123>", "Leo Ball<3200>", "Support<6400>"),
        (CallParties.TYPED, "Anna<15550123>", "Leo Ball<3200>", "Queue Support<6400>"),
        (CallParties.WORDS, "Anna<15550123>", "Leo Ball", "Support"),
    ],
)
async def test_how_caller_and_callee_are_written(
    client: Client, parties: CallParties, caller: str, extension: str, group: str
) -> None:
    """All forms were seen; which one a message has is not known."""
    client.pbx.switches.call_parties = parties
    client.pbx.groups = default_groups()
    async with connected(client, [CALL_ENDED]) as websocket:
        client.pbx.leave_message("3200", "15550123", "Anna")
        client.pbx.leave_message("6400", "15550124")

        calls = [await call_of(websocket) for _ in range(2)]

    assert [(call["call_from"], call["call_to"]) for call in calls] == [
        (caller, extension),
        ("15550124", group),
    ]


async def test_stages_of_a_call(client: Client) -> None:
    """Each has an event of its own, and the IDs are those of the call."""
    client.pbx.switches.call_event_stages = True
    client.pbx.switches.call_parties = CallParties.TYPED
    async with connected(client, [CALL_ENDED]) as websocket:
        client.pbx.leave_message("3200", "15550123")

        ivr, box = [await call_of(websocket) for _ in range(2)]

    assert (ivr["call_to"], ivr["status"]) == ("IVR Main<6200>", "ANSWERED")
    assert (box["call_to"], box["status"]) == ("Leo Ball<3200>", "VOICEMAIL")
    assert (ivr["uid"], ivr["call_id"]) == (box["uid"], box["call_id"])


async def test_two_boxes_of_one_call(client: Client, clock: Clock) -> None:
    """A queue's voicemail goes on to another box: each has its message."""
    client.pbx.groups = default_groups()
    async with connected(client, [CALL_ENDED]) as websocket:
        first = client.pbx.leave_message("6400", "15550123")
        clock.now += 40
        second = client.pbx.leave_message("3200", "15550123", uid=first.uid)

        calls = [await call_of(websocket) for _ in range(2)]

    assert [call["call_to"] for call in calls] == ["6400", "3200"]
    assert {call["uid"] for call in calls} == {first.uid} == {second.uid}
    assert len({call["call_id"] for call in calls}) == 1
    assert first.msg_id != second.msg_id


async def test_message_without_an_event(client: Client) -> None:
    """One that was forwarded, or left before anybody listened."""
    async with connected(client, [CALL_ENDED]) as websocket:
        client.pbx.leave_message("3200", "1", announced=False)

        assert await nothing_more(websocket)
        assert (await client.get("vm/get", number="3200"))["total_number"] == 1


async def test_message_that_is_listed_after_its_event(
    client: Client, clock: Clock
) -> None:
    """Neither the list nor the call leads to it before."""
    client.pbx.switches.message_listed_after = 2
    async with connected(client, [CALL_ENDED]) as websocket:
        client.pbx.leave_message("3200", "1")
        uid = (await call_of(websocket))["uid"]
        early = await client.get("vm/download", uid=uid)
        clock.now += 2
        late = await client.get("vm/download", uid=uid)

    assert (early["errcode"], late["errcode"]) == (60001, 0)


@pytest.mark.parametrize("mode", list(GroupMode))
async def test_message_for_a_group(client: Client, mode: GroupMode) -> None:
    """There was one call, to the group."""
    client.pbx.groups["6300"] = SimulatedGroup(
        "6300", "Sales", ["3200", "3201"], mode=mode
    )
    async with connected(client, [CALL_ENDED]) as websocket:
        client.pbx.leave_message("6300", "1")

        assert (await call_of(websocket))["call_to"] == "6300"
        assert await nothing_more(websocket)


async def test_what_happens_at_a_phone(client: Client) -> None:
    """Hearing and deleting there gives no event."""
    message = client.pbx.leave_message("3200", "1")
    async with connected(client, [30008, 30009, CALL_ENDED, 30022]) as websocket:
        client.pbx.read_at_phone(message.msg_id)
        client.pbx.delete_at_phone(message.msg_id)

        assert await nothing_more(websocket)


@pytest.mark.parametrize(
    "status", [CallStatus.ANSWERED, CallStatus.NO_ANSWER, CallStatus.BUSY]
)
async def test_call_without_a_message(client: Client, status: CallStatus) -> None:
    """Ends with an event all the same."""
    async with connected(client, [CALL_ENDED]) as websocket:
        client.pbx.end_call("3201", "3200", status, duration=7)

        call = await call_of(websocket)

    assert (call["status"], call["call_duration"]) == (status, 7)
    assert (await client.get("vm/get", number="3200"))["total_number"] == 0


async def test_events_that_change_places(client: Client) -> None:
    """The message that was left first is told of last."""
    async with connected(client, [CALL_ENDED]) as websocket:
        client.pbx.events.faults[CALL_ENDED] = EventFault.LATE
        client.pbx.leave_message("3200", "1")
        del client.pbx.events.faults[CALL_ENDED]
        client.pbx.leave_message("3200", "2")

        callers = [(await call_of(websocket))["call_from"] for _ in range(2)]

    assert callers == ["2", "1"]


async def test_slow_pbx(client: Client) -> None:
    """A socket opens late, and is one all the same."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    client.pbx.sleep = sleep
    client.pbx.faults["*"] = Delay(5)
    async with connected(client, [CALL_ENDED]) as websocket:
        client.pbx.leave_message("3200", "1")

        assert (await call_of(websocket))["status"] == "VOICEMAIL"
    assert waited == [5]
