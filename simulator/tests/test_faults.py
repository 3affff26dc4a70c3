"""Faults, odd answers, outages, and errors by code."""

import asyncio
from errno import ECONNRESET
import json
from typing import Any

from aiohttp import (
    ClientError,
    ClientOSError,
    ClientPayloadError,
    ClientSession,
    ServerDisconnectedError,
    WSServerHandshakeError,
)
import pytest

from simulator import Fault, Oddity, Passing, PbxSimulator, RedirectTo
from simulator.endpoints import NAMES

from .common import Client, Clock, json_of


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.RESET, ClientOSError),
        (Fault.CLOSE, ServerDisconnectedError),
        # Whoever reads on is told.
        (Fault.HALF_RESET, (ClientOSError, ClientPayloadError)),
    ],
)
async def test_no_whole_answer(client: Client, fault: Fault, error: Any) -> None:
    """The connection ends before it."""
    client.pbx.faults["system/information"] = fault

    with pytest.raises(error) as raised:
        await client.get("system/information")

    assert (getattr(raised.value, "errno", 0) == ECONNRESET) or fault is not Fault.RESET


async def test_half_an_answer(client: Client) -> None:
    """More is promised than comes."""
    link = await client.play_link("3200", "vm_welcome.wav")
    client.pbx.faults["download"] = Fault.HALF

    async with client.session.get(client.pbx.base_url + link, ssl=False) as response:
        with pytest.raises(ClientPayloadError, match=r"received 16022 of 32044"):
            await response.read()


async def test_half_an_answer_whose_length_nobody_knows(client: Client) -> None:
    """It looks whole."""
    link = await client.play_link("3200", "vm_welcome.wav")
    client.pbx.faults["download"] = Fault.HALF_UNANNOUNCED

    reply = await client.send("GET", link)

    assert "Content-Length" not in reply.headers
    assert "Transfer-Encoding" not in reply.headers
    assert len(reply.body) == 32044 // 2


@pytest.mark.parametrize(
    ("fault", "announced", "size"),
    [
        (Fault.HUGE, None, 200 * 2**20),
        (Fault.HUGE_AUDIO, None, 300 * 2**20),
        (Fault.HUGE_AUDIO_ANNOUNCED, str(300 * 2**20), 300 * 2**20),
    ],
)
async def test_huge_answers(fault: Fault, announced: str | None, size: int) -> None:
    """They come in pieces that nobody has to keep."""
    async with PbxSimulator(https=False) as pbx, ClientSession() as session:
        pbx.faults["*"] = fault
        async with session.get(f"{pbx.base_url}/api/download/a.wav") as response:
            received = 0
            async for chunk in response.content.iter_any():
                received += len(chunk)

    assert response.headers.get("Content-Length") == announced
    assert size <= received < size + 1024


@pytest.mark.usefixtures("freezer")
async def test_silence_ends_when_the_pbx_stops(client: Client) -> None:
    """And stopping does not wait for it: time stands still."""
    client.pbx.faults["*"] = Fault.SILENT
    waiting = asyncio.create_task(client.get("system/information"))
    while not client.pbx.requests[1:]:  # noqa: ASYNC110  nothing tells
        await asyncio.sleep(0)

    await client.pbx.stop()

    with pytest.raises(ClientError):
        await waiting


@pytest.mark.usefixtures("freezer")
async def test_stop_in_frozen_time_cuts_a_client_that_does_not_read() -> None:
    """Stopping needs no timer, however much there is left to send."""
    async with PbxSimulator(https=False) as pbx:
        pbx.faults["*"] = Fault.HUGE
        reader, writer = await asyncio.open_connection("127.0.0.1", pbx.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: pbx\r\n\r\n")
        await reader.readline()

        await pbx.stop()

        writer.transport.abort()


@pytest.mark.parametrize("endpoint", [*NAMES, "download"])
async def test_silence_of_one_endpoint(client: Client, endpoint: str) -> None:
    """It never answers, whatever it is asked; the others do."""
    client.pbx.faults[endpoint] = Fault.SILENT
    path = "/api/download/" if endpoint == "download" else f"/openapi/v1.0/{endpoint}"

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await client.send("POST", path)

    assert (await client.send("GET", "/")).status == 404


async def test_silence_ends_when_the_client_goes(client: Client) -> None:
    """Nothing is left of it."""
    client.pbx.faults["*"] = Fault.SILENT

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await client.get("system/information")

    client.pbx.faults.clear()
    assert (await client.get("system/information"))["errcode"] == 0


@pytest.mark.parametrize(
    ("fault", "status", "content_type"),
    [
        (Fault.EMPTY, 200, "application/json"),
        (Fault.NOT_JSON, 200, "application/json"),
        (Fault.JSON_LIST, 200, "application/json"),
        (Fault.JSON_NULL, 200, "application/json"),
        (Fault.JSON_TEXT, 200, "application/json"),
        (Fault.JSON_NESTED, 200, "application/json"),
        (Fault.NO_FIELDS, 200, "application/json"),
        (Fault.NO_ERRCODE, 200, "application/json"),
        (Fault.HUGE, 200, "application/json"),
        (Fault.HTML, 200, "text/html"),
        (Fault.REDIRECT, 302, "text/html"),
        (Fault.REDIRECT_WITHIN, 307, "application/octet-stream"),
        (Fault.BAD_REQUEST_400, 400, "text/html"),
        (Fault.UNAUTHORIZED_401, 401, "text/html"),
        (Fault.UNAUTHORIZED_401_EMPTY, 401, "application/json"),
        (Fault.UNAUTHORIZED_401_JSON, 401, "application/json"),
        (Fault.FORBIDDEN_403, 403, "text/html"),
        (Fault.NOT_FOUND_404, 404, "text/html"),
        (Fault.PROXY_SIGN_IN_407, 407, "text/html"),
        (Fault.UPGRADE_REQUIRED_426, 426, "text/html"),
        (Fault.TOO_MANY_REQUESTS_429, 429, "text/html"),
        (Fault.SERVER_ERROR_500, 500, "text/html"),
        (Fault.BAD_GATEWAY_502, 502, "text/html"),
        (Fault.BAD_GATEWAY_502_EMPTY, 502, "application/json"),
        (Fault.UNAVAILABLE_503, 503, "text/html"),
        (Fault.GATEWAY_TIMEOUT_504, 504, "text/html"),
    ],
)
async def test_wrong_answers(
    client: Client, fault: Fault, status: int, content_type: str
) -> None:
    """They come with their status and are no envelope."""
    client.pbx.faults["system/information"] = fault

    url = f"{client.pbx.base_url}/openapi/v1.0/system/information"
    async with client.session.get(url, ssl=False, allow_redirects=False) as response:
        start = await response.content.read(65536)

    assert response.status == status
    assert response.content_type == content_type
    assert b"3631A2124001" not in start


@pytest.mark.parametrize("oddity", Oddity)
async def test_odd_answers(client: Client, oddity: Oddity) -> None:
    """They say what the usual ones say, in the same JSON but for the numbers."""
    client.pbx.faults["system/information"] = oddity

    reply = await client.send(
        "GET",
        "/openapi/v1.0/system/information",
        params={"access_token": client.access_token},
    )

    answer = json.loads(reply.body.decode("utf-8-sig"))
    assert str(answer["errcode"]) == "0"
    assert answer["data"]["sn"] == "3631A2124001"
    assert {
        Oddity.UNTYPED: reply.headers["Content-Type"].startswith("text/html"),
        Oddity.BYTE_ORDER_MARK: reply.body.startswith(b"\xef\xbb\xbf"),
        Oddity.NUMBERS_AS_TEXT: answer["errcode"] == "0",
    }[oddity]


async def test_redirect_to_another_path(client: Client) -> None:
    """Whoever follows it is answered there."""
    client.pbx.faults["system/information"] = Fault.REDIRECT_WITHIN

    assert (await client.get("system/information"))["errcode"] == 0
    assert len(client.pbx.requests) == 3


async def test_a_gateway_that_is_ill_for_some_requests(client: Client) -> None:
    """The next one gets through."""
    client.pbx.faults["*"] = Passing(Fault.UNAUTHORIZED_401, requests=2)
    path = f"/openapi/v1.0/extension/list?access_token={client.access_token}"

    replies = [await client.send("GET", path) for _ in range(3)]

    assert [reply.status for reply in replies] == [401, 401, 200]
    assert "Basic" in replies[0].headers["WWW-Authenticate"]


async def test_a_gateway_that_is_ill_for_a_while(client: Client, clock: Clock) -> None:
    """Until a time of the PBX."""
    client.pbx.faults["*"] = Passing(Fault.UNAVAILABLE_503, until=clock.now + 60)
    path = f"/openapi/v1.0/extension/list?access_token={client.access_token}"

    during = [await client.send("GET", path) for _ in range(5)]
    clock.now += 60
    after = await client.send("GET", path)

    assert {reply.status for reply in during} == {503}
    assert after.status == 200


async def test_faults_name_their_endpoint(client: Client) -> None:
    """An endpoint's own fault goes before that of all, and both can be removed."""
    faults = client.pbx.faults
    path = "/openapi/v1.0/system/information"
    query = {"params": {"access_token": client.access_token}}

    faults["*"] = Fault.BAD_GATEWAY_502
    of_all = await client.send("GET", path, **query)
    faults["system/information"] = Fault.NOT_FOUND_404
    own = await client.send("GET", path, **query)
    faults.clear()
    healthy = await client.send("GET", path, **query)

    assert [of_all.status, own.status, healthy.status] == [502, 404, 200]


@pytest.mark.parametrize("endpoint", ["get_token", "subscribe"])
async def test_redirect_to_another_server(client: Client, endpoint: str) -> None:
    """It takes along all that was asked, a WebSocket too."""
    async with PbxSimulator(https=False) as other:
        client.pbx.faults[endpoint] = RedirectTo(other.base_url, status=307)

        await client.call("POST", endpoint, params={"access_token": "secret"}, data="x")
        with pytest.raises(WSServerHandshakeError):
            await client.session.ws_connect(
                f"{client.pbx.base_url}/openapi/v1.0/{endpoint}", ssl=False
            )

    assert [request.endpoint for request in other.requests] == [endpoint] * 2
    assert other.requests[0].query == {"access_token": "secret"}
    assert other.requests[0].body == b"x"


async def test_errcodes(client: Client) -> None:
    """Any endpoint can be made to answer any code, with the message of the table."""
    link = await client.play_link("3200", "vm_welcome.wav")
    client.pbx.errcodes.update({"download": -2, "system/information": 70082})

    answer = await client.get("system/information")
    audio = await client.send("GET", link)

    assert answer == {"errcode": 70082, "errmsg": "OVERLOAD_TASK_RUNNING"}
    assert json_of(audio) == {"errcode": -2, "errmsg": "INTERNAL SERVER ERROR"}
    assert (await client.get("extension/list"))["errcode"] == 0
