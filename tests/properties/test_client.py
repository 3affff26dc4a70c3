"""The client against servers that answer anything at all."""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
import json
import time
from typing import Any

from hypothesis import example, given, strategies as st
import pytest

from custom_components.yeastar_vm.pbx import (
    CannotConnect,
    Connections,
    Credentials,
    PbxInfo,
    PlayLink,
    SignIn,
    TokenPair,
    YeastarClient,
    YeastarError,
    lists,
)
from tests.pbx.caller import stranger

from .raw_server import RawServer
from .running import Run
from .strategies import FEW, WITH_FIXTURES, edited, json_values, spoiled, texts

type Call = Callable[[YeastarClient], Coroutine[Any, Any, Any]]

# An answer that is right for every endpoint but `system/information`.
RIGHT = {
    "errcode": 0,
    "errmsg": "SUCCESS",
    "total_number": 2,
    "data": [
        {"number": "3200", "caller_id_name": "Leo Ball"},
        {"number": "3201", "caller_id_name": "Ann Empty"},
    ],
    "greeting_list": [
        {"file": "a.wav", "suffix": ".wav", "real_filename": "a.wav", "type": "tts"},
        {"file": "b.wav", "suffix": ".wav", "real_filename": "b.wav", "type": "tts"},
    ],
    "play_resource_url": "/api/download/a.wav",
    "access_token": "new",
    "access_token_expire_time": 1800,
    "refresh_token": "new too",
    "refresh_token_expire_time": 86400,
}
INFORMATION = {"errcode": 0, "data": {"sn": "3631A2124001", "device_name": "PBX"}}
ERRCODES = (0, -1, 10001, 10004, 10005, 40002, 60001, 60002, 70004, 70087)


def ask_for_information(client: YeastarClient) -> Coroutine[Any, Any, PbxInfo]:
    """Ask who the PBX is."""
    return client.system.information()


def download(client: YeastarClient) -> Coroutine[Any, Any, bytes]:
    """Fetch audio from where it should be."""
    url = f"{client.base_url}/a.wav"
    return client.audio.download(PlayLink(url, 0, needs_token=False, requested_at=0))


calls: st.SearchStrategy[Call] = st.sampled_from(
    [
        ask_for_information,
        lambda client: client.extensions.all(),
        lambda client: client.extensions.search("leo"),
        lambda client: client.extensions.get("3200"),
        lambda client: client.greetings.of("3200"),
        lambda client: client.greetings.play_link("3200", "a.wav"),
        download,
        YeastarClient.revoke,
    ]
)


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    """Return a server."""
    async with RawServer() as server:
        yield server


@pytest.fixture
async def elsewhere() -> AsyncIterator[RawServer]:
    """Return a server that nothing should be sent to."""
    async with RawServer() as server:
        yield server


def connect(
    connections: Connections,
    server: RawServer,
    *,
    token: str = "a token",  # noqa: S107
    scheme: str = "http",
) -> YeastarClient:
    """Return a client of a server, which has a token and could renew it."""
    later = time.time() + 10_000
    tokens = TokenPair(token, later, "r", later)
    return stranger(
        connections,
        f"{scheme}://{server.address}",
        sign_in=SignIn(Credentials("id", "secret"), tokens),
    )


def http(status: int, body: bytes, *headers: str) -> bytes:
    """Return an HTTP response."""
    head = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*head, "", ""]).encode(errors="surrogateescape") + body


async def outcome(call: Awaitable[Any]) -> Any:
    """Return what a call returns, or the promised error."""
    try:
        return await call
    except YeastarError as err:
        return err


_answers = (
    spoiled(RIGHT)
    | spoiled(INFORMATION)
    | st.sampled_from(ERRCODES).flatmap(lambda code: spoiled({"errcode": code}))
    | json_values
).map(json.dumps)


@WITH_FIXTURES
@given(calls, st.sampled_from([200, 200, 401, 403, 404, 429, 500]), _answers)
def test_any_json_is_an_answer_or_an_error_of_the_client(
    run: Run,
    connections: Connections,
    server: RawServer,
    monkeypatch: pytest.MonkeyPatch,
    call: Call,
    status: int,
    answer: str,
) -> None:
    """Whatever was asked, and with whatever HTTP status it comes."""
    monkeypatch.setattr(lists, "MAX_PAGES", 3)
    server.answer = http(status, answer.encode())
    run(outcome(call(connect(connections, server))))


_response = http(200, json.dumps(RIGHT).encode(), "Content-Type: application/json")
_pieces = st.binary(max_size=4) | st.sampled_from(
    [
        *(b"\r\n", b"\n", b"\0", b":", b" ", b"HTTP/1.0", b"HTTP/1.1 100 \r\n\r\n"),
        *(b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n"),
        *(b"Content-Encoding: deflate\r\n", b"Content-Length: -1\r\n", b"Set-Cookie: "),
        *(b"99999999999999999999", b"ffffffffffffffff\r\n", b"Location: /\r\n", b"302"),
        *(b"Connection: upgrade\r\nUpgrade: x\r\n", b"\xff\xfe", b"\xf0\x9f"),
    ]
)


@WITH_FIXTURES
@given(calls, edited(_response, _pieces) | st.binary())
def test_any_bytes_are_an_answer_or_an_error_of_the_client(
    run: Run, connections: Connections, server: RawServer, call: Call, response: bytes
) -> None:
    """Also what is not HTTP."""
    server.answer = response
    run(outcome(call(connect(connections, server))))


@FEW
@given(st.binary())
def test_any_bytes_in_place_of_a_certificate_are_an_error_of_the_client(
    run: Run, connections: Connections, server: RawServer, answer: bytes
) -> None:
    """A server need not speak TLS."""
    server.answer, server.patient = answer, False
    client = connect(connections, server, scheme="https")
    assert isinstance(run(outcome(client.system.information())), CannotConnect)
    assert isinstance(run(outcome(client.probe_certificate())), CannotConnect)


_location_parts = st.sampled_from(
    [
        *("http:", "https:", "HTTP:", "ftp:", "mailto:", "javascript:", "data:", "//"),
        *("/", "\\", "\\\\", "?", "#", "@", ":", "..", ".", "%2f", "%5c", ";", "[::1]"),
        *("HERE", "ELSEWHERE", "HERE@ELSEWHERE", "ELSEWHERE@HERE", "xn--a", ":99999"),
        *("a.wav", "é", "\udcff", " "),
    ]
)
locations = st.lists(_location_parts, max_size=8).map("".join) | edited(
    "http://HERE/a.wav", _location_parts
)


@WITH_FIXTURES
@given(calls, st.sampled_from([301, 302, 303, 307, 308]), locations)
@example(ask_for_information, 302, "javascript:alert(1)")
@example(ask_for_information, 302, "http://xn--a/")
@example(ask_for_information, 302, "http://[::1]@")
@example(ask_for_information, 302, "a%00b://c")
@example(ask_for_information, 302, "//ELSEWHERE")
def test_no_redirect_leads_elsewhere(
    run: Run,
    connections: Connections,
    server: RawServer,
    elsewhere: RawServer,
    call: Call,
    status: int,
    location: str,
) -> None:
    """The token stays with the PBX, wherever that sends its callers."""
    location = location.replace("ELSEWHERE", elsewhere.address)
    location = location.replace("HERE", server.address)
    server.answer = http(status, b"{}", f"Location: {location}")
    run(outcome(call(connect(connections, server))))
    assert elsewhere.requests == []


@WITH_FIXTURES
@given(texts, texts, texts.filter(bool))
def test_the_pbx_is_asked_for_what_was_named(
    run: Run,
    connections: Connections,
    server: RawServer,
    extension: str,
    file: str,
    token: str,
) -> None:
    """In one request, whatever the name is; nothing in it ends the request's line."""
    server.requests.clear()
    server.answer = http(200, json.dumps(RIGHT).encode())
    client = connect(connections, server, token=token)

    run(client.greetings.play_link(extension, file))

    assert server.asked() == [
        (
            "/openapi/v1.0/extension_vm_greeting/play",
            [("access_token", token), ("extension", extension), ("file", file)],
        )
    ]


@WITH_FIXTURES
@given(texts.filter(bool))
@example("a&b=c#d e")
def test_a_link_that_needs_the_token_gets_the_token(
    run: Run, connections: Connections, server: RawServer, token: str
) -> None:
    """Whatever it is made of."""
    server.requests.clear()
    server.answer = http(200, b"{}")

    run(outcome(download(connect(connections, server, token=token))))

    assert server.asked() == [("/a.wav", []), ("/a.wav", [("access_token", token)])]
