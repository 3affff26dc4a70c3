"""Group voicemails: a folder of their own, greetings, and search."""

from homeassistant.components.media_player import MediaClass
from homeassistant.components.media_source import (
    async_browse_media,
    async_resolve_media,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from simulator import PbxSimulator, SimulatedGreeting
from simulator.groups import SimulatedGroup
from tests.common import newly_asked
from tools.demo.audio import measure

from .media import ROOT, browse, search

GREETINGS = [MediaClass.MUSIC]


@pytest.fixture
def grouped(pbx: PbxSimulator, here: str) -> str:
    """Return the media content ID of the PBX, which has two groups."""
    night = SimulatedGreeting("night_team.wav", frequency=1500)
    pbx.groups = {
        "6300": SimulatedGroup("6300", "Sales", ["3200", "3201"], [night]),
        "6301": SimulatedGroup("6301", "Zoë's team"),
    }
    return here


async def test_from_the_pbx_to_a_greeting_of_a_group(
    hass: HomeAssistant, grouped: str, hass_client: ClientSessionGenerator
) -> None:
    """Step by step, as in the Media panel."""
    folders = await browse(hass, grouped)
    assert list(folders) == ["Extensions", "Groups"]

    extensions = await browse(hass, folders["Extensions"].media_content_id)
    assert "3200 · Leo Ball" in extensions
    groups = await browse(hass, folders["Groups"].media_content_id)
    assert list(groups) == ["6300 · Sales", "6301 · Zoë's team"]

    sales = await async_browse_media(hass, groups["6300 · Sales"].media_content_id)
    assert sales.title == "6300 · Sales"
    (night,) = sales.children or ()
    assert night.title == "night_team.wav"
    assert night.media_content_id == f"{grouped}/greetings/6300/night_team.wav"

    media = await async_resolve_media(hass, night.media_content_id, None)
    answer = await (await hass_client()).get(media.url)
    assert (await measure(await answer.read())).frequency == pytest.approx(1500, abs=5)


async def test_the_folders_are_named_in_the_language_of_home_assistant(
    hass: HomeAssistant, grouped: str
) -> None:
    """Also when they are opened."""
    hass.config.language = "de"

    folders = await browse(hass, grouped)

    assert list(folders) == ["Nebenstellen", "Gruppen"]
    groups = await async_browse_media(hass, folders["Gruppen"].media_content_id)
    assert groups.title == "Gruppen"


@pytest.mark.parametrize("errcode", [10001, 10005, 10009])
async def test_nothing_changes_where_there_are_no_groups(
    hass: HomeAssistant, grouped: str, pbx: PbxSimulator, errcode: int
) -> None:
    """The firmware has none, or the API application may not see them."""
    pbx.errcodes = {"vm_group/list": errcode, "vm_greeting/list": errcode}

    assert "3200 · Leo Ball" in await browse(hass, grouped)
    assert "closed.WAV" in await browse(hass, f"{grouped}/greetings/3200")
    assert await search(hass, grouped, "leo") == ["3200 · Leo Ball"]
    assert await search(hass, grouped, "hell") == ["0042 · hello.wav"]
    with pytest.raises(HomeAssistantError, match="group voicemail 6300"):
        await browse(hass, f"{grouped}/greetings/6300")


async def test_groups_are_asked_for_once_in_a_while(
    hass: HomeAssistant, grouped: str, pbx: PbxSimulator
) -> None:
    """Opening the PBX again costs one request, and their folder shows them as now."""
    await browse(hass, grouped)
    assert newly_asked(pbx) == ["extension/list", "vm_group/list"]

    await browse(hass, grouped)
    assert newly_asked(pbx) == ["extension/list"]

    pbx.groups["6302"] = SimulatedGroup("6302", "New")
    assert "6302 · New" in await browse(hass, f"{grouped}/groups")


async def test_many_groups_are_in_folders(
    hass: HomeAssistant, here: str, pbx: PbxSimulator
) -> None:
    """As extensions are."""
    numbers = [str(number) for number in range(6000, 6600)]
    pbx.groups = {n: SimulatedGroup(n, "") for n in numbers}

    folders = await browse(hass, f"{here}/groups")

    assert list(folders) == ["6000 – 6499", "6500 – 6599"]  # noqa: RUF001
    last = folders["6500 – 6599"].media_content_id  # noqa: RUF001
    assert list(await browse(hass, last)) == numbers[500:]
    assert await search(hass, last, "6599") == ["6599"]
    assert await search(hass, last, "6000") == []


async def test_search_finds_groups(hass: HomeAssistant, grouped: str) -> None:
    """By number and name, however that is spelled, beside extensions."""
    assert await search(hass, grouped, "630") == ["6300 · Sales", "6301 · Zoë's team"]
    assert await search(hass, ROOT, "SALES") == ["6300 · Sales"]
    assert await search(hass, grouped, "Zoe\u0308") == [
        "0042 · Zoë Zero",
        "6301 · Zoë's team",
    ]


async def test_search_finds_greetings_of_groups(
    hass: HomeAssistant, grouped: str
) -> None:
    """Beside those of extensions."""
    assert await search(hass, grouped, "night") == [
        "3202 · night.WAV",
        "3202 · night.wav",
        "6300 · night_team.wav",
    ]
    assert await search(hass, grouped, "sales", GREETINGS) == ["6300 · night_team.wav"]
    assert await search(hass, f"{grouped}/greetings/6300", "team") == ["night_team.wav"]


async def test_a_search_in_a_folder_stays_there(
    hass: HomeAssistant, grouped: str
) -> None:
    """In that of the groups, and in that of the extensions."""
    assert await search(hass, f"{grouped}/groups", "zoë") == ["6301 · Zoë's team"]
    assert await search(hass, f"{grouped}/extensions", "zoë") == ["0042 · Zoë Zero"]
    assert await search(hass, f"{grouped}/groups", "night") == ["6300 · night_team.wav"]
    assert await search(hass, f"{grouped}/extensions", "team", GREETINGS) == []


async def test_a_group_without_greetings(hass: HomeAssistant, grouped: str) -> None:
    """It exists, unlike another number."""
    assert await browse(hass, f"{grouped}/greetings/6301") == {}
    with pytest.raises(HomeAssistantError, match="group voicemail 6399"):
        await browse(hass, f"{grouped}/greetings/6399")
