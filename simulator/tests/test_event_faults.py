"""Events that are lost, late, twice or malformed."""

import json

from aiohttp import WSMsgType
import pytest

from simulator import EventFault

from .common import Client
from .websocket import connected

EXTENSION_CHANGED = 30022
EVERYTHING = [30008, 30009, 30012, 30022]


async def test_late_event(client: Client) -> None:
    """It comes after the next one, or when the test wants it."""
    events = client.pbx.events
    async with connected(client, EVERYTHING) as websocket:
        for number in ("1", "2"):
            events.faults[EXTENSION_CHANGED] = EventFault.LATE
            client.pbx.announce_extension(number, "UPDATE")
            if number == "1":
                events.release()
        del events.faults[EXTENSION_CHANGED]
        client.pbx.announce_extension("3", "UPDATE")

        frames = [await websocket.receive_json() for _ in range(3)]

    order = [json.loads(frame["msg"])["ext_number"] for frame in frames]
    assert order == ["1", "3", "2"]


EVENT = json.dumps(
    {"type": 30022, "msg": json.dumps({"ext_number": "1", "option": "UPDATE"})}
)


@pytest.mark.parametrize(
    ("fault", "frames"),
    [
        (EventFault.LOST, []),
        (EventFault.TWICE, [EVENT, EVENT]),
        (EventFault.NOT_JSON, [EVENT[: len(EVENT) // 2]]),
        (EventFault.UNESCAPED, [EVENT.replace("\\", "")]),
        (
            EventFault.UNESCAPED_LINES,
            [
                '{"type": 30022, "msg": "{\n'
                '    "ext_number": "1",\n    "option": "UPDATE"\n}"}'
            ],
        ),
        (EventFault.BINARY, [EVENT.encode()]),
        (EventFault.JSON_LIST, [f"[{EVENT}]"]),
        (EventFault.MSG_NOT_JSON, ['{"type": 30022, "msg": "{"}']),
        (EventFault.MSG_LIST, ['{"type": 30022, "msg": []}']),
        (EventFault.MSG_NULL, ['{"type": 30022, "msg": null}']),
        (EventFault.MSG_EMPTY, ['{"type": 30022, "msg": {}}']),
        (EventFault.NO_MSG, ['{"type": 30022}']),
        (EventFault.TYPE_AS_TEXT, [EVENT.replace("30022", '"30022"')]),
        (EventFault.UNKNOWN_TYPE, [EVENT.replace("30022", "39999")]),
    ],
)
async def test_event_fault(
    client: Client, fault: EventFault, frames: list[str | bytes]
) -> None:
    """An event can be lost, doubled or spoiled; other types come through."""
    client.pbx.events.faults[EXTENSION_CHANGED] = fault
    async with connected(client, EVERYTHING) as websocket:
        client.pbx.announce_extension("1", "UPDATE")
        client.pbx.events.send_frame("end")

        received = [(await websocket.receive()).data for _ in range(len(frames) + 1)]

    assert received == [*frames, "end"]


async def test_huge_event(client: Client) -> None:
    """No client has to read 16 MiB."""
    client.pbx.events.faults[EXTENSION_CHANGED] = EventFault.HUGE
    async with connected(client, EVERYTHING) as websocket:
        client.pbx.announce_extension("1", "UPDATE")

        message = await websocket.receive()

    assert message.type is WSMsgType.ERROR
