"""URLs: those that users type, and those that the PBX answers with."""

# ruff: noqa: RUF001 - characters that look like others are what it is about

from collections.abc import Callable
import re
from urllib.parse import parse_qsl, unquote, urlsplit

from hypothesis import example, given, strategies as st
import pytest
from yarl import URL

from custom_components.yeastar_vm.pbx import (
    BaseUrl,
    InvalidResponse,
    InvalidUrl,
)

from .browser import BrowserUrl, Refused
from .strategies import attacks, json_values, near, texts

BASE_URLS = [
    "https://192.168.5.150:8088",
    "http://192.168.5.150",
    "https://pbx.example",
    "https://example.com/pbx",
    "http://[fd00::5]:8088/a/b",
    "https://xn--bcher-kva.example",
]

# A base URL, and what a PBX could answer there for a play URL.
answers = st.sampled_from(BASE_URLS).flatmap(
    lambda base_url: st.tuples(
        st.just(base_url), attacks | near(f"{base_url}/a.wav") | texts
    )
)


def _urlsplit(url: str) -> tuple[str, str | None, int]:
    parts = urlsplit(url)
    return (
        parts.scheme,
        parts.hostname,
        parts.port or {"http": 80, "https": 443}[parts.scheme],
    )


def _yarl(url: str) -> tuple[str, str | None, int | None]:
    parts = URL(url)
    return parts.scheme, parts.raw_host, parts.port


def _simple_player(url: str) -> tuple[str, str, int]:
    """Read a URL as small devices do: with a few lines of C, and atoi for the port."""
    match = re.match(r"(https?)://(\[[^\]]*\]|[^/:?]*):?([0-9]*)", url)
    assert match
    port = int(match[3]) if match[3] else {"http": 80, "https": 443}[match[1]]
    return match[1], match[2].strip("[]"), port


def _browser(url: str) -> tuple[str, str, int]:
    return BrowserUrl.read(url).origin


READERS: list[Callable[[str], tuple[str, str | None, int | None]]] = [
    _urlsplit,
    _yarl,
    _simple_player,
    _browser,
]


@given(answers)
@example(("https://example.com/pbx", "..?x=1"))
@example(("https://example.com/pbx", "/.\ud800./a.wav"))
@example(("https://192.168.5.150:8088", "https://192.168.5.150:8_088/a.wav"))
@example(("https://192.168.5.150:8088", "https://:secret@192.168.5.150:8088/a.wav"))
def test_a_play_url_never_leaves_the_pbx(answer: tuple[str, str]) -> None:
    """Whoever reads it: it leads to the PBX's origin, and not out of its path."""
    base_url, resource = answer
    try:
        link = BaseUrl(base_url).resource(resource)
    except InvalidResponse:
        return
    for read in READERS:
        assert read(link) == read(base_url), read.__name__
    folder = BrowserUrl.read(base_url).path.rstrip("/") + "/"
    if not resource.lower().startswith("http"):
        for seen_by_proxy in (link, unquote(link), unquote(unquote(link))):
            assert BrowserUrl.read(seen_by_proxy).path.startswith(folder)


@given(answers)
def test_a_play_url_is_one_line_of_ascii(answer: tuple[str, str]) -> None:
    """It stands in requests, and players get it: nothing in it ends a line or a URL."""
    try:
        base_url, resource = answer
        link = BaseUrl(base_url).resource(resource)
    except InvalidResponse:
        return
    assert re.fullmatch(r"[!-~]+", link)
    assert not set(link) & set("\\#")


@given(st.sampled_from(BASE_URLS), json_values)
def test_what_is_no_play_url_is_refused(base_url: str, resource: object) -> None:
    """Whatever JSON has in its place."""
    try:
        link = BaseUrl(base_url).resource(resource)
    except InvalidResponse:
        return
    assert isinstance(resource, str)
    assert link.startswith(base_url)


_segments = st.text(
    st.characters(codec="ascii", categories=["L", "N"], include_characters="-_~%20"),
    min_size=1,
)


@given(st.sampled_from(BASE_URLS), st.lists(_segments, min_size=1).map("/".join))
def test_a_plain_play_url_is_followed_as_it_is(base_url: str, path: str) -> None:
    """With and without a slash, and absolute: it is the same link."""
    link = f"{base_url}/{path}.wav"
    for resource in (f"{path}.wav", f"/{path}.wav", link):
        assert BaseUrl(base_url).resource(resource) == link


@given(attacks | texts | near("https://pbx.example:8088/pbx"))
@example("https://xn--a")
@example("https://[fd00::5]@")
@example("https://pbx.example＼.evil.example")
@example("https://pbx\u2003.example")
@example("https://pbx.example/openapi/v1.0/openapi/v1.0")
def test_a_typed_url_is_a_base_url_or_refused(typed: str) -> None:
    """And the base URL of a base URL is itself."""
    try:
        base_url = BaseUrl.from_typed(typed)
    except InvalidUrl:
        return
    assert BaseUrl.from_typed(str(base_url)) == base_url
    assert re.fullmatch(r"https?://[!-~]*[^/]", str(base_url))
    assert base_url.host not in ("http", "https")


@given(near("https://pbx.example:8088/pbx"), attacks)
def test_whatever_base_url_is_accepted_is_not_left(typed: str, resource: str) -> None:
    """Nor does a strange one end in another error."""
    try:
        base_url = BaseUrl.from_typed(typed)
        link = base_url.resource(resource)
    except InvalidUrl, InvalidResponse:
        return
    assert URL(link).origin() == base_url.url.origin()


@given(
    st.sampled_from(BASE_URLS),
    st.dictionaries(
        st.sampled_from(["access_token", "extension", "file"]), texts, min_size=1
    ),
)
def test_a_query_carries_any_text(base_url: str, parameters: dict[str, str]) -> None:
    """And nothing in a value ends it."""
    url = str(BaseUrl(base_url).endpoint("extension_vm_greeting/play", parameters))

    path, _, query = url.partition("?")
    assert path == f"{base_url}/openapi/v1.0/extension_vm_greeting/play"
    assert re.fullmatch(r"[!-~]*", query)
    read = parse_qsl(query, keep_blank_values=True, errors="surrogatepass")
    assert dict(read) == parameters


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https:\\\\evil.example\\a", ("https", "evil.example", 443)),
        ("\thT\nTps:evil.example", ("https", "evil.example", 443)),
        ("http://pbx@evil%2eexample:81", ("http", "evil.example", 81)),
        ("http://0xc0.0250.1430/", ("http", "192.168.5.150", 80)),
        ("http://ｅvil。example", ("http", "evil.example", 80)),
        ("http://bücher.example", ("http", "xn--bcher-kva.example", 80)),
        ("http://[FD00:0::5]", ("http", "fd00::5", 80)),
    ],
)
def test_the_browser_here_is_as_forgiving_as_real_ones(
    url: str, origin: tuple[str, str, int]
) -> None:
    """Or it would find nothing."""
    assert BrowserUrl.read(url).origin == origin


@pytest.mark.parametrize(
    "url",
    ["a", "javascript:a", "http://", "http://a:b", "http://a b", "http://1.2.3.999"],
)
def test_the_browser_here_refuses_what_real_ones_refuse(url: str) -> None:
    """Or it would find too much."""
    with pytest.raises(Refused):
        BrowserUrl.read(url)


def test_the_browser_here_walks_dot_segments() -> None:
    """Also percent-encoded ones."""
    assert BrowserUrl.read("http://a/b/../c/.%2E/%2e/d/..?e").path == "/"
