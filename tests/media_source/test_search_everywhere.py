"""Search all PBXs at once: fair to each, and none holds up the others."""

import asyncio
from typing import Final

from homeassistant.components.media_player import MediaClass
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator, SimulatedExtension
from tests.clock import Clock
from tests.common import entry_for, load
from tests.gate import Gate

from .media import ROOT, search

_TURNS: Final = 100  # of the event loop; what is sent arrives in a few


@pytest.fixture
async def branch(
    hass: HomeAssistant, here: str, http_pbx: PbxSimulator
) -> PbxSimulator:
    """Return a second PBX, with one extension."""
    http_pbx.serial_number = "another"
    http_pbx.name = "Branch"
    http_pbx.extensions = {"500": SimulatedExtension("500", "Leo Branch")}
    await load(hass, entry_for(http_pbx))
    http_pbx.requests.clear()
    return http_pbx


@pytest.mark.usefixtures("branch")
async def test_what_is_found_names_its_pbx(hass: HomeAssistant) -> None:
    """The same numbers are used in many places."""
    assert await search(hass, ROOT, "leo") == [
        "3200 · Leo Ball · PBX",
        "500 · Leo Branch · Branch",
    ]
    assert await search(hass, ROOT, "closed", [MediaClass.MUSIC]) == [
        "3200 · closed.WAV · PBX"
    ]


@pytest.mark.parametrize(
    ("here_match", "there_match", "here_shown", "there_shown"),
    [(60, 80, 50, 50), (20, 200, 20, 80), (200, 20, 80, 20), (30, 40, 30, 40)],
)
async def test_each_pbx_has_a_fair_share(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    branch: PbxSimulator,
    here_match: int,
    there_match: int,
    here_shown: int,
    there_shown: int,
) -> None:
    """Of a hundred results; what one PBX does not need is left to the other."""
    for simulator, matches in ((pbx, here_match), (branch, there_match)):
        numbers = [str(number) for number in range(1000, 1000 + matches)]
        simulator.extensions = {n: SimulatedExtension(n, "Match") for n in numbers}

    found = await search(hass, ROOT, "match")

    assert [title.rpartition(" · ")[2] for title in found] == (
        ["PBX"] * here_shown + ["Branch"] * there_shown
    )


async def test_all_pbxs_are_asked_at_once(
    hass: HomeAssistant, pbx: PbxSimulator, branch: PbxSimulator
) -> None:
    """Neither waits for the other."""
    gates = [Gate(pbx, "extension/search"), Gate(branch, "extension/search")]

    found = asyncio.create_task(search(hass, ROOT, "leo"))
    for gate in gates:
        await gate.arrived()
    for gate in gates:
        gate.open()

    assert len(await found) == 2


@pytest.mark.usefixtures("branch")
async def test_a_silent_pbx_does_not_hold_up_the_others(
    hass: HomeAssistant, pbx: PbxSimulator, clock: Clock
) -> None:
    """After ten seconds, what the others have found is shown."""
    gate = Gate(pbx, "extension/search")

    found = asyncio.create_task(search(hass, ROOT, "leo"))
    await gate.arrived()
    for _ in range(_TURNS):
        await asyncio.sleep(0)
    assert not found.done()
    clock.tick(11)

    assert await found == ["500 · Leo Branch · Branch"]
    gate.open()


async def test_a_search_goes_on_without_a_pbx_that_fails(
    hass: HomeAssistant, pbx: PbxSimulator, branch: PbxSimulator
) -> None:
    """What is found is shown; where nothing is, the error names who could not look."""
    await branch.stop()

    assert await search(hass, ROOT, "leo") == ["3200 · Leo Ball · PBX"]
    with pytest.raises(HomeAssistantError) as nothing:
        await search(hass, ROOT, "nobody")
    assert str(nothing.value) == (
        "Nothing was found. Branch: The PBX cannot be reached: "
        "nothing answers at its address and port. Check that it is running, or select "
        "Reconfigure in the integration's menu to correct the address."
    )

    pbx.errcodes["extension/search"] = 10009
    hass.config.language = "de"
    with pytest.raises(HomeAssistantError) as everything:
        await search(hass, ROOT, "leo")
    message = str(everything.value)
    assert message.startswith("Es wurde nichts gefunden. PBX: Die Telefonanlage ")
    assert "Branch: Die Telefonanlage ist nicht erreichbar" in message


async def test_a_pbx_that_is_not_loaded_is_left_out(
    hass: HomeAssistant, branch: PbxSimulator, entry: MockConfigEntry
) -> None:
    """And the other needs no name then."""
    await hass.config_entries.async_unload(entry.entry_id)

    assert await search(hass, ROOT, "leo") == ["500 · Leo Branch"]
