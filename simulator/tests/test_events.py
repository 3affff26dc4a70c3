"""Events over a WebSocket: subscribing, staying connected, and what goes wrong."""

import asyncio
from collections.abc import Callable
import json

from aiohttp import (
    ClientWSTimeout,
    ServerDisconnectedError,
    WSCloseCode,
    WSMsgType,
    WSServerHandshakeError,
)
import pytest

from simulator import (
    Fault,
    HeartbeatAnswer,
    PbxSimulator,
    Phone,
    SocketEnd,
    SocketRefusal,
)

from .common import INTERFACE_NOT_EXISTED, SUCCESS, TOKEN_EXPIRED, Client, Clock
from .websocket import connected, nothing_more, subscribe

CALL_STATE, EXTENSION_CHANGED = 30008, 30022
EVERYTHING = [30008, 30009, 30012, 30022]


# Subscribing


async def test_event_of_a_topic(client: Client) -> None:
    """``msg`` is a JSON text inside JSON."""
    async with connected(client, [CALL_STATE]) as websocket:
        await client.get(
            "extension_vm_greeting/record", owner="3200", recorder="3201", file="new"
        )

        event = await websocket.receive_json()

    assert event == {
        "type": CALL_STATE,
        "sn": "3631A2124001",
        "msg": '{"extension": "3201", "status": "Ringing"}',
    }


async def test_msg_as_an_object(client: Client) -> None:
    """Clients have seen that, too."""
    client.pbx.switches.event_msg_as_text = False
    async with connected(client, [EXTENSION_CHANGED]) as websocket:
        client.pbx.announce_extension("3200", "UPDATE")

        event = await websocket.receive_json()

    assert event["msg"] == {"ext_number": "3200", "option": "UPDATE"}


@pytest.mark.parametrize("has_sn", [False, True])
async def test_serial_number_of_30022(client: Client, has_sn: bool) -> None:
    """Its table has none."""
    client.pbx.switches.extension_event_sn = has_sn
    async with connected(client, [EXTENSION_CHANGED]) as websocket:
        client.pbx.announce_extension("3200", "UPDATE")

        event = await websocket.receive_json()

    assert ("sn" in event) is has_sn


async def test_no_topic(client: Client) -> None:
    """Whoever subscribed to nothing is told nothing."""
    async with connected(client) as websocket:
        client.pbx.announce_extension("3200", "UPDATE")

        assert await nothing_more(websocket)


async def test_other_topic(client: Client) -> None:
    """Nor is who subscribed to something else."""
    async with connected(client, [CALL_STATE]) as websocket:
        client.pbx.announce_extension("3200", "UPDATE")

        assert await nothing_more(websocket)


async def test_new_list_of_topics(client: Client) -> None:
    """Takes the place of the one before; an empty one ends all subscriptions."""
    async with connected(client, EVERYTHING) as websocket:
        await subscribe(websocket, [EXTENSION_CHANGED])
        client.pbx.announce_extension("3200", "UPDATE")
        event = await websocket.receive_json()
        unsubscribed = await subscribe(websocket, [])
        client.pbx.announce_extension("3200", "UPDATE")

        assert event["type"] == EXTENSION_CHANGED
        assert unsubscribed == SUCCESS
        assert await nothing_more(websocket)


@pytest.mark.parametrize(
    ("frame", "errcode"),
    [
        ("", 40001),
        ("topics", 40001),
        ("[]", 40002),
        ("null", 40002),
        ("{}", 40002),
        ('{"topic_list": null}', 40002),
        ('{"topic_list": "30012"}', 40002),
        ('{"topic_list": ["30012"]}', 40002),
        ('{"topic_list": [true]}', 40002),
    ],
)
async def test_frame_that_is_no_list_of_topics(
    client: Client, frame: str, errcode: int
) -> None:
    """Is refused, and what was subscribed to stays."""
    async with connected(client, [EXTENSION_CHANGED]) as websocket:
        await websocket.send_str(frame)
        answer = await websocket.receive_json()
        client.pbx.announce_extension("3200", "UPDATE")

        assert answer["errcode"] == errcode
        assert (await websocket.receive_json())["type"] == EXTENSION_CHANGED


async def test_each_socket_has_its_topics(client: Client) -> None:
    """What one subscribes to is sent to no other."""
    async with connected(client, EVERYTHING) as one, connected(client, []) as other:
        client.pbx.announce_extension("3200", "UPDATE")

        assert (await one.receive_json())["type"] == EXTENSION_CHANGED
        assert await nothing_more(other)
        assert len(client.pbx.events.open) == 2


async def test_calls_of_a_phone(client: Client, clock: Clock) -> None:
    """30008 says how far the call of a recording is."""
    client.pbx.calls.phones["3201"] = Phone(rings=1, talks=1)
    async with connected(client, [CALL_STATE]) as websocket:
        await client.get(
            "extension_vm_greeting/record", owner="3200", recorder="3201", file="new"
        )
        clock.now += 2
        client.pbx.timeline.run_due()

        events = [await websocket.receive_json() for _ in range(3)]

    states = [json.loads(event["msg"])["status"] for event in events]
    assert states == ["Ringing", "Busy", "Idle"]


async def test_extension_that_is_not_monitored(client: Client) -> None:
    """The administrator chooses whose states are sent."""
    client.pbx.switches.monitored = frozenset({"3200"})
    async with connected(client, [CALL_STATE]) as websocket:
        for recorder in ("3201", "3200"):
            await client.get(
                "extension_vm_greeting/record",
                owner="3200",
                recorder=recorder,
                file="new",
            )

        event = await websocket.receive_json()

        assert json.loads(event["msg"])["extension"] == "3200"
        assert await nothing_more(websocket)


# Staying connected


async def test_silence(client: Client, clock: Clock) -> None:
    """A client that says nothing for 60 seconds is disconnected."""
    async with connected(client) as websocket:
        clock.now += 59.9
        client.pbx.timeline.run_due()
        before = client.pbx.events.open
        clock.now += 0.1
        client.pbx.timeline.run_due()

        message = await websocket.receive()

    assert len(before) == 1
    assert message.type is WSMsgType.CLOSE
    assert client.pbx.events.open == []


async def test_heartbeat(client: Client, clock: Clock) -> None:
    """A text every minute keeps the connection; the answer is a text, too."""
    async with connected(client) as websocket:
        for _ in range(3):
            clock.now += 59
            await websocket.send_str("heartbeat")

            assert await websocket.receive_str() == "heartbeat response"


@pytest.mark.parametrize(
    ("how", "answer"),
    [(HeartbeatAnswer.TEXT, "heartbeat response"), (HeartbeatAnswer.SUCCESS, SUCCESS)],
)
async def test_answer_to_a_heartbeat(
    client: Client, how: HeartbeatAnswer, answer: object
) -> None:
    """It may be that of a subscription."""
    client.pbx.switches.heartbeat_answer = how
    async with connected(client) as websocket:
        await websocket.send_str("heartbeat")

        received = await websocket.receive_str()

    assert answer in (received, json.loads(received) if "{" in received else None)


async def test_what_is_not_answered(client: Client) -> None:
    """It is heard all the same: the socket lasts, and events come."""
    client.pbx.switches.heartbeat_answer = HeartbeatAnswer.NONE
    client.pbx.switches.subscription_answered = False
    async with connected(client) as websocket:
        await websocket.send_json({"topic_list": [EXTENSION_CHANGED]})
        await websocket.send_str("heartbeat")
        await _until(lambda: bool(client.pbx.events.open[0].topics))
        client.pbx.announce_extension("3200", "UPDATE")

        assert (await websocket.receive_json())["type"] == EXTENSION_CHANGED


async def test_timer(client: Client) -> None:
    """With the real time nobody has to ask."""
    async with PbxSimulator(https=False) as pbx:
        pbx.switches.silence_seconds = 0.01
        own = Client(pbx, client.session)
        await own.login()
        async with connected(own) as websocket:
            assert (await websocket.receive()).type is WSMsgType.CLOSE


async def test_ping(client: Client, clock: Clock) -> None:
    """It does not count as something that is said."""
    async with connected(client) as websocket:
        clock.now += 59
        await websocket.ping()
        await _until(lambda: bool(client.pbx.events.open[0].pings))
        clock.now += 59
        client.pbx.timeline.run_due()

        assert client.pbx.events.open[0].ended


async def test_cut(client: Client, clock: Clock) -> None:
    """The PBX may hang up without a close frame."""
    client.pbx.switches.socket_end = SocketEnd.CUT
    async with connected(client) as websocket:
        clock.now += 60
        client.pbx.timeline.run_due()

        message = await websocket.receive()

    assert message.type in (WSMsgType.CLOSED, WSMsgType.ERROR)


# Tokens


async def test_token_that_expires(client: Client, clock: Clock) -> None:
    """A frame says so, and the socket ends."""
    client.pbx.switches.silence_seconds = 3600
    async with connected(client, EVERYTHING) as websocket:
        clock.now += 1799
        client.pbx.timeline.run_due()
        kept = await nothing_more(websocket)
        clock.now += 1
        client.pbx.timeline.run_due()

        frame = await websocket.receive_json()
        end = await websocket.receive()

    assert kept
    assert frame == TOKEN_EXPIRED
    assert end.type is WSMsgType.CLOSE


@pytest.mark.parametrize("how", ["revoked", "refreshed"])
async def test_token_that_is_given_up(stranger: Client, how: str) -> None:
    """Is as good as an expired one."""
    tokens = await stranger.login()
    async with connected(stranger) as websocket:
        if how == "revoked":
            await stranger.get("del_token")
        else:
            await stranger.refresh(tokens["refresh_token"])

        assert await websocket.receive_json() == TOKEN_EXPIRED


async def test_socket_that_outlives_its_token(client: Client) -> None:
    """Whether the PBX ends it is not documented; it is told nothing more."""
    client.pbx.switches.ends_with_token = False
    async with connected(client, EVERYTHING) as websocket:
        await client.get("del_token")
        first = await websocket.receive_json()
        client.pbx.announce_extension("3200", "UPDATE")
        await websocket.send_str("heartbeat")

        assert first == TOKEN_EXPIRED
        assert await websocket.receive_json() == TOKEN_EXPIRED


async def test_refused_token(stranger: Client) -> None:
    """The answer is one of the API, so that there is no WebSocket."""
    with pytest.raises(WSServerHandshakeError) as refused:
        async with connected(stranger):
            pass

    reply = await stranger.send("GET", "/openapi/v1.0/subscribe")
    assert refused.value.status == 200
    assert json.loads(reply.body) == TOKEN_EXPIRED
    assert stranger.pbx.events.opened == 0


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (SocketRefusal.HTTP_400, 400),
        (SocketRefusal.HTTP_401, 401),
        (SocketRefusal.HTTP_403, 403),
    ],
)
async def test_refused_token_as_http_status(
    stranger: Client, refusal: SocketRefusal, status: int
) -> None:
    """It may also be a status; elsewhere the API answers as ever."""
    stranger.pbx.switches.socket_refusal = refusal

    with pytest.raises(WSServerHandshakeError) as refused:
        async with connected(stranger):
            pass

    assert refused.value.status == status
    assert await stranger.get("system/information") == TOKEN_EXPIRED


@pytest.mark.parametrize(
    ("refusal", "frames"),
    [(SocketRefusal.FRAME, [TOKEN_EXPIRED]), (SocketRefusal.CLOSE_FRAME, [])],
)
async def test_refused_token_as_frame(
    stranger: Client, refusal: SocketRefusal, frames: list[object]
) -> None:
    """It may also be the first frame, or the end without one."""
    stranger.pbx.switches.socket_refusal = refusal

    async with connected(stranger) as websocket:
        received = [await websocket.receive_json() for _ in frames]
        end = await websocket.receive()

    assert received == frames
    assert end.type is WSMsgType.CLOSE


async def test_refused_token_without_a_word(stranger: Client) -> None:
    """The connection ends in the handshake, or a socket opens and says nothing."""
    stranger.pbx.switches.socket_refusal = SocketRefusal.CUT
    with pytest.raises(ServerDisconnectedError):
        async with connected(stranger):
            pass

    stranger.pbx.switches.socket_refusal = SocketRefusal.DEAF
    async with connected(stranger) as websocket:
        await websocket.send_str("heartbeat")
        with pytest.raises(TimeoutError):
            await websocket.receive(timeout=0.1)
        await stranger.pbx.stop()


# No WebSocket


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault.NOT_FOUND_404, 404), (Fault.BAD_GATEWAY_502, 502), (Fault.HTML, 200)],
)
async def test_gateway_without_websocket(
    client: Client, fault: Fault, status: int
) -> None:
    """A gateway in front answers in place of the PBX."""
    client.pbx.faults["subscribe"] = fault

    with pytest.raises(WSServerHandshakeError) as refused:
        async with connected(client):
            pass

    assert refused.value.status == status


async def test_firmware_without_websocket(client: Client) -> None:
    """Has no such endpoint."""
    client.pbx.switches.event_endpoint = False

    assert await client.get("subscribe") == INTERFACE_NOT_EXISTED


@pytest.mark.parametrize(("first", "dead"), [(False, 200), (True, 400)])
async def test_plain_request(client: Client, first: bool, dead: int) -> None:
    """What is no WebSocket is no request for events, whether or not its token lives.

    Real ones were seen to look at that first.
    """
    client.pbx.switches.upgrade_before_token = first
    path = "/openapi/v1.0/subscribe?access_token="

    statuses = [
        (await client.send("GET", f"{path}{token}")).status
        for token in (client.access_token, "dead")
    ]

    assert statuses == [400, dead]


# What goes wrong


async def test_sockets_that_are_dropped(client: Client) -> None:
    """All of them end at once; a new one can be had."""
    async with connected(client) as one, connected(client) as other:
        client.pbx.drop_sockets()
        ends = [await one.receive(), await other.receive()]
    async with connected(client) as again:
        assert await nothing_more(again)

    assert all(end.type in (WSMsgType.CLOSED, WSMsgType.ERROR) for end in ends)
    assert client.pbx.events.opened == 3


async def test_sockets_that_die_silently(client: Client, clock: Clock) -> None:
    """Nothing comes through, and nobody is told; not even a close is answered."""
    pbx = client.pbx
    async with client.session.ws_connect(
        pbx.base_url + "/openapi/v1.0/subscribe",
        params={"access_token": client.access_token},
        ssl=False,
        timeout=ClientWSTimeout(ws_close=0.1),
    ) as websocket:
        await subscribe(websocket, EVERYTHING)
        pbx.silence_sockets()
        pbx.announce_extension("3200", "UPDATE")
        await websocket.send_str("heartbeat")
        await websocket.ping()
        clock.now += 3600
        pbx.timeline.run_due()

        with pytest.raises(TimeoutError):
            await websocket.receive(timeout=0.1)
        assert not websocket.closed
        await websocket.close()

    assert websocket.close_code == WSCloseCode.ABNORMAL_CLOSURE
    await _until(lambda: not pbx.events.open)


async def test_reboot(client: Client) -> None:
    """Ends all sockets."""
    async with connected(client) as websocket:
        client.pbx.reboot()

        end = await websocket.receive()

    assert end.type in (WSMsgType.CLOSED, WSMsgType.ERROR)


@pytest.mark.usefixtures("freezer")
async def test_stop_does_not_wait_for_sockets(client: Client) -> None:
    """A PBX that is switched off is gone at once, even while time stands still."""
    async with connected(client) as websocket:
        await client.pbx.stop()

        assert (await websocket.receive()).type in (
            WSMsgType.CLOSED,
            WSMsgType.ERROR,
        )


async def test_client_that_leaves(client: Client) -> None:
    """Is sent nothing more."""
    async with connected(client, EVERYTHING) as websocket:
        await websocket.close()

    await _until(lambda: not client.pbx.events.open)


async def test_frame_of_a_test(client: Client) -> None:
    """A test can send what it likes."""
    async with connected(client, []) as websocket:
        client.pbx.events.send_frame("anything")
        client.pbx.events.send_frame(b"\0")

        assert await websocket.receive_str() == "anything"
        assert await websocket.receive_bytes() == b"\0"


async def _until(done: Callable[[], bool]) -> None:
    """Let the PBX act until it has come to that."""
    while not done():  # noqa: ASYNC110  it has no event for tests
        await asyncio.sleep(0)
