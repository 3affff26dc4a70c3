"""Faults, odd answers, outages, and errors by code."""

import asyncio
from errno import ECONNREFUSED, ECONNRESET
import json

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientOSError,
    ClientPayloadError,
    ClientSession,
    ServerDisconnectedError,
)
import pytest

from tests.pbx_simulator import Fault, Oddity, Outage, PbxSimulator

from .common import Client, json_of, shown_fingerprint


async def test_reset(client: Client) -> None:
    """The connection is reset before an answer."""
    client.pbx.faults["system/information"] = Fault.RESET

    with pytest.raises(ClientOSError) as raised:
        await client.get("system/information")

    assert raised.value.errno == ECONNRESET


async def test_close(client: Client) -> None:
    """The connection is closed before an answer."""
    client.pbx.faults["system/information"] = Fault.CLOSE

    with pytest.raises(ServerDisconnectedError):
        await client.get("system/information")


async def test_half_an_answer(client: Client) -> None:
    """More is promised than comes."""
    link = await client.play_link("3200", "vm_welcome.wav")
    client.pbx.faults["download"] = Fault.HALF

    async with client.session.get(client.pbx.base_url + link, ssl=False) as response:
        with pytest.raises(ClientPayloadError, match=r"received 16022 of 32044"):
            await response.read()


async def test_half_an_answer_and_a_reset(client: Client) -> None:
    """Whoever reads on is told."""
    client.pbx.faults["system/information"] = Fault.HALF_RESET

    with pytest.raises((ClientOSError, ClientPayloadError)):
        await client.get("system/information")


async def test_half_an_answer_whose_length_nobody_knows(client: Client) -> None:
    """It looks whole."""
    link = await client.play_link("3200", "vm_welcome.wav")
    client.pbx.faults["download"] = Fault.HALF_UNANNOUNCED

    reply = await client.send("GET", link)

    assert "Content-Length" not in reply.headers
    assert "Transfer-Encoding" not in reply.headers
    assert len(reply.body) == 32044 // 2


async def test_one_byte_a_second(client: Client) -> None:
    """The first comes at once."""
    client.pbx.faults["system/information"] = Fault.SLOW
    url = f"{client.pbx.base_url}/openapi/v1.0/system/information"

    async with client.session.get(url, ssl=False) as response:
        assert await response.content.read(9) == b"{"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await response.content.read(1)


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


async def test_silence_ends_when_the_pbx_stops(client: Client) -> None:
    """And stopping does not wait for it."""
    client.pbx.faults["*"] = Fault.SILENT
    waiting = asyncio.create_task(client.get("system/information"))
    while not client.pbx.requests[1:]:  # noqa: ASYNC110  nothing tells
        await asyncio.sleep(0)

    async with asyncio.timeout(1):
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
        (Fault.BAD_REQUEST_400, 400, "text/html"),
        (Fault.UNAUTHORIZED_401, 401, "text/html"),
        (Fault.FORBIDDEN_403, 403, "text/html"),
        (Fault.NOT_FOUND_404, 404, "text/html"),
        (Fault.TOO_MANY_REQUESTS_429, 429, "text/html"),
        (Fault.SERVER_ERROR_500, 500, "text/html"),
        (Fault.BAD_GATEWAY_502, 502, "text/html"),
        (Fault.UNAVAILABLE_503, 503, "text/html"),
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
        Oddity.REDIRECT_WITHIN: len(client.pbx.requests) == 3,
        Oddity.UNTYPED: reply.headers["Content-Type"].startswith("text/html"),
        Oddity.BYTE_ORDER_MARK: reply.body.startswith(b"\xef\xbb\xbf"),
        Oddity.NUMBERS_AS_TEXT: answer["errcode"] == "0",
    }[oddity]


async def test_a_refused_connection(client: Client) -> None:
    """Until the outage ends, at the same port."""
    await client.pbx.begin_outage(Outage.REFUSED)
    with pytest.raises(ClientConnectorError) as raised:
        await client.get("system/information")
    assert raised.value.errno == ECONNREFUSED

    await client.pbx.end_outage()
    assert (await client.get("system/information"))["errcode"] == 0


async def test_a_port_that_says_nothing(client: Client) -> None:
    """It takes the connection."""
    await client.pbx.begin_outage(Outage.DEAF)
    _, writer = await asyncio.open_connection("127.0.0.1", client.pbx.port)
    writer.close()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await client.get("system/information")

    await client.pbx.end_outage()
    assert (await client.get("system/information"))["errcode"] == 0


async def test_a_handshake_broken_off(client: Client) -> None:
    """No certificate has been seen by then."""
    await client.pbx.begin_outage(Outage.HANDSHAKE_BROKEN_OFF)
    with pytest.raises(ClientConnectorError):
        await client.get("system/information")

    await client.pbx.end_outage()
    assert (await client.get("system/information"))["errcode"] == 0


async def test_a_certificate_changed_for_a_while(pbx: PbxSimulator) -> None:
    """The old one comes back."""
    before = await shown_fingerprint(pbx)

    await pbx.begin_outage(Outage.CERTIFICATE_CHANGED)
    meanwhile = await shown_fingerprint(pbx)
    assert meanwhile == pbx.fingerprint
    await pbx.end_outage()

    assert before != meanwhile
    assert await shown_fingerprint(pbx) == before == pbx.fingerprint


async def test_an_outage_after_an_answer(client: Client) -> None:
    """The answer still comes; nobody gets through after it."""
    client.pbx.outages_after["system/information"] = Outage.REFUSED

    assert (await client.get("extension/list"))["errcode"] == 0
    assert (await client.get("system/information"))["errcode"] == 0
    with pytest.raises(ClientConnectorError):
        await client.get("extension/list")


async def test_a_pbx_can_be_stopped_in_an_outage(pbx: PbxSimulator) -> None:
    """It starts without it."""
    await pbx.begin_outage(Outage.DEAF)
    await pbx.stop()
    await pbx.start()

    assert await shown_fingerprint(pbx) == pbx.fingerprint


async def test_faults_name_their_endpoint(client: Client) -> None:
    """An endpoint's own fault goes before that of all, and both can be mended."""
    faults = client.pbx.faults
    path = "/openapi/v1.0/system/information"
    query = {"params": {"access_token": client.access_token}}

    faults["*"] = Fault.BAD_GATEWAY_502
    of_all = await client.send("GET", path, **query)
    faults["system/information"] = Fault.NOT_FOUND_404
    own = await client.send("GET", path, **query)
    faults.clear()
    mended = await client.send("GET", path, **query)

    assert [of_all.status, own.status, mended.status] == [502, 404, 200]


async def test_errcodes(client: Client) -> None:
    """Any endpoint can be made to answer any code, with the message of the table."""
    link = await client.play_link("3200", "vm_welcome.wav")
    client.pbx.errcodes.update({"download": -2, "system/information": 70082})

    answer = await client.get("system/information")
    audio = await client.send("GET", link)

    assert answer == {"errcode": 70082, "errmsg": "OVERLOAD_TASK_RUNNING"}
    assert json_of(audio) == {"errcode": -2, "errmsg": "INTERNAL SERVER ERROR"}
    assert (await client.get("extension/list"))["errcode"] == 0
