"""The WebSocket of the events: when it is tried again, and what its frames may be."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
import json

import pytest

from custom_components.yeastar_vm.pbx import (
    CannotConnect,
    Connected,
    Disconnected,
    VoicemailLeft,
)
from custom_components.yeastar_vm.pbx.events import (
    HEARTBEAT,
    PAUSE_FOR_A_PERSON,
    StreamEvent,
    _read_frame,
)
from custom_components.yeastar_vm.pbx.http.bodies import RawAnswer
from custom_components.yeastar_vm.pbx.http.endpoint import SUBSCRIBE
from simulator import Fault, HeartbeatAnswer, SocketRefusal
from tests.clock import Clock
from tests.common import HOUR, MINUTE

from .caller import Caller


async def next_event(events: AsyncIterator[StreamEvent]) -> StreamEvent:
    """Return the next event."""
    return await anext(events)


@pytest.mark.parametrize(
    "refusal",
    [SocketRefusal.ANSWER, SocketRefusal.HTTP_400, SocketRefusal.HTTP_401],
)
async def test_a_reboot_that_loses_the_tokens(
    caller: Caller, clock: Clock, refusal: SocketRefusal
) -> None:
    """The PBX is asked whether the token was why, and there are events again soon."""
    caller.pbx.switches.socket_refusal = refusal
    caller.pbx.switches.upgrade_before_token = True
    started = asyncio.get_running_loop().time()
    async with aclosing(caller.client.listen()) as events:
        with clock.running():
            assert await next_event(events) == Connected()
            caller.pbx.reboot()
            caller.pbx.drop_sockets()
            assert isinstance(await next_event(events), Disconnected)
            assert await next_event(events) == Connected()

    assert asyncio.get_running_loop().time() - started < HOUR / 2
    assert "system/information" in caller.asked()


async def test_sockets_that_end_at_once(caller: Caller, clock: Clock) -> None:
    """They are opened ever less often, until one lasts."""

    async def reconnected(events: AsyncIterator[StreamEvent]) -> float:
        """Return how long it takes until there are events again."""
        started = asyncio.get_running_loop().time()
        caller.pbx.drop_sockets()
        assert isinstance(await next_event(events), Disconnected)
        assert await next_event(events) == Connected()
        return asyncio.get_running_loop().time() - started

    async with aclosing(caller.client.listen()) as events:
        with clock.running():
            assert await next_event(events) == Connected()
            pauses = [await reconnected(events) for _ in range(11)]
        lasting = asyncio.ensure_future(next_event(events))
        await clock.pass_time(MINUTE)
        caller.pbx.drop_sockets()
        with clock.running():
            assert isinstance(await lasting, Disconnected)
            started = asyncio.get_running_loop().time()
            assert await next_event(events) == Connected()

    for count, pause in enumerate(pauses):
        longest = min(2**count, 5 * MINUTE)
        assert longest / 2 <= pause <= longest + 0.1
    assert asyncio.get_running_loop().time() - started <= 1


async def test_a_pbx_that_refuses_events(caller: Caller, clock: Clock) -> None:
    """It is asked twice an hour at most."""
    caller.pbx.switches.permissions_missing = frozenset({"subscribe"})
    async with aclosing(caller.client.listen()) as events:
        assert isinstance(await next_event(events), Disconnected)
        waiting = asyncio.ensure_future(next_event(events))
        for _ in range(HOUR // 60):
            clock.tick(60)
            for _ in range(30):
                await asyncio.sleep(0)
        assert not waiting.done()  # It is told once.
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    assert caller.asked().count("subscribe") <= 3
    assert PAUSE_FOR_A_PERSON == HOUR


async def test_a_start_with_a_token_that_is_dead(
    signed_in: Caller, clock: Clock
) -> None:
    """The PBX was restarted meanwhile: there are events as soon as it has another."""
    signed_in.pbx.reboot()
    async with aclosing(signed_in.client.listen()) as events:
        with clock.running():
            assert isinstance(await next_event(events), Disconnected)
            started = asyncio.get_running_loop().time()
            assert await next_event(events) == Connected()

    assert asyncio.get_running_loop().time() - started <= 2


async def test_a_sign_in_that_the_pbx_wants_later(caller: Caller, clock: Clock) -> None:
    """It is tried then, and not before."""
    caller.pbx.errcodes["get_token"] = 60002
    started = asyncio.get_running_loop().time()
    async with aclosing(caller.client.listen()) as events:
        assert isinstance(await next_event(events), Disconnected)
        caller.pbx.errcodes.clear()
        with clock.running():
            assert await next_event(events) == Connected()

    taken = asyncio.get_running_loop().time() - started
    assert 5 * MINUTE <= taken <= 5 * MINUTE + 1.1
    assert caller.asked() == ["get_token", "get_token", "subscribe"]


async def test_a_socket_that_dies_without_a_word(caller: Caller, clock: Clock) -> None:
    """It is noticed by a heartbeat that is not answered."""
    async with aclosing(caller.client.listen()) as events:
        with clock.running():
            assert await next_event(events) == Connected()
            started = asyncio.get_running_loop().time()
            caller.pbx.silence_sockets()
            assert isinstance(await next_event(events), Disconnected)

    assert asyncio.get_running_loop().time() - started <= 40.1


async def test_heartbeats_that_are_answered_as_a_subscription(
    caller: Caller, clock: Clock
) -> None:
    """They are no new connection."""
    caller.pbx.switches.heartbeat_answer = HeartbeatAnswer.SUCCESS
    async with aclosing(caller.client.listen()) as events:
        with clock.running():
            assert await next_event(events) == Connected()
        waiting = asyncio.ensure_future(next_event(events))
        await clock.pass_time(3 * HEARTBEAT)
        assert not waiting.done()
        caller.pbx.leave_message("3200", "15550123")
        event = await waiting

    assert isinstance(event, VoicemailLeft)


async def test_a_subscription_without_an_answer(caller: Caller, clock: Clock) -> None:
    """The socket is given up, and another one tried."""
    caller.pbx.switches.subscription_answered = False
    started = asyncio.get_running_loop().time()
    async with aclosing(caller.client.listen()) as events:
        with clock.running():
            event = await next_event(events)

    assert isinstance(event, Disconnected)
    assert event.error.key == "timeout"
    assert 10 <= asyncio.get_running_loop().time() - started <= 10.1


@pytest.mark.parametrize(
    "msg",
    [
        '"{\\"status\\":\\"VOICEMAIL\\",\\"call_to\\":\\"Leo Ball<3200>\\"}"',
        '"{"status":"VOICEMAIL","call_to":"Leo Ball<3200>"}"',
        '{"status":"voicemail","call_to":"3200"}',
    ],
)
def test_a_frame_may_be_escaped_or_not(msg: str) -> None:
    """The vendor's examples are not."""
    frame = f'{{"type":30012,"sn":"3631A2124001","msg":{msg}}}'

    assert _read_frame(frame) == VoicemailLeft("3200", "")


@pytest.mark.parametrize(
    "frame",
    [
        '\ufeff{"type":30012,"msg":%s}',
        '{"type":"30012","msg":%s}\r\n',
        '{"type":30012.0,"msg":%s,"new":[1]}',
    ],
)
def test_a_frame_that_is_written_otherwise(frame: str) -> None:
    """As an answer may be; also with a name that was cut off within an emoji."""
    msg = json.dumps(
        '{"call_from":"Anna \ud83d","call_to":"3200","status":"Voicemail"}'
    )

    assert _read_frame(frame % msg) == VoicemailLeft("3200", "")


async def test_a_socket_that_ends_before_something_is_sent(signed_in: Caller) -> None:
    """It is a connection that was lost, as one that ends while one listens."""

    async def speak_too_late() -> None:
        async with signed_in.client._session.web_socket(SUBSCRIBE) as socket:
            signed_in.pbx.drop_sockets()
            await socket.receive()
            await socket.send_str("heartbeat")

    with pytest.raises(CannotConnect, match="connection_lost"):
        await speak_too_late()


async def test_what_is_seen_of_a_handshake_that_is_refused(signed_in: Caller) -> None:
    """All but its body, for as long as somebody watches."""
    seen: list[tuple[str, RawAnswer]] = []
    signed_in.pbx.faults["subscribe"] = Fault.SERVER_ERROR_500

    async def open_web_socket() -> None:
        async with signed_in.client.raw.web_socket():
            pass

    with (
        signed_in.client.raw.watched(lambda *answer: seen.append(answer)),
        pytest.raises(CannotConnect, match="unavailable"),
    ):
        await open_web_socket()
    with pytest.raises(CannotConnect, match="unavailable"):
        await open_web_socket()

    [(endpoint, answer)] = seen
    assert (endpoint, answer.status, answer.body) == ("subscribe", 500, None)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert 0 <= answer.seconds < MINUTE
