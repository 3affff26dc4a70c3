"""Connections: what is taken from a server, and what is not kept of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
import json

import aiohttp
from aiohttp import web
from aiohttp.test_utils import RawTestServer
import pytest
from yarl import URL

from custom_components.yeastar_vm.pbx import (
    AudioTooLarge,
    CannotConnect,
    Connected,
    Connections,
    Disconnected,
    InvalidResponse,
    PlayLink,
    Redirected,
    VoicemailLeft,
)
from custom_components.yeastar_vm.pbx.http.endpoint import SUBSCRIBE
from custom_components.yeastar_vm.pbx.links import START_OF_AUDIO
from simulator import Names
from simulator.lines import Delay
from tests.clock import Clock

from .caller import Caller, serve, stranger

INFORMATION = {"errcode": 0, "data": {"sn": "1"}}


@asynccontextmanager
async def a_server(
    answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
) -> AsyncIterator[str]:
    """Yield the base URL of a server that answers like this."""
    running = RawTestServer(answer)
    await running.start_server()
    yield str(running.make_url("")).rstrip("/")
    await running.close()


@pytest.mark.parametrize("name", ["X-Trace", "Set-Cookie"])
async def test_a_long_header(connections: Connections, name: str) -> None:
    """Some gateways add one; it has a limit."""
    answers = [
        web.json_response(INFORMATION, headers={name: "a=" + "b" * length})
        for length in (60_000, 70_000)
    ]
    async with serve(answers) as base_url:
        client = stranger(connections, base_url)

        assert (await client.system.information()).serial_number == "1"
        with pytest.raises(InvalidResponse, match="not an answer of a web server"):
            await client.system.information()


async def test_nobody_is_followed_by_a_cookie() -> None:
    """One that a gateway sets could tie requests to a session that ended."""
    cookies: list[str | None] = []

    async def answer(request: web.BaseRequest) -> web.Response:
        cookies.append(request.headers.get("Cookie"))
        return web.json_response(INFORMATION, headers={"Set-Cookie": "session=1"})

    connections = Connections(Names({"pbx.example": ["127.0.0.1"]}))
    async with a_server(answer) as base_url:
        client = stranger(connections, base_url.replace("127.0.0.1", "pbx.example"))
        await client.system.information()
        await client.system.information()
    await connections.close()

    assert cookies == [None, None]


async def test_a_name_that_leads_to_another_address() -> None:
    """It is looked up for each request, as after a PBX got a new address."""
    names = Names({"pbx.example": ["127.0.0.9"]})
    connections = Connections(names)
    async with serve([web.json_response(INFORMATION)]) as base_url:
        url = base_url.replace("127.0.0.1", "pbx.example")
        client = stranger(connections, url)
        with pytest.raises(CannotConnect, match="connection_refused"):
            await client.system.information()

        names.addresses["pbx.example"] = ["127.0.0.1"]
        assert (await client.system.information()).serial_number == "1"
    await connections.close()


async def test_addresses_of_every_kind() -> None:
    """A PBX may be reached over the new internet protocol, or the old one."""
    addresses = ["2001:db8::1", "192.0.2.1"]
    connections = Connections(Names({"pbx.example": addresses}))

    assert await connections.addresses("pbx.example") == addresses
    await connections.close()


@pytest.mark.ipv6
async def test_the_address_of_an_address(connections: Connections) -> None:
    """The operating system is asked, by default."""
    assert await connections.addresses("::1") == ["::1"]


async def test_as_many_connections_as_are_needed(
    connections: Connections, clock: Clock
) -> None:
    """Two hundred players fetch what they play at once."""
    all_there = asyncio.Barrier(101)

    async def answer(_: web.BaseRequest) -> web.Response:
        await all_there.wait()
        return web.Response()

    async def fetch(base_url: str) -> int:
        timeout = aiohttp.ClientTimeout(total=10)
        async with connections.request("GET", URL(base_url), True, timeout) as response:
            return response.status

    async with a_server(answer) as base_url:
        with clock.running():
            answers = await asyncio.gather(*(fetch(base_url) for _ in range(101)))

    assert set(answers) == {200}


async def test_a_pbx_is_asked_a_few_things_at_once(
    signed_in: Caller, clock: Clock
) -> None:
    """The others wait for their turn."""
    signed_in.pbx.faults["*"] = Delay(1)

    asking = asyncio.gather(*(signed_in.client.system.information() for _ in range(20)))
    await clock.settle()

    assert signed_in.asked() == ["system/information"] * 8
    with clock.running():
        await asking
    assert signed_in.asked() == ["system/information"] * 12


async def test_a_redirect_is_hung_up_on(connections: Connections) -> None:
    """Its body is not waited for."""
    hung_up = asyncio.Event()

    async def lead_elsewhere(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 302 Found\r\nLocation: https://pbx.example/\r\n"
            b"Content-Length: 9\r\n\r\n"
        )
        await reader.read()
        hung_up.set()
        writer.close()

    async with await asyncio.start_server(lead_elsewhere, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = stranger(connections, f"http://127.0.0.1:{port}")
        with pytest.raises(Redirected) as caught:
            await client.system.information()
        async with asyncio.timeout(10):
            await hung_up.wait()

    assert caught.value.origin == "https://pbx.example"


@pytest.mark.parametrize(
    ("announced", "sent"),
    [
        pytest.param(300_000_000, START_OF_AUDIO, id="the start"),
        pytest.param(300_000_000, 0, id="nothing"),
    ],
)
async def test_audio_of_which_no_more_comes(
    connections: Connections, clock: Clock, announced: int, sent: int
) -> None:
    """What is enough to know is not waited for."""
    never = asyncio.Event()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = announced
        await response.prepare(request)
        await response.write(b"RIFF".ljust(sent))
        await never.wait()
        return response

    async with a_server(answer) as base_url:
        audio = stranger(connections, base_url).audio
        link = PlayLink(f"{base_url}/a.wav", 0, needs_token=False, requested_at=0)
        with clock.running():
            if sent:
                assert len(await audio.read_start(link)) == sent
            else:
                with pytest.raises(AudioTooLarge):
                    await audio.download(link)
        never.set()


async def test_a_frame_that_is_too_large(caller: Caller, clock: Clock) -> None:
    """The socket is given up, and another one opened; a large one is read."""
    message = {"status": "VOICEMAIL", "call_to": "3200"}
    frame = json.dumps({"type": 30012, "msg": json.dumps(message)})
    async with aclosing(caller.client.listen()) as events:
        with clock.running():
            assert await anext(events) == Connected()
            caller.pbx.events.send_frame(frame.ljust(250_000))
            assert await anext(events) == VoicemailLeft("3200", "")
            caller.pbx.events.send_frame(frame.ljust(270_000))
            assert isinstance(await anext(events), Disconnected)
            assert await anext(events) == Connected()


async def test_a_socket_whose_end_is_not_answered(
    connections: Connections, clock: Clock
) -> None:
    """It is not waited for long."""
    loop = asyncio.get_running_loop()
    closed = asyncio.Event()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await closed.wait()
        return socket

    async with a_server(answer) as base_url:
        with clock.running():
            async with stranger(connections, base_url)._session.web_socket(SUBSCRIBE):
                started = loop.time()
            taken = loop.time() - started
        closed.set()

    assert 1 <= taken < 1.5
