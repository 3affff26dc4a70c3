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
from custom_components.yeastar_vm.media_source import YeastarMediaSource
from custom_components.yeastar_vm.media_source.folders import (
    BoxFolder,
    Folder,
    KindFolder,
    MailboxesFolder,
    MailboxFolder,
    NumbersFolder,
    PbxFolder,
    parse_folder,
)
from custom_components.yeastar_vm.pbx import BoxKind
from custom_components.yeastar_vm.playback.references import (
    MAX_NAME,
    GreetingReference,
    media_content_id,
    media_identifier,
    parse_media_content_id,
    parse_media_identifier,
    pbx_identifier,
)
from simulator import PbxSimulator, SimulatedExtension, SimulatedGreeting

from .running import Run
from .strategies import FEW, joined, texts

_names = texts.filter(lambda name: 0 < len(name) <= MAX_NAME)
_numbers = _names.filter(lambda name: "/" not in name)
_serial_numbers = st.text(min_size=1, max_size=30)


@given(_serial_numbers, _numbers, _names)
@example("363/1", "3200", "a.wav")
def test_a_greeting_is_found_by_its_identifier(
    serial_number: str, number: str, file: str
) -> None:
    """Whatever it is called; file names may have slashes."""
    reference = GreetingReference(number, file)
    parsed = pbx_identifier(serial_number), reference
    identifier = media_identifier(serial_number, reference)
    assert parse_media_identifier(identifier) == parsed
    assert parse_media_content_id(media_content_id(serial_number, reference)) == parsed


@given(
    joined("media-source://", DOMAIN, "/", "3631", "greetings", "3200", "a.wav", "%2f")
)
@example(f"media-source://{DOMAIN}/3631/greetings/3200/a.wav")
@example(f"media-source://{DOMAIN}/3631/greetings/3200/")
@example(f"media-source://{DOMAIN}//greetings/3200/a.wav")
def test_an_identifier_names_one_greeting_or_none(text: str) -> None:
    """No two name the same, and nothing is left over."""
    if (parsed := parse_media_content_id(text)) is not None:
        pbx, reference = parsed
        assert f"media-source://{DOMAIN}/{pbx}/{reference.path}" == text
    if (parsed := parse_media_identifier(text)) is not None:
        pbx, reference = parsed
        assert f"{pbx}/{reference.path}" == text


_limits = _numbers.filter(lambda number: "-" not in number)
_folders = (
    st.just(PbxFolder())
    | st.builds(KindFolder, st.sampled_from(BoxKind))
    | st.builds(NumbersFolder, st.sampled_from(BoxKind), _limits, _limits)
    | st.builds(BoxFolder, _numbers)
    | st.just(MailboxesFolder())
    | st.builds(MailboxFolder, _numbers)
)


@given(_serial_numbers, _folders)
def test_a_folder_is_found_by_its_identifier(
    serial_number: str, folder: Folder
) -> None:
    """Whatever it is called."""
    pbx = pbx_identifier(serial_number)
    assert parse_folder(f"{pbx}{folder.path}") == (pbx, folder)


@pytest.fixture
async def source(hass: HomeAssistant, entry: MockConfigEntry) -> YeastarMediaSource:
    """Return the media source, with a PBX."""
    assert await async_setup_component(hass, "media_source", {})
    return YeastarMediaSource(hass)


type Use = Callable[[YeastarMediaSource, MediaSourceItem], Coroutine[Any, Any, Any]]

uses: st.SearchStrategy[Use] = st.sampled_from(
    [YeastarMediaSource.async_browse_media, YeastarMediaSource.async_resolve_media]
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
        "groups",
        "messages",
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
@example(YeastarMediaSource.async_resolve_media, "ENTRY/greetings/3200/closed.WAV")
@example(YeastarMediaSource.async_resolve_media, "ENTRY/greetings//closed.WAV")
@example(YeastarMediaSource.async_resolve_media, "ENTRY/greetings/3200/\ud800")
@example(YeastarMediaSource.async_browse_media, "ENTRY/greetings/\ud800")
@example(YeastarMediaSource.async_browse_media, "ENTRY/extensions/-")
@example(YeastarMediaSource.async_browse_media, "ENTRY/extensions/0-9")
def test_any_identifier_leads_somewhere_or_to_words(
    run: Run,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    source: YeastarMediaSource,
    use: Use,
    identifier: str | None,
) -> None:
    """What a user is told is one of Home Assistant's errors, translated."""
    if identifier is not None:
        identifier = identifier.replace("ENTRY", entry.entry_id)
    item: Any = MediaSourceItem
    error = None
    try:
        run(use(source, item(hass, DOMAIN, identifier, None)))
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
    source: YeastarMediaSource,
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

    folders = opened(f"media-source://{DOMAIN}/{entry.unique_id}")

    assert len(folders) == len(extensions)
    for folder in folders:
        shown = opened(folder)
        assert list(shown.values()) == [f"{file}.wav" for file in files]
        number = folder.rpartition("/")[2]
        assert [parse_media_content_id(greeting) for greeting in shown] == [
            (entry.unique_id, GreetingReference(number, f"{file}.wav"))
            for file in files
        ]
