"""Greetings as media: names that survive, identifiers that lead somewhere or not."""

from collections.abc import Callable, Coroutine
from typing import Any

from homeassistant.components.media_player import SearchMediaQuery
from homeassistant.components.media_source import async_browse_media
from homeassistant.components.media_source.models import MediaSourceItem
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.json import json_bytes
from homeassistant.setup import async_setup_component
from hypothesis import example, given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.media_id import (
    greeting_identifier,
    greeting_media_content_id,
    read_identifier,
    read_media_content_id,
)
from custom_components.yeastar_vm.media_source import GreetingSource
from tests.pbx_simulator import PbxSimulator, SimulatedExtension, SimulatedGreeting

from .strategies import FEW, Run, joined, texts

_without_slash = texts.filter(lambda name: "/" not in name)
_files = texts.filter(bool)


@given(_without_slash, _without_slash, _files)
def test_a_greeting_is_found_by_its_identifier(
    entry_id: str, extension: str, file: str
) -> None:
    """Whatever it is called; file names may have slashes."""
    named = entry_id, extension, file
    assert read_identifier(greeting_identifier(*named)) == named
    assert read_media_content_id(greeting_media_content_id(*named)) == named


@given(
    joined("media-source://", DOMAIN, "/", "01J", "greetings", "3200", "a.wav", "%2f")
)
@example(f"media-source://{DOMAIN}/01J/greetings/3200/a.wav")
@example(f"media-source://{DOMAIN}/01J/greetings/3200/")
def test_an_identifier_names_one_greeting_or_none(text: str) -> None:
    """No two name the same, and nothing is left over."""
    if (named := read_media_content_id(text)) is not None:
        assert greeting_media_content_id(*named) == text
    if (named := read_identifier(text)) is not None:
        assert greeting_identifier(*named) == text


@pytest.fixture
async def source(hass: HomeAssistant, entry: MockConfigEntry) -> GreetingSource:
    """Return the media source, with a PBX."""
    assert await async_setup_component(hass, "media_source", {})
    return GreetingSource(hass)


type Use = Callable[[GreetingSource, MediaSourceItem], Coroutine[Any, Any, Any]]

uses: st.SearchStrategy[Use] = st.sampled_from(
    [GreetingSource.async_browse_media, GreetingSource.async_resolve_media]
) | texts.map(
    lambda text: (
        lambda source, item: source.async_search_media(
            item, SearchMediaQuery(search_query=text)
        )
    )
)
identifiers = joined(
    *(
        "ENTRY",
        "ENTRY/",
        "ENTRY/greetings/",
        "ENTRY/greetings/3200/",
        "ENTRY/extensions/",
    ),
    *(
        "/",
        "greetings",
        "extensions",
        "3200",
        "0-9",
        "-",
        "closed.WAV",
        "..",
        "%2f",
        "?",
    ),
)


@FEW
@given(uses, st.none() | identifiers)
@example(GreetingSource.async_resolve_media, "ENTRY/greetings/3200/closed.WAV")
@example(GreetingSource.async_resolve_media, "ENTRY/greetings//closed.WAV")
@example(GreetingSource.async_resolve_media, "ENTRY/greetings/3200/\ud800")
@example(GreetingSource.async_browse_media, "ENTRY/greetings/\ud800")
@example(GreetingSource.async_browse_media, "ENTRY/extensions/-")
def test_any_identifier_leads_somewhere_or_to_words(
    run: Run,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    source: GreetingSource,
    use: Use,
    identifier: str | None,
) -> None:
    """What a user is told is one of Home Assistant's errors, translated."""
    if identifier is not None:
        identifier = identifier.replace("ENTRY", entry.entry_id)
    error = None
    try:
        run(use(source, MediaSourceItem(hass, DOMAIN, identifier, None)))
    except HomeAssistantError as err:
        error = err
    assert error is None or error.translation_domain == DOMAIN


_lines = st.text(
    st.characters(codec="utf-8", exclude_characters="/\n"), min_size=1, max_size=20
)


@FEW
@given(
    st.dictionaries(
        _lines.filter(lambda number: number == number.strip()),
        texts,
        min_size=1,
        max_size=5,
    ),
    st.lists(_lines, min_size=1, max_size=5, unique=True),
)
@example({"3200": "half a \ud83d"}, ["a.b", "../../c", " d", "?e=f#g%2f"])
def test_what_is_shown_can_be_opened(
    run: Run,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    source: GreetingSource,
    pbx: PbxSimulator,
    extensions: dict[str, str],
    files: list[str],
) -> None:
    """Step by step, as a browser does it, whatever extensions and files are called."""
    greetings = [SimulatedGreeting(f"{file}.wav") for file in files]
    pbx.extensions = {
        number: SimulatedExtension(number, name, greetings)
        for number, name in extensions.items()
    }

    def opened(media_content_id: str) -> dict[str, str]:
        """Return the media content IDs of what is in something, with their titles."""
        shown = run(async_browse_media(hass, media_content_id))
        assert json_bytes(shown.as_dict())
        return {child.media_content_id: child.title for child in shown.children or ()}

    folders = opened(f"media-source://{DOMAIN}/{entry.entry_id}")

    assert len(folders) == len(extensions)
    for folder in folders:
        shown = opened(folder)
        assert list(shown.values()) == [f"{file}.wav" for file in files]
        number = folder.rpartition("/")[2]
        assert [read_media_content_id(greeting) for greeting in shown] == [
            (entry.entry_id, number, f"{file}.wav") for file in files
        ]
