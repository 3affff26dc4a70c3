"""The simulated PBX against the vendor's documents.

Plain HTTP over real sockets; what is expected comes from the documents, not from any
client. Time is a clock that the test moves.
"""

from array import array
import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from errno import ECONNREFUSED, ECONNRESET
from hashlib import sha256
from itertools import pairwise
import json
from pathlib import Path
import re
import socket
import ssl
import subprocess
import sys
from typing import Any

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientOSError,
    ClientPayloadError,
    ClientSession,
    ServerDisconnectedError,
)
from freezegun.api import FrozenDateTimeFactory
from imageio_ffmpeg import get_ffmpeg_exe  # type: ignore[import-untyped]
import pytest
from yarl import URL

from tests.pbx_simulator import (
    BlockExpiry,
    EmptyList,
    Encoding,
    Fault,
    Oddity,
    Outage,
    PbxSimulator,
    Refusal,
    SimulatedExtension,
    SimulatedGreeting,
    UrlForm,
)

SUCCESS = {"errcode": 0, "errmsg": "SUCCESS"}
REFUSED_LOGIN = {
    "errcode": -1,
    "errmsg": "FAILURE",
    "invalid_param_list": [{"field": "username or password", "value": "error"}],
}
INTERFACE_NOT_EXISTED = {"errcode": 10001, "errmsg": "INTERFACE NOT EXISTED"}
TOKEN_EXPIRED = {"errcode": 10004, "errmsg": "TOKEN EXPIRED"}
DATA_NOT_FOUND = {"errcode": 60001, "errmsg": "DATA NOT FOUND"}
IP_FORBIDDEN = {"errcode": 70087, "errmsg": "IP FORBIDDEN"}

LIST = "extension_vm_greeting/list"
PLAY = "extension_vm_greeting/play"
DOWNLOAD = "extension_vm_greeting/download"

pytestmark = pytest.mark.usefixtures("socket_enabled")


@dataclass
class Clock:
    """The time in seconds since the epoch, as the test sets it."""

    now: float = 1_755_852_280.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@dataclass(frozen=True)
class Reply:
    """An HTTP answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Client:
    """Sends requests to a simulator, with the access token of its last login."""

    pbx: PbxSimulator
    session: ClientSession
    access_token: str = ""

    async def send(self, method: str, path: str, **options: Any) -> Reply:
        """Send a request to a path below the base URL."""
        url = self.pbx.base_url + path
        async with self.session.request(method, url, ssl=False, **options) as response:
            return Reply(response.status, response.headers, await response.read())

    async def call(self, method: str, endpoint: str, **options: Any) -> Any:
        """Call an endpoint and return its JSON, which comes with HTTP status 200."""
        reply = await self.send(method, f"/openapi/v1.0/{endpoint}", **options)
        assert reply.status == 200
        assert reply.headers["Content-Type"].startswith("application/json")
        return json_of(reply)

    async def get(self, endpoint: str, **query: str) -> Any:
        """Call a GET endpoint with the access token."""
        query = {"access_token": self.access_token, **query}
        return await self.call("GET", endpoint, params=query)

    async def login(self, secret: str | None = None) -> Any:
        """Call ``get_token``, and keep the access token if there is one."""
        answer = await self.call(
            "POST",
            "get_token",
            json={
                "username": self.pbx.client_id,
                "password": self.pbx.client_secret if secret is None else secret,
            },
        )
        self.access_token = answer.get("access_token", self.access_token)
        return answer

    async def refresh(self, refresh_token: str) -> Any:
        """Call ``refresh_token``."""
        return await self.call(
            "POST", "refresh_token", json={"refresh_token": refresh_token}
        )

    async def play_link(self, extension: str, file: str) -> str:
        """Return the path of a new play link."""
        answer = await self.get(PLAY, extension=extension, file=file)
        return str(answer["play_resource_url"])

    async def download_link(self, extension: str, file: str) -> str:
        """Return the path of a new download link, without a token."""
        answer = await self.get(DOWNLOAD, extension=extension, file=file)
        return str(answer["download_resource_url"])


def json_of(reply: Reply) -> Any:
    """Return the JSON document of an answer."""
    return json.loads(reply.body)


@pytest.fixture
def clock() -> Clock:
    """Return the clock of the PBX."""
    return Clock()


@pytest.fixture
async def pbx(clock: Clock) -> AsyncGenerator[PbxSimulator]:
    """Return a running PBX with https."""
    async with PbxSimulator(clock=clock) as pbx:
        yield pbx


@pytest.fixture
async def stranger(pbx: PbxSimulator) -> AsyncGenerator[Client]:
    """Return a client that has not logged in."""
    async with ClientSession() as session:
        yield Client(pbx, session)


@pytest.fixture
async def client(stranger: Client) -> Client:
    """Return a client that has logged in."""
    await stranger.login()
    return stranger


# Transport


async def test_each_answer_closes_its_connection(stranger: Client) -> None:
    """The PBX closes the connection after each answer."""
    reply = await stranger.send("GET", "/openapi/v1.0/system/information")

    assert reply.headers["Connection"] == "close"


async def test_a_connection_that_is_not_said_to_be_closed(clock: Clock) -> None:
    """Is good for no other request all the same."""
    async with PbxSimulator(https=False, clock=clock) as pbx:
        pbx.switches.announce_close = False
        reader, writer = await asyncio.open_connection("127.0.0.1", pbx.port)
        request = b"GET / HTTP/1.1\r\nHost: pbx\r\n\r\n"
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        assert length
        await reader.readexactly(int(length[1]))

        writer.write(request)

        assert b"Connection" not in head
        assert await reader.read() == b""
        writer.close()


async def test_http(clock: Clock) -> None:
    """Without TLS there is no fingerprint."""
    async with (
        PbxSimulator(https=False, clock=clock) as pbx,
        ClientSession() as session,
    ):
        answer = await Client(pbx, session).login()

        assert answer["errcode"] == 0
        assert pbx.base_url == f"http://127.0.0.1:{pbx.port}"
        assert pbx.fingerprint == ""
        with pytest.raises(RuntimeError):
            await pbx.renew_certificate()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_certificate_is_valid_once_trusted(host: str) -> None:
    """A client that trusts the certificate can verify names and validity."""
    async with PbxSimulator() as pbx:
        trust = ssl.create_default_context(cadata=pbx.certificate_pem)

        _, writer = await asyncio.open_connection(
            "127.0.0.1", pbx.port, ssl=trust, server_hostname=host
        )

        writer.transport.abort()


async def test_certificate_is_not_trusted_by_itself(pbx: PbxSimulator) -> None:
    """The certificate is self-signed."""
    # In debug mode asyncio logs an error for a client that breaks its handshake off.
    asyncio.get_running_loop().set_debug(False)
    async with ClientSession() as session:
        with pytest.raises(ClientConnectorError):
            await session.get(pbx.base_url)


async def test_renewed_certificate(pbx: PbxSimulator) -> None:
    """Port and base URL stay, the fingerprint is that of the new certificate."""
    base_url, before = pbx.base_url, pbx.fingerprint

    await pbx.renew_certificate()

    assert pbx.base_url == base_url
    assert pbx.fingerprint != before
    assert pbx.fingerprint == await _shown_fingerprint(pbx)


async def test_closed_port(client: Client) -> None:
    """A stopped PBX refuses connections, and comes back where it was."""
    pbx = client.pbx
    before = pbx.base_url, pbx.fingerprint

    await pbx.stop()
    with pytest.raises(ClientConnectorError):
        await client.get("system/information")
    await pbx.start()

    assert (pbx.base_url, pbx.fingerprint) == before
    assert (await client.get("system/information"))["errcode"] == 0


async def test_stop_does_not_wait_for_idle_connections(pbx: PbxSimulator) -> None:
    """A client that connects and says nothing does not keep the PBX from stopping."""
    _, writer = await asyncio.open_connection(
        "127.0.0.1", pbx.port, ssl=_accept_any_certificate()
    )

    async with asyncio.timeout(1):
        await pbx.stop()

    writer.transport.abort()


async def test_requests_are_recorded(stranger: Client) -> None:
    """Every request is recorded in order, the refused ones too."""
    await stranger.login("wrong")
    await stranger.get(LIST, extension="3200")
    await stranger.send("GET", "/api/download/x.wav", headers={"Range": "bytes=0-1"})
    await stranger.send("GET", "/")

    login, listing, download, other = stranger.pbx.requests
    assert (login.method, login.endpoint) == ("POST", "get_token")
    assert b'"password": "wrong"' in login.body
    assert (listing.method, listing.endpoint) == ("GET", LIST)
    assert listing.path == f"/openapi/v1.0/{LIST}"
    assert listing.query == {"access_token": "", "extension": "3200"}
    assert download.endpoint == "download"
    assert download.headers["range"] == "bytes=0-1"
    assert other.endpoint == ""


# User-Agent, allow-list, endpoints


@pytest.mark.parametrize(
    "without",
    [{"headers": {"User-Agent": ""}}, {"skip_auto_headers": ["User-Agent"]}],
    ids=["empty", "missing"],
)
async def test_user_agent_is_required(client: Client, without: dict[str, Any]) -> None:
    """API and audio want a User-Agent, unless switched off."""
    link = await client.play_link("3200", "vm_welcome.wav")
    path = "/openapi/v1.0/system/information"
    query = {"access_token": client.access_token}

    refused = await client.send("GET", path, params=query, **without)
    refused_audio = await client.send("GET", link, **without)
    client.pbx.switches.require_user_agent = False
    accepted = await client.send("GET", path, params=query, **without)

    assert json_of(refused) == {"errcode": 10005, "errmsg": "ACCESS DENIED"}
    assert json_of(refused_audio) == json_of(refused)
    assert json_of(accepted)["errcode"] == 0


async def test_user_agent_refusal_as_http_status(client: Client) -> None:
    """The shape of the refusal is not documented."""
    client.pbx.switches.user_agent_refusal = Refusal.HTTP_400

    reply = await client.send(
        "GET", "/openapi/v1.0/get_token", headers={"User-Agent": ""}
    )

    assert reply.status == 400


async def test_allow_list_comes_before_anything_else(stranger: Client) -> None:
    """A caller that is not on the list gets 70087 whatever it asks."""
    stranger.pbx.switches.allow_list = frozenset({"192.0.2.1"})

    assert await stranger.login() == IP_FORBIDDEN
    assert await stranger.login("wrong") == IP_FORBIDDEN
    assert await stranger.get("no/such/endpoint") == IP_FORBIDDEN


@pytest.mark.parametrize(
    ("method", "endpoint"),
    [
        ("GET", "no/such/endpoint"),
        ("GET", "get_token"),
        ("GET", "refresh_token"),
        ("POST", "del_token"),
        ("POST", LIST),
        ("POST", "system/information"),
    ],
)
async def test_endpoint_or_method_that_does_not_exist(
    client: Client, method: str, endpoint: str
) -> None:
    """There is one method for each endpoint."""
    answer = await client.call(method, endpoint)

    assert answer == INTERFACE_NOT_EXISTED


@pytest.mark.parametrize("endpoint", [LIST, PLAY, DOWNLOAD])
async def test_firmware_without_greetings(client: Client, endpoint: str) -> None:
    """Firmware before xx.23.0 has everything but the greeting family."""
    client.pbx.switches.greeting_endpoints = False

    answer = await client.get(endpoint, extension="3200", file="vm_welcome.wav")

    assert answer == INTERFACE_NOT_EXISTED
    assert (await client.get("extension/list"))["errcode"] == 0


async def test_path_outside_of_the_api(stranger: Client) -> None:
    """A wrong base URL leads to HTTP status 404."""
    reply = await stranger.send("GET", "/openapi/v1.0")

    assert reply.status == 404


# Login and lockout


async def test_get_token(stranger: Client) -> None:
    """A login gives two tokens of 32 letters and digits, with their lifetimes."""
    answer = await stranger.login()

    access_token, refresh_token = answer["access_token"], answer["refresh_token"]
    assert answer == {
        **SUCCESS,
        "access_token_expire_time": 1800,
        "access_token": access_token,
        "refresh_token_expire_time": 86400,
        "refresh_token": refresh_token,
    }
    assert re.fullmatch(r"[A-Za-z0-9]{32}", access_token)
    assert re.fullmatch(r"[A-Za-z0-9]{32}", refresh_token)
    assert access_token != refresh_token
    assert stranger.pbx.live_access_tokens == [access_token]


@pytest.mark.parametrize("wrong", ["client_id", "client_secret"])
async def test_wrong_credentials(stranger: Client, wrong: str) -> None:
    """A wrong ID and a wrong secret are the same generic failure."""
    pbx = stranger.pbx
    body = {"username": pbx.client_id, "password": pbx.client_secret}
    setattr(pbx, wrong, "changed")

    answer = await stranger.call("POST", "get_token", json=body)

    assert answer == REFUSED_LOGIN


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"username=x", {"errcode": 40001, "errmsg": "PARAMETER SYNTAX ERROR"}),
        (b"[]", {"errcode": 40001, "errmsg": "PARAMETER SYNTAX ERROR"}),
        (
            b'{"username": "x"}',
            {
                "errcode": 40002,
                "errmsg": "PARAMETER ERROR",
                "invalid_param_list": [
                    {"field": "password", "validation_type": "required"}
                ],
            },
        ),
    ],
)
async def test_login_without_credentials(
    stranger: Client, body: bytes, expected: object
) -> None:
    """The body has to be a JSON object with both fields."""
    assert await stranger.call("POST", "get_token", data=body) == expected


async def test_five_failed_logins_block_the_address(
    stranger: Client, clock: Clock
) -> None:
    """Five failures are answered as such, then even the right secret is refused."""
    failures = [await stranger.login("wrong") for _ in range(5)]
    clock.now += 60

    answer = await stranger.login()

    assert failures == [REFUSED_LOGIN] * 5
    assert answer == {
        "errcode": 70004,
        "errmsg": "ACCOUNT IP BLOCKED",
        "block_expire_time": 540,
    }
    assert (await stranger.refresh("any"))["errcode"] == 70004


async def test_block_ends_by_itself(stranger: Client, clock: Clock) -> None:
    """After the time that was announced the count starts anew."""
    for _ in range(5):
        await stranger.login("wrong")
    clock.now += 600

    failure = await stranger.login("wrong")
    success = await stranger.login()

    assert failure == REFUSED_LOGIN
    assert success["errcode"] == 0


async def test_block_until_it_is_lifted(stranger: Client, clock: Clock) -> None:
    """A block may last until the administrator lifts it, reboot or not."""
    stranger.pbx.switches.block_seconds = None
    for _ in range(5):
        await stranger.login("wrong")
    clock.now += 10 * 86400
    stranger.pbx.reboot()

    blocked = await stranger.login()
    stranger.pbx.lift_blocks()
    lifted = await stranger.login()

    assert blocked == {"errcode": 70004, "errmsg": "ACCOUNT IP BLOCKED"}
    assert lifted["errcode"] == 0


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (BlockExpiry.SECONDS_LEFT, {"block_expire_time": 600}),
        (BlockExpiry.EPOCH, {"block_expire_time": 1_755_852_880}),
        (BlockExpiry.MISSING, {}),
    ],
)
async def test_block_expire_time(
    stranger: Client, form: BlockExpiry, expected: dict[str, int]
) -> None:
    """The format of the field is not documented."""
    stranger.pbx.switches.block_expire_time = form
    for _ in range(5):
        await stranger.login("wrong")

    answer = await stranger.login()

    assert answer == {"errcode": 70004, "errmsg": "ACCOUNT IP BLOCKED", **expected}


async def test_only_consecutive_failures_block(stranger: Client) -> None:
    """A login that succeeds starts the count anew."""
    for secret in ["wrong"] * 4 + [None] + ["wrong"] * 4:
        await stranger.login(secret)

    assert (await stranger.login())["errcode"] == 0


async def test_allowed_address_is_not_blocked(stranger: Client) -> None:
    """Addresses on the allow-list are protected from the block list."""
    stranger.pbx.switches.allow_list = frozenset({"127.0.0.1"})

    failures = [await stranger.login("wrong") for _ in range(6)]

    assert failures == [REFUSED_LOGIN] * 6


# Tokens


@pytest.mark.parametrize("token", ["", "unknown"])
async def test_token_that_was_never_given(stranger: Client, token: str) -> None:
    """There is no code of its own for an unknown token."""
    stranger.access_token = token

    assert await stranger.get("system/information") == TOKEN_EXPIRED


@pytest.mark.parametrize(
    "endpoint", ["del_token", "system/information", "extension/list", LIST, PLAY]
)
async def test_endpoints_that_need_a_token(stranger: Client, endpoint: str) -> None:
    """All but the two that give tokens do."""
    assert await stranger.call("GET", endpoint) == TOKEN_EXPIRED


async def test_access_token_expires_after_30_minutes(
    client: Client, clock: Clock
) -> None:
    """A second before it is valid still."""
    clock.now += 1799
    before = await client.get("system/information")
    clock.now += 1
    after = await client.get("system/information")

    assert before["errcode"] == 0
    assert after == TOKEN_EXPIRED
    assert client.pbx.live_access_tokens == []


async def test_token_refusal_as_access_denied(stranger: Client) -> None:
    """A bad token may be answered with 10005."""
    stranger.pbx.switches.token_refusal = Refusal.ACCESS_DENIED

    assert (await stranger.get(LIST))["errcode"] == 10005


async def test_token_refusal_as_http_401(stranger: Client) -> None:
    """A bad token may be answered with an HTTP status."""
    stranger.pbx.switches.token_refusal = Refusal.HTTP_401

    reply = await stranger.send("GET", f"/openapi/v1.0/{LIST}")

    assert reply.status == 401


async def test_refresh_rotates_both_tokens(stranger: Client) -> None:
    """The previous refresh token is worth nothing after that."""
    first = await stranger.login()

    second = await stranger.refresh(first["refresh_token"])
    again = await stranger.refresh(first["refresh_token"])

    assert second.keys() == first.keys()
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    assert again == TOKEN_EXPIRED
    assert stranger.pbx.live_access_tokens == [second["access_token"]]


async def test_refresh_that_spares_the_old_access_token(stranger: Client) -> None:
    """Whether the old one dies is not documented; it takes no slot of its own."""
    pbx = stranger.pbx
    pbx.switches.old_access_token_dies_at_refresh = False
    first = await stranger.login()

    second = await stranger.refresh(first["refresh_token"])
    more = [await stranger.login() for _ in range(8)]

    assert pbx.live_access_tokens[:2] == [first["access_token"], second["access_token"]]
    assert [answer["errcode"] for answer in more] == [0] * 7 + [60002]


async def test_refresh_after_the_access_token_expired(
    stranger: Client, clock: Clock
) -> None:
    """The refresh token lives for a day."""
    tokens = await stranger.login()
    clock.now += 86399

    answer = await stranger.refresh(tokens["refresh_token"])

    assert answer["errcode"] == 0
    assert stranger.pbx.live_access_tokens == [answer["access_token"]]


async def test_refresh_token_expires_after_a_day(
    stranger: Client, clock: Clock
) -> None:
    """And not a second later."""
    tokens = await stranger.login()
    clock.now += 86400

    assert await stranger.refresh(tokens["refresh_token"]) == TOKEN_EXPIRED


async def test_refused_refresh(stranger: Client) -> None:
    """How a refresh token is refused is not documented."""
    switches = stranger.pbx.switches
    switches.refuse_refresh = True
    switches.refresh_refusal = Refusal.FAILURE
    tokens = await stranger.login()

    answer = await stranger.refresh(tokens["refresh_token"])

    assert answer == {"errcode": -1, "errmsg": "FAILURE"}


@pytest.mark.parametrize(("counts", "errcode"), [(False, 0), (True, 70004)])
async def test_refused_refresh_as_failed_login(
    stranger: Client, counts: bool, errcode: int
) -> None:
    """Whether it counts is not documented."""
    stranger.pbx.switches.refused_refresh_is_failed_login = counts
    for _ in range(5):
        await stranger.refresh("unknown")

    assert (await stranger.login())["errcode"] == errcode


async def test_ninth_token(client: Client) -> None:
    """There are eight slots; refreshing keeps one, revoking frees one."""
    tokens = [await client.login() for _ in range(7)][-1]

    ninth = await client.login()
    refreshed = await client.refresh(tokens["refresh_token"])
    client.access_token = refreshed["access_token"]
    revoked = await client.get("del_token")
    retried = await client.login()

    assert ninth == {"errcode": 60002, "errmsg": "MAX LIMITATION EXCEEDED"}
    assert refreshed["errcode"] == 0
    assert revoked == SUCCESS
    assert retried["errcode"] == 0
    assert len(client.pbx.live_access_tokens) == 8


async def test_expiry_frees_slots(client: Client, clock: Clock) -> None:
    """An expired access token takes no slot, but getting it back does."""
    first = await client.login()
    clock.now += 1800
    logins = [await client.login() for _ in range(8)]

    refreshed = await client.refresh(first["refresh_token"])

    assert all(answer["errcode"] == 0 for answer in logins)
    assert refreshed["errcode"] == 60002


async def test_revoked_token(client: Client) -> None:
    """A revoked token is as good as an expired one."""
    await client.get("del_token")

    assert await client.get("system/information") == TOKEN_EXPIRED
    assert client.pbx.live_access_tokens == []


async def test_reboot_forgets_tokens_and_links(client: Client) -> None:
    """After a restart of the PBX its clients have to log in again."""
    link = await client.play_link("3200", "vm_welcome.wav")

    client.pbx.reboot()

    assert await client.get("system/information") == TOKEN_EXPIRED
    assert json_of(await client.send("GET", link)) == DATA_NOT_FOUND
    assert (await client.login())["errcode"] == 0


def test_default_clock_is_the_system_clock(freezer: FrozenDateTimeFactory) -> None:
    """So that tests may freeze it."""
    pbx = PbxSimulator()
    before = pbx.clock()

    freezer.tick(1800)

    assert pbx.clock() - before == 1800


# System and extensions


async def test_system_information(client: Client, clock: Clock) -> None:
    """The fields of the documented example, in its display format."""
    clock.now += 60

    answer = await client.get("system/information")

    assert answer == {
        **SUCCESS,
        "data": {
            "device_name": "PBX",
            "model_name": "Yeastar P550",
            "sn": "3631A2124001",
            "hardware_version": "V1.00 0000-0000",
            "firmware_version": "37.23.0.15",
            "system_time": "2025/08/22 08:45:40",
            "up_time": 60,
            "system_date_format": "YYYY/MM/DD",
            "system_time_format": "hh:mm:ss",
            "timestamp": 1_755_852_340,
        },
    }


async def test_system_information_can_be_set(client: Client) -> None:
    """The device is what the test says."""
    pbx = client.pbx
    pbx.serial_number, pbx.name, pbx.model = "S1", "Office", "P-Series Software Edition"
    pbx.firmware = "83.23.0.10"

    data = (await client.get("system/information"))["data"]

    assert data["sn"] == "S1"
    assert data["device_name"] == "Office"
    assert data["model_name"] == "P-Series Software Edition"
    assert data["firmware_version"] == "83.23.0.10"


async def test_extension_list(client: Client) -> None:
    """Numbers are strings, leading zeros included."""
    answer = await client.get("extension/list", page="1", page_size="100")

    assert answer["total_number"] == 4
    assert [row["number"] for row in answer["data"]] == ["3200", "3201", "3202", "0042"]
    assert answer["data"][0] == {
        "id": 1,
        "online_status": {
            "sip_phone": {"status": 1, "ext_dev_type": "sip"},
            "linkus_desktop": {"status": 0, "ext_dev_type": "linkusdesktop"},
            "linkus_mobile": {"status": 0, "ext_dev_type": "linkusmobile"},
            "linkus_web": {"status": 0, "ext_dev_type": "linkusweb"},
        },
        "presence_status": "available",
        "number": "3200",
        "caller_id_name": "Leo Ball",
        "role_name": "",
        "email_addr": "leo.ball@example.com",
        "mobile_number": "15550100",
    }


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"sort_by": "number"}, ["0042", "3200", "3201", "3202"]),
        ({"sort_by": "number", "order_by": "desc"}, ["3202", "3201", "3200", "0042"]),
        ({"sort_by": "caller_id_name"}, ["3201", "3200", "3202", "0042"]),
        ({"order_by": "desc"}, ["0042", "3202", "3201", "3200"]),
    ],
)
async def test_extension_order(
    client: Client, query: dict[str, str], numbers: list[str]
) -> None:
    """Rows are sorted by any of the documented fields."""
    answer = await client.get("extension/list", **query)

    assert [row["number"] for row in answer["data"]] == numbers


@pytest.mark.parametrize(
    ("keyword", "numbers"),
    [
        ("3200", ["3200"]),
        ("320", ["3200", "3201", "3202"]),
        ("42", ["0042"]),
        ("LEO", ["3200"]),
        ("zoë", ["0042"]),
        ("@example.com", ["3200", "0042"]),
        ("", ["3200", "3201", "3202", "0042"]),
        ("nobody", []),
    ],
)
async def test_extension_search_is_fuzzy(
    client: Client, keyword: str, numbers: list[str]
) -> None:
    """A keyword matches any part of number, name and address."""
    answer = await client.get("extension/search", search_value=keyword)

    assert answer["total_number"] == len(numbers)
    assert [row["number"] for row in answer["data"]] == numbers


# Paging


async def test_pages(client: Client) -> None:
    """Pages count from 1, and ``total_number`` is that of all pages."""
    pages = [
        await client.get("extension/list", page=str(page), page_size="3")
        for page in (1, 2, 3)
    ]

    assert [page["total_number"] for page in pages] == [4, 4, 4]
    assert [[row["id"] for row in page["data"]] for page in pages] == [
        [1, 2, 3],
        [4],
        [],
    ]


async def test_default_page_size(client: Client) -> None:
    """A client that names no page size does not get everything."""
    client.pbx.extensions["3200"].greetings = [
        SimulatedGreeting(f"{n}.wav") for n in range(11)
    ]

    answer = await client.get(LIST, extension="3200")

    assert answer["total_number"] == 11
    assert len(answer["greeting_list"]) == 10


async def test_max_page_size(client: Client) -> None:
    """A limit on the rows of one page wins over the page size asked for."""
    client.pbx.switches.max_page_size = 3

    second = await client.get(LIST, extension="3200", page="2", page_size="1000")

    assert second["total_number"] == 4
    assert [row["real_filename"] for row in second["greeting_list"]] == ["closed.WAV"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("page", "0"),
        ("page_size", "-1"),
        ("page_size", "x"),
        ("sort_by", "shoe_size"),
        ("order_by", "random"),
    ],
)
async def test_invalid_parameter(client: Client, field: str, value: str) -> None:
    """The answer names the parameter."""
    answer = await client.get("extension/list", **{field: value})

    assert answer == {
        "errcode": 40002,
        "errmsg": "PARAMETER ERROR",
        "invalid_param_list": [{"field": field, "value": value}],
    }


# Greetings


async def test_greeting_list(client: Client) -> None:
    """``file`` comes with and without extension, and need not be the file's name."""
    answer = await client.get(LIST, extension="3200", page="1", page_size="100")

    assert answer == {
        **SUCCESS,
        "total_number": 4,
        "greeting_list": [
            {
                "id": 20,
                "module": "extension",
                "number": "3200",
                "file": "vm_end",
                "suffix": ".wav",
                "type": "tts",
                "real_filename": "vm_welcome_001.wav",
            },
            {
                "id": 19,
                "module": "extension",
                "number": "3200",
                "file": "vm_welcome.wav",
                "suffix": ".wav",
                "type": "record",
                "real_filename": "vm_welcome.wav",
            },
            {
                "id": 18,
                "module": "extension",
                "number": "3200",
                "file": "holiday",
                "suffix": ".wav",
                "type": "record",
                "real_filename": "holiday.wav",
            },
            {
                "id": 17,
                "module": "extension",
                "number": "3200",
                "file": "closed.WAV",
                "suffix": ".WAV",
                "type": "record",
                "real_filename": "closed.WAV",
            },
        ],
    }


async def test_empty_query_parts_are_tolerated(client: Client) -> None:
    """As in the vendor's sample request."""
    query = f"access_token={client.access_token}&&extension=0042"
    url = URL(f"{client.pbx.base_url}/openapi/v1.0/{LIST}?{query}", encoded=True)

    async with client.session.get(url, ssl=False) as response:
        answer = await response.json()

    assert answer["total_number"] == 1


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (EmptyList.ARRAY, {"greeting_list": []}),
        (EmptyList.NULL, {"greeting_list": None}),
        (EmptyList.MISSING, {}),
    ],
)
async def test_extension_without_greetings(
    client: Client, form: EmptyList, expected: dict[str, object]
) -> None:
    """What an empty list looks like is not documented."""
    client.pbx.switches.empty_list = form

    answer = await client.get(LIST, extension="3201")

    assert answer == {**SUCCESS, "total_number": 0, **expected}


@pytest.mark.parametrize(
    ("endpoint", "query", "missing"),
    [
        (LIST, {}, ["extension"]),
        (LIST, {"extension": ""}, ["extension"]),
        (PLAY, {}, ["extension", "file"]),
        (DOWNLOAD, {"extension": "3200"}, ["file"]),
    ],
)
async def test_missing_parameters(
    client: Client, endpoint: str, query: dict[str, str], missing: list[str]
) -> None:
    """The answer names the parameters."""
    answer = await client.get(endpoint, **query)

    assert answer == {
        "errcode": 40002,
        "errmsg": "PARAMETER ERROR",
        "invalid_param_list": [
            {"field": field, "validation_type": "required"} for field in missing
        ],
    }


@pytest.mark.parametrize(
    ("extension", "file"),
    [
        ("3200", "vm_welcome"),
        ("3200", "vm_end.wav"),
        ("3200", "VM_WELCOME.wav"),
        ("3200", "closed.wav"),
        ("3201", "vm_welcome.wav"),
        ("42", "hello.wav"),
        ("9999", "vm_welcome.wav"),
    ],
)
async def test_play_needs_the_exact_names(
    client: Client, extension: str, file: str
) -> None:
    """Case, suffix and leading zeros matter."""
    answer = await client.get(PLAY, extension=extension, file=file)

    assert answer == DATA_NOT_FOUND


async def test_list_of_an_unknown_extension(client: Client) -> None:
    """It is not an empty list."""
    assert await client.get(LIST, extension="9999") == DATA_NOT_FOUND


@pytest.mark.parametrize("file", ["vm_welcome.wav", "closed.WAV"])
async def test_play(client: Client, file: str) -> None:
    """A play link has the documented form, and is another one each time."""
    answers = [await client.get(PLAY, extension="3200", file=file) for _ in range(2)]

    url, other_url = [answer["play_resource_url"] for answer in answers]
    assert answers[0] == {**SUCCESS, "file": file, "play_resource_url": url}
    assert re.fullmatch(
        r"/api/download/PBX-VoicemailGreeting-37\.23\.0\.15-download-20250822084440"
        r"-[A-Za-z0-9]{16}\.wav",
        url,
    )
    assert url != other_url


async def test_download(client: Client) -> None:
    """A download link has another name for the same."""
    answer = await client.get(DOWNLOAD, extension="3200", file="vm_welcome.wav")

    url = answer["download_resource_url"]
    assert answer == {
        **SUCCESS,
        "file": "vm_welcome.wav",
        "download_resource_url": url,
    }
    assert url.startswith("/api/download/PBX-VoicemailGreeting-37.23.0.15-download-")


async def test_url_without_leading_slash(client: Client) -> None:
    """The documents are not at one with themselves about the slash."""
    client.pbx.switches.url_form = UrlForm.NO_LEADING_SLASH

    link = await client.play_link("3200", "vm_welcome.wav")

    assert link.startswith("api/download/")
    assert (await client.send("GET", f"/{link}")).status == 200


async def test_absolute_url(client: Client) -> None:
    """A whole URL leads to the PBX."""
    client.pbx.switches.url_form = UrlForm.ABSOLUTE

    link = await client.play_link("3200", "vm_welcome.wav")

    assert link.startswith(f"{client.pbx.base_url}/api/download/")


@pytest.mark.parametrize("value", [None, "", 7, ["/"], "https://example.invalid/x"])
async def test_hostile_play_url(client: Client, value: object) -> None:
    """The play URL can be any JSON value."""
    client.pbx.switches.play_resource_url = value

    answer = await client.get(PLAY, extension="3200", file="vm_welcome.wav")

    assert answer["play_resource_url"] == value


# Audio


async def test_play_link_works_without_token(client: Client) -> None:
    """Unless switched on."""
    link = await client.play_link("3200", "vm_welcome.wav")

    without = await client.send("GET", link)
    client.pbx.switches.play_link_needs_token = True
    refused = await client.send("GET", link)
    accepted = await client.send(
        "GET", link, params={"access_token": client.access_token}
    )

    audio = client.pbx.extensions["3200"].greetings[1].audio()
    assert (without.status, without.body) == (200, audio)
    assert (refused.status, json_of(refused)) == (200, TOKEN_EXPIRED)
    assert accepted.body == audio


async def test_download_link_needs_a_token(client: Client) -> None:
    """Any valid one will do, unless switched off."""
    link = await client.download_link("3200", "vm_welcome.wav")
    await client.login()

    refused = await client.send("GET", link)
    accepted = await client.send(
        "GET", link, params={"access_token": client.access_token}
    )
    client.pbx.switches.download_link_needs_token = False
    without = await client.send("GET", link)

    assert json_of(refused) == TOKEN_EXPIRED
    assert accepted.body[:4] == b"RIFF"
    assert without.body == accepted.body


@pytest.mark.parametrize(
    "file",
    [
        "after hours.wav",
        "a+b & c#1.wav",
        "50%20off.wav",
        "fermé.wav",
        "night.WAV",
        "night.wav",
    ],
)
async def test_awkward_file_names(client: Client, file: str) -> None:
    """Every greeting is found by its name, and by no other's."""
    (greeting,) = (
        greeting
        for greeting in client.pbx.extensions["3202"].greetings
        if greeting.real_filename == file
    )

    reply = await client.send("GET", await client.play_link("3202", file))

    assert reply.body == greeting.audio()


async def test_link_expires_after_30_minutes(client: Client, clock: Clock) -> None:
    """Then a JSON error or HTTP status 404 comes; until then it may be used again."""
    link = await client.play_link("3200", "vm_welcome.wav")

    clock.now += 1799
    before = [await client.send("GET", link) for _ in range(2)]
    clock.now += 1
    after = await client.send("GET", link)
    client.pbx.switches.link_refusal = Refusal.HTTP_404
    after_404 = await client.send("GET", link)

    assert [reply.body[:4] for reply in before] == [b"RIFF", b"RIFF"]
    assert (after.status, json_of(after)) == (200, DATA_NOT_FOUND)
    assert after_404.status == 404


async def test_head_is_not_supported(client: Client) -> None:
    """Only GET and POST are documented."""
    link = await client.play_link("3200", "vm_welcome.wav")

    assert (await client.send("HEAD", link)).status == 405


@pytest.mark.parametrize(
    "content_type", ["audio/x-wav", "audio/wav", "application/octet-stream", None]
)
@pytest.mark.parametrize("content_length", [True, False])
async def test_audio_headers(
    client: Client, content_type: str | None, content_length: bool
) -> None:
    """What describes the audio is not documented."""
    client.pbx.switches.audio_content_type = content_type
    client.pbx.switches.content_length = content_length
    link = await client.play_link("3200", "vm_welcome.wav")

    reply = await client.send("GET", link)

    assert reply.headers.get("Content-Type") == content_type
    assert ("Content-Length" in reply.headers) is content_length
    assert reply.body == client.pbx.extensions["3200"].greetings[1].audio()


@pytest.mark.parametrize(
    ("asked", "status", "content_range", "part"),
    [
        (None, 200, None, slice(None)),
        ("bytes=0-", 206, "bytes 0-32043/32044", slice(None)),
        ("bytes=0-99", 206, "bytes 0-99/32044", slice(100)),
        ("bytes=32000-99999", 206, "bytes 32000-32043/32044", slice(32000, None)),
        ("bytes=-44", 206, "bytes 32000-32043/32044", slice(-44, None)),
        ("bytes=32044-", 416, "bytes */32044", slice(0)),
        ("nonsense", 416, "bytes */32044", slice(0)),
    ],
)
async def test_ranges(
    client: Client,
    asked: str | None,
    status: int,
    content_range: str | None,
    part: slice[Any, Any, Any],
) -> None:
    """A PBX that honours ranges."""
    client.pbx.switches.ranges = True
    link = await client.play_link("3200", "vm_welcome.wav")

    reply = await client.send("GET", link, headers={"Range": asked} if asked else {})

    assert reply.status == status
    assert reply.headers["Accept-Ranges"] == "bytes"
    assert reply.headers.get("Content-Range") == content_range
    assert reply.body == client.pbx.extensions["3200"].greetings[1].audio()[part]


async def test_ranges_are_ignored_by_default(client: Client) -> None:
    """There is no evidence that the PBX honours them."""
    link = await client.play_link("3200", "vm_welcome.wav")

    reply = await client.send("GET", link, headers={"Range": "bytes=0-99"})

    assert reply.status == 200
    assert len(reply.body) == 32044


def _default_greetings() -> list[SimulatedGreeting]:
    return [
        greeting
        for extension in PbxSimulator().extensions.values()
        for greeting in extension.greetings
    ]


@pytest.mark.parametrize(
    "greeting", _default_greetings(), ids=lambda greeting: greeting.real_filename
)
def test_audio_is_what_it_says(greeting: SimulatedGreeting) -> None:
    """Each greeting decodes, with ffmpeg, to a tone of its length and frequency."""
    format_tag = int.from_bytes(greeting.audio()[20:22], "little")
    samples = _decode(greeting.audio())

    crossings = sum(a < 0 <= b for a, b in pairwise(samples))
    assert len(samples) / 8000 == pytest.approx(greeting.duration, abs=0.05)
    assert crossings / greeting.duration == pytest.approx(greeting.frequency, abs=5)
    assert max(samples) > 8000
    assert (
        format_tag
        == {
            Encoding.PCM16: 1,
            Encoding.ALAW: 6,
            Encoding.MULAW: 7,
            Encoding.GSM: 0x31,
        }[greeting.encoding]
    )


def test_every_greeting_sounds_different() -> None:
    """So that playing the wrong one is noticed."""
    frequencies = [greeting.frequency for greeting in _default_greetings()]

    assert len(set(frequencies)) == len(frequencies)


@pytest.mark.parametrize("encoding", [Encoding.PCM16, Encoding.ALAW, Encoding.MULAW])
def test_length_of_audio(encoding: Encoding) -> None:
    """A greeting may last as long as it likes."""
    greeting = SimulatedGreeting("long.wav", encoding=encoding, duration=3.3)

    assert len(_decode(greeting.audio())) == 26400


def test_gsm_tone_that_is_not_there() -> None:
    """GSM cannot be encoded here, so there are only the tones of the folder."""
    greeting = SimulatedGreeting("x.WAV", encoding=Encoding.GSM, frequency=1)

    with pytest.raises(ValueError, match="No GSM tone of 1 Hz"):
        greeting.audio()


# Faults


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
    before = await _shown_fingerprint(pbx)

    await pbx.begin_outage(Outage.CERTIFICATE_CHANGED)
    meanwhile = await _shown_fingerprint(pbx)
    assert meanwhile == pbx.fingerprint
    await pbx.end_outage()

    assert before != meanwhile
    assert await _shown_fingerprint(pbx) == before == pbx.fingerprint


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

    assert await _shown_fingerprint(pbx) == pbx.fingerprint


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


# State


async def test_simulators_share_nothing(clock: Clock) -> None:
    """Each has its own extensions, tokens, switches and certificate."""
    async with PbxSimulator(clock=clock) as one, PbxSimulator(clock=clock) as other:
        one.extensions["1"] = SimulatedExtension("1", "One")
        one.switches.ranges = True

        assert "1" not in other.extensions
        assert not other.switches.ranges
        assert one.fingerprint != other.fingerprint
        assert one.port != other.port


# Command line


def test_command_line_with_a_busy_port() -> None:
    """One line says so."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = subprocess.run(  # noqa: S603
            _command_line(taken.getsockname()[1]),
            capture_output=True,
            text=True,
            cwd=_ROOT,
            check=False,
        )

    assert run.returncode == 1
    assert run.stdout == ""
    assert re.fullmatch(r"Cannot start: .*address already in use.*\n", run.stderr)


def test_command_line() -> None:
    """It says how to reach it, and ends at SIGTERM."""
    with subprocess.Popen(  # noqa: S603
        _command_line(0), stdout=subprocess.PIPE, text=True, cwd=_ROOT
    ) as process:
        assert process.stdout
        head = [process.stdout.readline() for _ in range(4)]
        process.terminate()
        rest = process.stdout.read()

    assert process.returncode == 0
    assert re.fullmatch(r"Base URL: +https://127\.0\.0\.1:\d+\n", head[0])
    assert re.fullmatch(r"Client ID: +\w{32}\n", head[1])
    assert re.fullmatch(r"Client Secret: +\w{32}\n", head[2])
    assert re.fullmatch(r"Fingerprint: +[0-9a-f]{64}\n", head[3])
    assert "3200  Leo Ball\n        vm_welcome_001.wav" in rest


_ROOT = Path(__file__).parents[1]


def _command_line(port: int) -> list[str]:
    return [sys.executable, "-m", "tests.pbx_simulator", "--port", str(port)]


def _decode(audio: bytes) -> array[int]:
    """Return the 16-bit samples of a WAV file at its own rate."""
    command = [get_ffmpeg_exe(), "-v", "error", "-i", "pipe:0"]
    command += ["-f", "s16le", "-ac", "1", "-ar", "8000", "pipe:1"]
    run = subprocess.run(  # noqa: S603
        command, input=audio, capture_output=True, check=True
    )
    return array("h", run.stdout)


def _accept_any_certificate() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def _shown_fingerprint(pbx: PbxSimulator) -> str:
    """Return the SHA-256 of the certificate that the server shows."""
    _, writer = await asyncio.open_connection(
        "127.0.0.1", pbx.port, ssl=_accept_any_certificate()
    )
    certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.transport.abort()
    return sha256(certificate).hexdigest()
