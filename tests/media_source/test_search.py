"""Search one PBX: extensions, greetings, filters, and how names are spelled."""

from typing import Any

from homeassistant.components.media_player import MediaClass
from homeassistant.components.media_source import async_browse_media
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from simulator import PbxSimulator, SimulatedExtension, SimulatedGreeting
from tests.common import endpoints

from .media import ROOT, browse, search

FOLDERS = [MediaClass.DIRECTORY]
GREETINGS = [MediaClass.MUSIC]
DECOMPOSED = "Zoe\u0308 Zero"  # as a Mac writes it


def make_large(pbx: PbxSimulator) -> None:
    """Give the PBX too many extensions to ask each of them for its greetings."""
    pbx.extensions |= {
        str(n): SimulatedExtension(str(n), "", [SimulatedGreeting("holiday.wav")])
        for n in range(4000, 4590)
    }


@pytest.mark.parametrize("text", ["320", "leo", "LEO BALL ", "nobody"])
async def test_search_finds_numbers_and_names(
    hass: HomeAssistant, here: str, text: str
) -> None:
    """From the root and from a PBX."""
    expected = {
        "320": ["3200 · Leo Ball", "3201 · Ann Empty", "3202 · Olive Odd"],
        "nobody": [],
    }.get(text, ["3200 · Leo Ball"])

    assert await search(hass, ROOT, text) == expected
    assert await search(hass, here, text) == expected


async def test_search_in_an_extension_finds_files(
    hass: HomeAssistant, here: str
) -> None:
    """By a part of their names."""
    found = await search(hass, f"{here}/greetings/3200", "WELCOME")

    assert found == ["vm_welcome_001.wav", "vm_welcome.wav"]
    assert await search(hass, f"{here}/greetings/3200", "night") == []


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
    make_large(pbx)

    assert await search(hass, here, "holiday") == []
    assert await search(hass, here, "holiday", GREETINGS) == []

    assert "extension_vm_greeting/list" not in endpoints(pbx)


# --- a folder of numbers -------------------------------------------------------------


async def test_a_search_in_a_folder_of_numbers_stays_there(
    hass: HomeAssistant, here: str, pbx: PbxSimulator
) -> None:
    """Also one for greetings."""
    make_large(pbx)
    _, folder = (await browse(hass, here)).values()

    assert await search(hass, folder.media_content_id, "4589") == ["4589"]
    assert await search(hass, folder.media_content_id, "4000") == []
    assert await search(hass, folder.media_content_id, "leo") == []
    # Fewer than a hundred extensions are in it.
    pbx.extensions["4589"].greetings.append(SimulatedGreeting("closed.wav"))
    assert await search(hass, folder.media_content_id, "closed") == [
        "4589 · closed.wav"
    ]


async def test_the_media_panel_searches(
    hass: HomeAssistant,
    here: str,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """What it sends and shows, and how an error gets to it."""
    panel = await hass_ws_client(hass)

    async def answer(end: str, text: str, **only: list[str]) -> dict[str, Any]:
        await panel.send_json_auto_id(
            {
                "type": "media_source/search_media",
                "media_content_id": here + end,
                "search_query": text,
                **only,
            }
        )
        answer: dict[str, Any] = await panel.receive_json()
        return answer

    found = await answer("", "holiday", media_filter_classes=["music"])
    (greeting,) = found["result"]["result"]
    assert greeting["title"] == "3200 · holiday.wav"
    assert greeting["media_content_id"] == f"{here}/greetings/3200/holiday.wav"

    failed = await answer("/greetings/3299", "holiday")
    assert failed["error"]["message"] == (
        "The PBX has no extension or group voicemail 3299. Check the number. In "
        "YAML, put a number that begins with zeros in quotation marks."
    )


# --- filters -------------------------------------------------------------------------


async def test_a_search_for_music_finds_greetings_and_no_folders(
    hass: HomeAssistant, here: str
) -> None:
    """By their names, or as those of an extension that matches."""
    assert await search(hass, here, "holiday", GREETINGS) == ["3200 · holiday.wav"]
    assert await search(hass, here, "zero", GREETINGS) == ["0042 · hello.wav"]
    assert await search(hass, ROOT, "ZOË", GREETINGS) == ["0042 · hello.wav"]
    assert await search(hass, f"{here}/greetings/3202", "after", GREETINGS) == [
        "after hours.wav"
    ]


async def test_a_search_for_music_finds_extensions_of_a_large_pbx(
    hass: HomeAssistant, here: str, pbx: PbxSimulator
) -> None:
    """Only those that match are asked for their greetings."""
    make_large(pbx)

    found = await search(hass, here, "4321", GREETINGS)

    assert found == ["4321 · holiday.wav"]
    assert [r.query["extension"] for r in pbx.requests if "extension" in r.query] == [
        "4321"
    ]


async def test_a_search_for_folders_finds_no_greetings(
    hass: HomeAssistant, here: str, pbx: PbxSimulator
) -> None:
    """No extension is asked for any."""
    assert await search(hass, here, "leo", FOLDERS) == ["3200 · Leo Ball"]
    assert await search(hass, here, "holiday", FOLDERS) == []
    assert await search(hass, f"{here}/greetings/3200", "holiday", FOLDERS) == []

    assert "extension_vm_greeting/list" not in endpoints(pbx)


async def test_a_search_for_what_no_pbx_has(
    hass: HomeAssistant, here: str, pbx: PbxSimulator
) -> None:
    """Finds nothing, and asks for nothing."""
    assert await search(hass, ROOT, "leo", [MediaClass.VIDEO]) == []
    assert await search(hass, here, "leo", [MediaClass.VIDEO]) == []

    assert pbx.requests == []


async def test_a_search_can_be_limited_where_there_is_something_to_choose(
    hass: HomeAssistant, here: str
) -> None:
    """The Media panel offers the classes that a folder names."""
    both = [MediaClass.DIRECTORY, MediaClass.MUSIC]

    assert (await async_browse_media(hass, ROOT)).search_media_classes == both
    assert (await async_browse_media(hass, here)).search_media_classes == both
    extension = await async_browse_media(hass, f"{here}/greetings/3200")
    assert extension.can_search
    assert extension.search_media_classes is None


# --- spelling ------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["Zoë", "Zoe\u0308", "ZOË ZERO", "zoë\xa0zero"])
@pytest.mark.parametrize("name", ["Zoë Zero", DECOMPOSED, "Zoë\xa0Zero"])
async def test_a_name_is_found_however_it_is_spelled(
    hass: HomeAssistant, here: str, pbx: PbxSimulator, typed: str, name: str
) -> None:
    """Composed or decomposed, with a space or a no-break space."""
    pbx.extensions["0042"].name = name

    assert await search(hass, here, typed) == [f"0042 · {name}"]


@pytest.mark.parametrize("typed", ["Fermé", "Ferme\u0301", "ferme\u0301\xa0à"])
async def test_a_file_is_found_however_it_is_spelled(
    hass: HomeAssistant, here: str, pbx: PbxSimulator, typed: str
) -> None:
    """It is shown in the PBX's own spelling."""
    uploaded = "Ferme\u0301 a\u0300 Noe\u0308l.wav"
    pbx.extensions["3201"].greetings = [SimulatedGreeting(uploaded)]

    assert uploaded in await search(hass, f"{here}/greetings/3201", typed)
    assert f"3201 · {uploaded}" in await search(hass, here, typed)


# --- what cannot be found ------------------------------------------------------------


async def test_a_text_that_is_longer_than_any_name(
    hass: HomeAssistant, here: str, pbx: PbxSimulator
) -> None:
    """It is not sent."""
    assert await search(hass, here, 1_000_000 * "a") == []
    assert await search(hass, f"{here}/greetings/3200", 1_000_000 * "a") == []

    assert pbx.requests == []


async def test_a_search_in_an_extension_that_does_not_exist(
    hass: HomeAssistant, here: str
) -> None:
    """The error says so."""
    with pytest.raises(HomeAssistantError, match="group voicemail 3299"):
        await search(hass, f"{here}/greetings/3299", "holiday")


async def test_no_search_shows_more_than_a_hundred(
    hass: HomeAssistant, here: str, pbx: PbxSimulator
) -> None:
    """A user looks for something more exact then."""
    make_large(pbx)

    assert len(await search(hass, here, "4")) == 100
