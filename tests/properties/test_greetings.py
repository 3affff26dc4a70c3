"""Greetings that are changed: their boxes, their names, and the media they are of."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import PurePosixPath
import re
from typing import Any

from aiohttp import ClientSession
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
from hypothesis import example, given, strategies as st
import pytest
from yarl import URL

from custom_components.yeastar_vm.pbx import Greeting, Group
from custom_components.yeastar_vm.services.greetings import media
from custom_components.yeastar_vm.services.greetings.box import greeting_name, named

from .browser import BrowserUrl
from .json_copies import as_sent, stored
from .running import Run
from .strategies import (
    WITH_FIXTURES,
    attacks,
    edited,
    json_values,
    near,
    spoiled,
    texts,
)

GROUP = {
    "id": 1,
    "type": "ring_group",
    "number": "6300",
    "name": "Sales",
    "mode": "share",
    "member_list": [{"value": "1", "type": "extension", "text": "Leo"}],
    "messages": {"total": 3, "unread": 1},
}
ALLOWED = "https://pbx.example"
OWN = ("http", "127.0.0.1", 8123)

names = st.from_regex(r"[A-Za-z0-9_-]{1,250}", fullmatch=True)


@given(spoiled(GROUP) | st.dictionaries(st.sampled_from(list(GROUP)), json_values))
@example({"number": "1", "name": "half a \ud83d"})
def test_a_group_has_a_number(row: dict[str, object]) -> None:
    """Or is none; it can be shown, and it is found by its number."""
    group = Group.from_row(as_sent(row))
    if group is not None:
        assert group.number
        assert group.is_named(group.number[:1])
        assert stored(asdict(group)) == asdict(group)


@given(names, st.sampled_from(("", ".wav", ".WAV")), st.sampled_from(("", " ", "\n")))
def test_a_name_that_the_pbx_takes(name: str, suffix: str, space: str) -> None:
    """It is sent as it is, without its suffix."""
    assert greeting_name(f"{space}{name}{suffix}{space}") == name


@given(texts | names.flatmap(lambda name: edited(name, texts)))
@example("a" * 251)
@example("\u0661")
@example("a\n.wav")
def test_no_other_name_is_sent(text: str) -> None:
    """It is refused in words, which are short."""
    refusal = None
    try:
        name = greeting_name(text)
    except ServiceValidationError as err:
        refusal = err
    if refusal is None:
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,250}", name, re.ASCII)
        return
    assert refusal.translation_key == "name_not_allowed"
    assert len((refusal.translation_placeholders or {})["name"]) <= 51


@given(names, st.lists(names | texts.filter(bool), max_size=5))
def test_a_name_finds_its_file(name: str, others: list[str]) -> None:
    """Whatever the PBX has called it, and whatever else is listed."""
    files = [*others, f"{name}.WAV", f"{name}.wav"]
    listed = [Greeting("3200", file, "record") for file in files]

    found = named(listed, name)
    missing = named([each for each in listed if name not in each.file], name)

    assert found
    assert PurePosixPath(found.file).stem == name
    assert found.file == f"{name}.wav"
    assert missing is None


@pytest.fixture
async def fetched(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, str, int]]:
    """Return the servers that are asked for media, as a browser reads their URLs."""
    servers: list[tuple[str, str, int]] = []

    async def get(session: ClientSession, url: URL, host: str) -> bytes:
        servers.append(BrowserUrl.read(str(url)).origin)
        return b"audio"

    monkeypatch.setattr(media, "_get", get)
    assert await async_setup_component(hass, "yeastar_vm", {})
    hass.config.allowlist_external_urls = {f"{ALLOWED}/"}
    hass.http.server_port = OWN[2]
    return servers


@WITH_FIXTURES
@given(near(f"{ALLOWED}/song.wav") | attacks | texts | near("/local/song.wav"))
@example(f"{ALLOWED}@evil.example/")
@example(f"{ALLOWED}:8443/")
@example("https://pbx.example.evil.example/")
@example("//evil.example/song.wav")
@example("/\\evil.example/song.wav")
@example("http://homeassistant.test:8123@evil.example/")
def test_media_leads_only_where_it_may(
    run: Run, hass: HomeAssistant, fetched: list[tuple[str, str, int]], content_id: str
) -> None:
    """To servers that the user allows, and to Home Assistant itself."""
    fetched.clear()
    fetch: Callable[[HomeAssistant, str], Any] = media.async_fetch_media
    with suppress(HomeAssistantError):
        run(fetch(hass, content_id))

    assert set(fetched) <= {BrowserUrl.read(ALLOWED).origin, OWN}
