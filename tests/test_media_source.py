"""Greetings in the media browser: what a user sees, opens, searches and plays."""

from typing import Any

from homeassistant.components.media_player import MediaClass, SearchMediaQuery
from homeassistant.components.media_source import (
    async_browse_media,
    async_resolve_media,
)
from homeassistant.components.media_source.models import MediaSourceItem
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from .conftest import entry_for, load
from .demo.audio import measure
from .pbx_simulator import Fault, PbxSimulator, SimulatedExtension

ROOT = "media-source://yeastar_vm"


@pytest.fixture
async def here(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Return the media content ID of the PBX."""
    assert await async_setup_component(hass, "media_source", {})
    await hass.async_block_till_done()
    return f"{ROOT}/{entry.entry_id}"


async def browse(hass: HomeAssistant, media_content_id: str) -> dict[str, Any]:
    """Open something; return the titles in it with their media content IDs."""
    opened = await async_browse_media(hass, media_content_id)
    return {child.title: child for child in opened.children or ()}


async def search(hass: HomeAssistant, media_content_id: str, text: str) -> list[str]:
    """Search something; return the titles found."""
    item = MediaSourceItem.from_uri(hass, media_content_id, None)
    found = await item.async_search(SearchMediaQuery(search_query=text))
    return [result.title for result in found.result]


async def test_from_the_pbx_to_a_greeting_that_plays(
    hass: HomeAssistant, here: str, hass_client: ClientSessionGenerator
) -> None:
    """Step by step, as in the Media panel."""
    pbxs = await browse(hass, ROOT)
    assert list(pbxs) == ["PBX"]

    extensions = await browse(hass, pbxs["PBX"].media_content_id)
    assert list(extensions) == [
        "0042 · Zoë Zero",
        "3200 · Leo Ball",
        "3201 · Ann Empty",
        "3202 · Olive Odd",
    ]

    greetings = await browse(hass, extensions["3200 · Leo Ball"].media_content_id)
    assert list(greetings) == [
        "vm_welcome_001.wav",
        "vm_welcome.wav",
        "holiday.wav",
        "closed.WAV",
    ]
    closed = greetings["closed.WAV"]
    assert closed.media_content_id == f"{here}/greetings/3200/closed.WAV"
    assert closed.can_play
    assert closed.media_content_type.startswith("audio/")

    media = await async_resolve_media(hass, closed.media_content_id, None)
    assert media.mime_type == "audio/mpeg"
    answer = await (await hass_client()).get(media.url)
    assert (await measure(await answer.read())).frequency == pytest.approx(600, abs=5)


@pytest.mark.parametrize(
    "file", ["after hours.wav", "a+b & c#1.wav", "50%20off.wav", "fermé.wav"]
)
async def test_any_file_name_plays(
    hass: HomeAssistant, here: str, pbx: PbxSimulator, file: str
) -> None:
    """Exactly that one."""
    await async_resolve_media(hass, f"{here}/greetings/3202/{file}", None)

    assert pbx.requests[0].query["file"] == file


async def test_folders_are_shown_as_pictures_and_greetings_as_a_list(
    hass: HomeAssistant, here: str
) -> None:
    """The media browser cuts off file names that stand below a picture."""

    async def shown(media_content_id: str) -> str:
        opened = await async_browse_media(hass, media_content_id)
        media_class: str = opened.as_dict()["children_media_class"]
        return media_class

    assert await shown(ROOT) == await shown(here) == MediaClass.DIRECTORY
    assert await shown(f"{here}/greetings/3200") == MediaClass.MUSIC


async def test_opening_an_extension_is_the_first_to_ask_for_greetings(
    hass: HomeAssistant, here: str, pbx: PbxSimulator
) -> None:
    """A PBX may have many."""
    await browse(hass, ROOT)
    assert pbx.requests == []

    await browse(hass, here)
    assert [request.endpoint for request in pbx.requests] == ["extension/list"]


async def test_many_extensions_are_in_folders(
    hass: HomeAssistant, here: str, pbx: PbxSimulator
) -> None:
    """By their numbers, also of different lengths."""
    numbers = [str(number) for number in range(500, 1700)]
    pbx.extensions = {n: SimulatedExtension(n, f"Name {n}") for n in numbers}

    folders = await browse(hass, here)

    assert list(folders) == ["500 – 999", "1000 – 1499", "1500 – 1699"]  # noqa: RUF001
    opened = await browse(hass, list(folders.values())[1].media_content_id)
    assert list(opened) == [f"{n} · Name {n}" for n in range(1000, 1500)]


@pytest.mark.parametrize("text", ["320", "leo", "LEO BALL ", "nobody"])
async def test_search_finds_numbers_and_names(
    hass: HomeAssistant, here: str, text: str
) -> None:
    """From the root, from a PBX, and wherever else one is."""
    expected = {
        "320": ["3200 · Leo Ball", "3201 · Ann Empty", "3202 · Olive Odd"],
        "nobody": [],
    }.get(text, ["3200 · Leo Ball"])

    assert await search(hass, ROOT, text) == expected
    assert await search(hass, here, text) == expected
    assert await search(hass, f"{here}/extensions/1-9", text) == expected


async def test_search_in_an_extension_finds_files(
    hass: HomeAssistant, here: str
) -> None:
    """By a part of their names."""
    found = await search(hass, f"{here}/greetings/3200", "WELCOME")

    assert found == ["vm_welcome_001.wav", "vm_welcome.wav"]


async def test_search_finds_the_files_of_all_extensions(
    hass: HomeAssistant, here: str
) -> None:
    """Where no extension is called like that; with the numbers they belong to."""
    found = await search(hass, here, "Night.wav")

    assert found == ["3202 · night.WAV", "3202 · night.wav"]
    assert await search(hass, ROOT, "hell") == ["0042 · hello.wav"]


async def test_search_for_files_spares_a_large_pbx(
    hass: HomeAssistant, here: str, pbx: PbxSimulator
) -> None:
    """Each extension would cost a request."""
    pbx.extensions |= {str(n): SimulatedExtension(str(n), "") for n in range(500, 600)}

    assert await search(hass, here, "holiday") == []

    assert [request.endpoint for request in pbx.requests] == [
        "extension/search",
        "extension/list",
    ]


async def test_an_opened_extension_is_called_what_it_was_called_before(
    hass: HomeAssistant, here: str, pbx: PbxSimulator
) -> None:
    """By its number alone where nobody has seen its name."""
    extension = f"{here}/greetings/3200"
    assert (await async_browse_media(hass, extension)).title == "3200"

    await browse(hass, here)
    assert (await async_browse_media(hass, extension)).title == "3200 · Leo Ball"

    pbx.extensions["3200"].name = "Leo Bell"
    await search(hass, here, "3200")
    assert (await async_browse_media(hass, extension)).title == "3200 · Leo Bell"


@pytest.mark.parametrize("number", ["3201", "9999"])
async def test_an_extension_without_greetings_says_so(
    hass: HomeAssistant, here: str, number: str
) -> None:
    """Rather than show an empty page."""
    with pytest.raises(HomeAssistantError, match=f"Extension {number} has no greeting"):
        await browse(hass, f"{here}/greetings/{number}")


async def test_a_greeting_that_was_deleted(hass: HomeAssistant, here: str) -> None:
    """Is said to be gone."""
    with pytest.raises(HomeAssistantError, match=r'no greeting "old\.wav" any more'):
        await async_resolve_media(hass, f"{here}/greetings/3200/old.wav", None)


@pytest.mark.parametrize("end", ["", "/greetings/3200", "/extensions/1-2", "/a/b/c"])
async def test_what_is_no_greeting_does_not_play(
    hass: HomeAssistant, here: str, end: str
) -> None:
    """A folder, or nothing at all."""
    with pytest.raises(HomeAssistantError, match="not a greeting"):
        await async_resolve_media(hass, here + end, None)


@pytest.mark.parametrize("end", ["/greetings", "/greetings/3200/a.wav", "/a/b"])
async def test_what_is_no_folder_does_not_open(
    hass: HomeAssistant, here: str, end: str
) -> None:
    """The error says where to go."""
    with pytest.raises(HomeAssistantError, match="nothing to browse here"):
        await browse(hass, here + end)


async def test_a_search_in_all_pbxs_goes_on_without_one(
    hass: HomeAssistant, here: str, pbx: PbxSimulator, http_pbx: PbxSimulator
) -> None:
    """That does not answer; an error is said where none does."""
    http_pbx.serial_number = "another"
    await load(hass, entry_for(http_pbx))
    await http_pbx.stop()

    assert await search(hass, ROOT, "leo") == ["3200 · Leo Ball"]

    await pbx.stop()
    with pytest.raises(HomeAssistantError, match="cannot be reached"):
        await search(hass, ROOT, "leo")


async def test_a_pbx_that_is_not_loaded(
    hass: HomeAssistant, here: str, entry: MockConfigEntry
) -> None:
    """Is not shown, and opening it says why."""
    await hass.config_entries.async_unload(entry.entry_id)

    assert await browse(hass, ROOT) == {}
    for media_content_id in (here, f"{here}/greetings/3200"):
        with pytest.raises(HomeAssistantError, match="PBX is not connected"):
            await browse(hass, media_content_id)
    with pytest.raises(HomeAssistantError, match="PBX is not connected"):
        await async_resolve_media(hass, f"{here}/greetings/3200/closed.WAV", None)

    await hass.config_entries.async_remove(entry.entry_id)
    with pytest.raises(HomeAssistantError, match="no longer set up"):
        await browse(hass, here)


async def test_a_fault_of_the_pbx_is_said_in_words(
    hass: HomeAssistant, here: str, pbx: PbxSimulator
) -> None:
    """Whatever the user does."""
    pbx.faults["*"] = Fault.RESET

    with pytest.raises(HomeAssistantError, match="closed the connection"):
        await browse(hass, here)
    with pytest.raises(HomeAssistantError, match="closed the connection"):
        await browse(hass, f"{here}/greetings/3200")
    with pytest.raises(HomeAssistantError, match="closed the connection"):
        await search(hass, here, "leo")
    with pytest.raises(HomeAssistantError, match="closed the connection"):
        await async_resolve_media(hass, f"{here}/greetings/3200/closed.WAV", None)


async def test_what_is_wrong_is_said_in_the_language_of_home_assistant(
    hass: HomeAssistant, here: str
) -> None:
    """The Media panel shows a text as it comes, whatever language it is in."""
    hass.config.language = "de"

    with pytest.raises(HomeAssistantError) as empty:
        await browse(hass, f"{here}/greetings/3201")
    with pytest.raises(HomeAssistantError) as gone:
        await async_resolve_media(hass, f"{here}/greetings/3201/gone.wav", None)

    assert str(empty.value) == (
        "Die Nebenstelle 3201 hat keine Begrüßungen. "
        "Nimm zuerst in der Telefonanlage eine auf oder lade dort eine hoch."
    )
    assert "gone.wav" in str(gone.value)
    assert "wähle eine andere" in str(gone.value)
