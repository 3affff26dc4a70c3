"""The relay: ranges and conditions as HTTP has them, and links that are short."""

from dataclasses import dataclass, field
import re

from aiohttp import ClientResponse
from aiohttp.test_utils import make_mocked_request
from hypothesis import example, given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.yeastar_vm.playback.relay.link import readable_name
from simulator import PbxSimulator
from tests.common import Fetcher
from tests.relay.home import relayed

from .running import Run
from .strategies import WITH_FIXTURES, edited, joined, texts


@pytest.fixture
async def player(
    hass_client_no_auth: ClientSessionGenerator, entry: MockConfigEntry
) -> Fetcher:
    """Return something that fetches URLs, as a player does."""
    return await hass_client_no_auth()


@dataclass(frozen=True)
class Greeting:
    """A greeting that is ready for players: its path, and how they get it."""

    path: str
    content: bytes = field(repr=False)
    tag: str


@pytest.fixture
async def greeting(entry: MockConfigEntry, player: Fetcher) -> Greeting:
    """Return a greeting."""
    path = await relayed(entry, "closed.WAV", "3200")
    answer = await player.get(path)
    return Greeting(path, await answer.read(), answer.headers["ETag"])


@dataclass(frozen=True)
class Asked:
    """What a `Range` header asks for: RFC 9110, sections 14.1.2 and 14.2.

    `status` is the answer's; `first` and `last` are the bytes of a 206.
    """

    status: int
    first: int = 0
    last: int = 0

    @classmethod
    def of(cls, header: str, size: int) -> Asked:
        """Read a header. What is not one range of bytes is ignored."""
        match = re.fullmatch(r"bytes=([0-9]*)-([0-9]*)", header.strip(), _FLAGS)
        if not match or not any(match.groups()):
            return cls(200)
        if not match[1]:
            count = min(int(match[2]), size)
            return cls(206, size - count, size - 1) if count else cls(416)
        first = int(match[1])
        if match[2] and int(match[2]) < first:
            return cls(200)
        last = min(int(match[2] or size), size - 1)
        return cls(206, first, last) if first < size else cls(416)


def _aiohttp_reads_upper_case() -> bool:
    """Return whether this aiohttp does; a server may ignore a range."""
    request = make_mocked_request("GET", "/", headers={"Range": "BYTES=0-0"})
    try:
        return bool(request.http_range.start == 0)
    except ValueError:
        return False


_FLAGS = re.IGNORECASE if _aiohttp_reads_upper_case() else re.NOFLAG
# A greeting of two seconds has about 16,500 bytes, a hundred of them for its title.
_positions = st.integers(0, 20_000) | st.sampled_from((0, 1, 90, 10**30))
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
    run: Run, player: Fetcher, greeting: Greeting, header: str
) -> None:
    """The bytes that were asked for, all of them, or that there are none such."""
    size = len(greeting.content)
    asked = Asked.of(header, size)

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
            place = f"bytes {asked.first}-{asked.last}/{size}"
            assert answer.headers["Content-Range"] == place
        case 416:
            assert answer.headers["Content-Range"] == f"bytes */{size}"


@WITH_FIXTURES
@given(ranges)
@example("bytes=5-9")
def test_head_has_the_headers_of_the_whole(
    run: Run, player: Fetcher, greeting: Greeting, header: str
) -> None:
    """Of ranges HTTP speaks for GET alone. There is no body, and the next GET works."""

    async def ask() -> tuple[ClientResponse, bytes, ClientResponse]:
        head = await player.head(greeting.path, headers={"Range": header})
        return head, await head.read(), await player.get(greeting.path)

    head, content, get = run(ask())

    assert (head.status, content) == (200, b"")
    kept = ("Content-Type", "Content-Length", "Accept-Ranges", "ETag", "Cache-Control")
    assert [head.headers[name] for name in kept] == [get.headers[name] for name in kept]


_conditions = st.text(st.characters(min_codepoint=32, max_codepoint=126))


@WITH_FIXTURES
@given(_conditions, st.booleans())
def test_a_range_of_another_clip_gets_the_whole(
    run: Run, player: Fetcher, greeting: Greeting, condition: str, weak: bool
) -> None:
    """Whatever `If-Range` says, unless it is the tag of this very clip."""

    async def ask(condition: str) -> ClientResponse:
        headers = {"Range": "bytes=0-9", "If-Range": condition}
        return await player.get(greeting.path, headers=headers)

    assert run(ask(greeting.tag)).status == 206
    if weak:
        condition = f"W/{greeting.tag}"
    if condition.strip() != greeting.tag:
        assert run(ask(condition)).status == 200


_tags = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='"'),
    max_size=5,
)


@WITH_FIXTURES
@given(st.lists(st.builds('{}"{}"'.format, st.sampled_from(("", "W/")), _tags)), ranges)
def test_only_a_player_that_has_it_is_sent_nothing(
    run: Run, player: Fetcher, greeting: Greeting, tags: list[str], header: str
) -> None:
    """Whatever else it has, and whatever range it asks for."""

    async def ask(tags: list[str]) -> tuple[int, bytes]:
        headers = {"If-None-Match": ", ".join(tags), "Range": header}
        answer = await player.get(greeting.path, headers=headers)
        return answer.status, await answer.read()

    status, content = run(ask(tags))
    assert status == Asked.of(header, len(greeting.content)).status
    assert content or status == 416
    for tag in (greeting.tag, f"W/{greeting.tag}"):
        assert run(ask([*tags, tag])) == (304, b"")
        assert run(ask([tag, *tags])) == (304, b"")


@given(texts)
@example("")
@example("/../a?b#c%2f\\\0")
@example("\ud83d\ude00")
def test_the_name_in_a_link_is_short_and_plain(title: str) -> None:
    """Whatever the greeting is called."""
    assert re.fullmatch(r"[a-z0-9_]{1,40}", readable_name(title), re.ASCII)


@pytest.mark.usefixtures("_refusals_are_silent")
@WITH_FIXTURES
@given(st.data())
def test_no_altered_path_leads_anywhere(
    run: Run,
    player: Fetcher,
    pbx: PbxSimulator,
    greeting: Greeting,
    data: st.DataObject,
) -> None:
    """Only what reads the same is served; the PBX is not asked, nobody is banned."""
    bare, _, query = greeting.path.partition("?")
    _, _, _, key, name = bare.split("/")
    pieces = [
        *("", "a", "A", "-", "_", "=", ".", "/", "//", "../", "./", "%2e%2e/", "%2f"),
        *("%57", "%00", "%0a", "?", "&", ";", "#", "é", "+", ".mp3", ".wav"),
        *("&authSig=", "?authSig=x", "cover.png", key, key[:-1], name, query),
    ]
    altered = "/" + data.draw(edited(greeting.path[1:], st.sampled_from(pieces)))
    pbx.requests.clear()

    async def fetch() -> tuple[int, bytes]:
        url = f"{str(player.make_url('/')).rstrip('/')}{altered}"
        answer = await player.session.get(URL(url, encoded=True))
        return answer.status, await answer.read()

    status, content = run(fetch())

    assert pbx.requests == []
    assert status in (200, 400, 404)
    if status == 200:
        assert content == greeting.content
        assert URL(altered, encoded=True).path == bare
