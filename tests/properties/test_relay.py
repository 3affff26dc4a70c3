"""The relay: ranges as HTTP has them, and no greeting but the signed one."""

import base64
from dataclasses import dataclass, field
import re

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, make_mocked_request
from homeassistant.core import HomeAssistant
from hypothesis import example, given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.yeastar_vm.views import (
    _read_greeting,
    async_relay_path,
)
from tests.pbx_simulator import PbxSimulator

from .running import Run
from .strategies import WITH_FIXTURES, edited, joined, texts

SIZE = 16300  # bytes of two seconds of MP3


@pytest.fixture
async def player(
    hass_client_no_auth: ClientSessionGenerator, entry: MockConfigEntry
) -> TestClient:
    """Return something that fetches URLs, as a player does."""
    return await hass_client_no_auth()


def relayed(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    extension: str = "3200",
    file: str = "closed.WAV",
) -> str:
    """Return the signed path of a greeting."""
    return async_relay_path(hass, entry, extension, file, ".mp3")


@dataclass(frozen=True)
class Greeting:
    """A greeting that was fetched already: its signed path, and how players get it."""

    path: str
    content: bytes = field(repr=False)


@pytest.fixture
async def greeting(
    hass: HomeAssistant, entry: MockConfigEntry, player: TestClient
) -> Greeting:
    """Return a greeting."""
    path = relayed(hass, entry)
    content = await (await player.get(path)).read()
    assert len(content) == SIZE
    return Greeting(path, content)


@dataclass(frozen=True)
class Asked:
    """What a `Range` header asks for: RFC 9110, sections 14.1.2 and 14.2.

    `status` is the answer's; `first` and `last` are the bytes of a 206.
    """

    status: int
    first: int = 0
    last: int = SIZE - 1

    @classmethod
    def of(cls, header: str) -> Asked:
        """Read a header. What is not one range of bytes is ignored."""
        match = re.fullmatch(r"bytes=([0-9]*)-([0-9]*)", header.strip(), _FLAGS)
        if not match or not any(match.groups()):
            return cls(200)
        if not match[1]:
            count = min(int(match[2]), SIZE)
            return cls(206, SIZE - count) if count else cls(416)
        first = int(match[1])
        if match[2] and int(match[2]) < first:
            return cls(200)
        last = min(int(match[2] or SIZE), SIZE - 1)
        return cls(206, first, last) if first < SIZE else cls(416)


def _aiohttp_reads_upper_case() -> bool:
    """Return whether this aiohttp does; a server may ignore a range."""
    request = make_mocked_request("GET", "/", headers={"Range": "BYTES=0-0"})
    try:
        return request.http_range.start == 0
    except ValueError:
        return False


_FLAGS = re.IGNORECASE if _aiohttp_reads_upper_case() else re.NOFLAG
_positions = st.integers(0, SIZE + 9) | st.sampled_from((0, 1, SIZE - 1, SIZE, 10**30))
_optional = st.one_of(st.just(""), _positions.map(str))
ranges = (
    st.builds("bytes={}-{}".format, _optional, _optional)
    | edited("bytes=5-9", st.sampled_from(("", *" =-,0é\t", "-5", "0-1, ")))
    | joined("bytes", "=", "-", ",", " ", "0", "9", "items").filter(str.isprintable)
)


@WITH_FIXTURES
@given(ranges)
@example("bytes=-0")
@example("bytes=-1")
@example("BYTES=0-0")
def test_a_range_is_answered_as_http_has_it(
    run: Run, player: TestClient, greeting: Greeting, header: str
) -> None:
    """The bytes that were asked for, all of them, or that there are none such."""
    asked = Asked.of(header)

    async def fetch() -> tuple[ClientResponse, bytes]:
        answer = await player.get(greeting.path, headers={"Range": header})
        return answer, await answer.read()

    answer, content = run(fetch())

    assert answer.status == asked.status
    assert int(answer.headers["Content-Length"]) == len(content)
    match answer.status:
        case 200:
            assert content == greeting.content
            assert "Content-Range" not in answer.headers
        case 206:
            assert content == greeting.content[asked.first : asked.last + 1]
            place = f"bytes {asked.first}-{asked.last}/{SIZE}"
            assert answer.headers["Content-Range"] == place
        case 416:
            assert answer.headers["Content-Range"] == f"bytes */{SIZE}"


@WITH_FIXTURES
@given(ranges)
@example("bytes=5-9")
def test_head_has_the_headers_of_the_whole(
    run: Run, player: TestClient, greeting: Greeting, header: str
) -> None:
    """Of ranges HTTP speaks for GET alone. There is no body, and the next GET works."""

    async def ask() -> tuple[ClientResponse, bytes, ClientResponse]:
        head = await player.head(greeting.path, headers={"Range": header})
        return head, await head.read(), await player.get(greeting.path)

    head, content, get = run(ask())

    assert (head.status, content) == (200, b"")
    kept = ("Content-Type", "Content-Length", "Accept-Ranges", "ETag", "Cache-Control")
    assert [head.headers[name] for name in kept] == [get.headers[name] for name in kept]


@WITH_FIXTURES
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)), st.booleans())
def test_a_range_of_another_clip_gets_the_whole(
    run: Run, player: TestClient, greeting: Greeting, condition: str, weak: bool
) -> None:
    """Whatever `If-Range` says, unless it is the tag of this very clip."""

    async def ask(condition: str) -> ClientResponse:
        headers = {"Range": "bytes=0-9", "If-Range": condition}
        return await player.get(greeting.path, headers=headers)

    tag = run(player.head(greeting.path)).headers["ETag"]
    assert run(ask(tag)).status == 206
    if weak:
        condition = f"W/{tag}"
    if condition.strip() != tag:
        assert run(ask(condition)).status == 200


_names = texts.filter(bool)


@WITH_FIXTURES
@given(_names, _names, st.sampled_from((".mp3", ".wav")))
@example("3200", "\ud83d\ude00.wav", ".mp3")
@example("../3200", "/../a?b#c%2f\\\0.wav", ".mp3")
def test_a_path_names_its_greeting(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    player: TestClient,
    extension: str,
    file: str,
    suffix: str,
) -> None:
    """Exactly that, whatever the names consist of, and in characters that pass."""
    signed = async_relay_path(hass, entry, extension, file, suffix)

    folder, _, part = signed.partition("?")[0].rpartition("/")
    assert folder == f"/api/yeastar_vm/greetings/{entry.entry_id}"
    assert re.fullmatch(r"[\w-]{12,}\.(mp3|wav)", part, re.ASCII)
    assert _read_greeting(part) == (extension, file)


@WITH_FIXTURES
@given(st.text(min_size=1), st.text(min_size=1))
def test_the_pbx_is_asked_for_the_signed_greeting(
    run: Run,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    player: TestClient,
    pbx: PbxSimulator,
    expected_warnings: list[str],
    extension: str,
    file: str,
) -> None:
    """Also over the wire."""
    expected_warnings[:] = ["cannot be relayed: no such extension or file"]
    pbx.requests.clear()

    assert run(player.get(relayed(hass, entry, extension, file))).status == 404

    [request] = pbx.requests
    assert request.query["extension"] == extension
    assert request.query["file"] == file


@given(texts | st.binary().map(lambda name: base64.urlsafe_b64encode(name).decode()))
@example("eyJhIjoxLCJiIjoyfQ.mp3")
@example(base64.urlsafe_b64encode(b"[" * 100_000).decode())
def test_any_part_of_a_path_names_a_greeting_or_nothing(part: str) -> None:
    """And is never an error."""
    named = _read_greeting(part)
    if named is not None:
        extension, file = named
        assert isinstance(extension, str)
        assert isinstance(file, str)


UNSIGNED = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")


@pytest.mark.usefixtures("_refusals_are_silent")
@WITH_FIXTURES
@given(st.data())
def test_no_altered_path_leads_to_another_greeting(
    run: Run,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    player: TestClient,
    pbx: PbxSimulator,
    greeting: Greeting,
    data: st.DataObject,
) -> None:
    """Only what reads the same once it is decoded is let in; the PBX is not asked."""
    bare, signature = greeting.path.split("?authSig=")
    other = relayed(hass, entry, "3202", "night.wav")
    other_bare, other_signature = other.split("?authSig=")
    header, claims, seal = signature.split(".")
    _, other_claims, other_seal = other_signature.split(".")
    part, other_part = bare.rpartition("/")[2], other_bare.rpartition("/")[2]
    wholes = [
        greeting.path,
        bare,
        f"{other_bare}?authSig={signature}",
        f"{bare}?authSig={other_signature}",
        f"{other_bare}?authSig={header}.{other_claims}.{seal}",
        f"{other_bare}?authSig={UNSIGNED}.{other_claims}.",
        f"{other_bare}/../{part}?authSig={signature}",
        f"{bare}/../{other_part}?authSig={signature}",
        f"{other_bare}?authSig={signature}&authSig={signature}",
    ]
    pieces = [
        *("", "a", "A", "-", "_", "=", ".", "/", "//", "../", "./", "%2e%2e/", "%2f"),
        *("%57", "%00", "%0a", "?", "&", ";", "#", "é", "+", ".mp3", ".wav"),
        *("&authSig=", "?authSig=", "&width=1", "authSig", seal, other_seal, UNSIGNED),
        *(claims, other_claims, bare, other_bare, entry.entry_id),
    ]
    altered = data.draw(st.sampled_from(wholes))
    altered = "/" + data.draw(edited(altered[1:], st.sampled_from(pieces)))
    pbx.requests.clear()

    async def fetch() -> tuple[int, bytes]:
        url = f"{str(player.make_url('/')).rstrip('/')}{altered}"
        answer = await player.session.get(URL(url, encoded=True))
        return answer.status, await answer.read()

    status, content = run(fetch())

    assert pbx.requests == []
    assert status in (200, 400, 401, 404)
    if status == 200:
        assert content == greeting.content
        assert URL(altered, encoded=True).path == bare
