"""What the media browser says when something is missing or goes wrong."""

from homeassistant.components.media_source import async_resolve_media
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.pbx_simulator import Fault, PbxSimulator

from .media import ROOT, browse, search


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
