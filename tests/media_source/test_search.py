"""The search of the media browser."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from tests.common import entry_for, load
from tests.pbx_simulator import PbxSimulator, SimulatedExtension

from .media import ROOT, search


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
