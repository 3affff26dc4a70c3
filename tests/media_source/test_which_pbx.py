"""Which PBX a media identifier means, and what is said when it is not there."""

import asyncio
from collections.abc import Awaitable, Callable

from homeassistant.components.media_source import (
    async_browse_media,
    async_resolve_media,
)
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator, SimulatedExtension
from tests.common import entry_for, load
from tests.gate import Gate

from .media import ROOT, browse, search

CLOSED = "greetings/3200/closed.WAV"

type Entrance = Callable[[HomeAssistant, str], Awaitable[object]]
type End = Callable[[HomeAssistant, str], Awaitable[object]]


def resolve(hass: HomeAssistant, pbx: str) -> Awaitable[object]:
    """Play a greeting."""
    return async_resolve_media(hass, f"{pbx}/{CLOSED}", None)


ENTRANCES: dict[str, Entrance] = {
    "browse a PBX": browse,
    "browse numbers": lambda hass, pbx: browse(hass, f"{pbx}/extensions/1-9999"),
    "browse an extension": lambda hass, pbx: browse(hass, f"{pbx}/greetings/3200"),
    "browse an empty one": lambda hass, pbx: browse(hass, f"{pbx}/greetings/3201"),
    "search a PBX": lambda hass, pbx: search(hass, pbx, "leo"),
    "search for files": lambda hass, pbx: search(hass, pbx, "hello"),
    "search an extension": lambda hass, pbx: search(hass, f"{pbx}/greetings/3200", "x"),
    "play": resolve,
}
EVERYWHERE: tuple[Entrance, ...] = (
    lambda hass, _: browse(hass, ROOT),
    lambda hass, _: search(hass, ROOT, "leo"),
)


# --- identifiers ---------------------------------------------------------------------


async def test_an_identifier_survives_removing_and_adding_the_pbx(
    hass: HomeAssistant, here: str, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """It names the PBX by its serial number."""
    (child,) = (await async_browse_media(hass, ROOT)).children or ()
    assert child.media_content_id == f"{ROOT}/{pbx.serial_number}"

    await hass.config_entries.async_remove(entry.entry_id)
    await load(hass, entry_for(pbx))

    await resolve(hass, here)


async def test_an_identifier_of_1_0_0_is_still_read(
    hass: HomeAssistant, here: str, entry: MockConfigEntry
) -> None:
    """It names the PBX by its entry ID; what is found there has the serial number."""
    old = f"{ROOT}/{entry.entry_id}"

    await resolve(hass, old)
    opened = await browse(hass, f"{old}/greetings/3200")

    assert opened["closed.WAV"].media_content_id == f"{here}/{CLOSED}"
    assert await search(hass, old, "leo") == ["3200 · Leo Ball"]


async def test_an_identifier_survives_a_replaced_pbx(
    hass: HomeAssistant, here: str
) -> None:
    """Exactly one PBX is set up, so that one is meant."""
    await resolve(hass, f"{ROOT}/the-old-serial-number")
    opened = await browse(hass, f"{ROOT}/an-old-entry-id/greetings/3200")

    assert opened["closed.WAV"].media_content_id == f"{here}/{CLOSED}"


async def test_an_unknown_identifier_means_none_of_two_pbxs(
    hass: HomeAssistant, here: str, http_pbx: PbxSimulator
) -> None:
    """The wrong greeting would be worse than none."""
    http_pbx.serial_number = "a/b c%"
    http_pbx.extensions = {"500": SimulatedExtension("500", "Leo Branch")}
    await load(hass, entry_for(http_pbx))

    for enter in ENTRANCES.values():
        with pytest.raises(HomeAssistantError, match="no longer set up"):
            await enter(hass, f"{ROOT}/unknown")
    # Any serial number leads to its own PBX.
    first, second = (await async_browse_media(hass, ROOT)).children or ()
    assert first.media_content_id == here
    assert list(await browse(hass, second.media_content_id)) == ["500 · Leo Branch"]


# --- a PBX that is not loaded --------------------------------------------------------


@pytest.mark.parametrize(
    "state", [each for each in ConfigEntryState if each is not ConfigEntryState.LOADED]
)
async def test_a_pbx_that_is_not_loaded(
    hass: HomeAssistant, here: str, entry: MockConfigEntry, state: ConfigEntryState
) -> None:
    """Every way in says so."""
    entry.mock_state(hass, state)
    said = "PBX is not connected right now"
    if "in_progress" in state.value:
        said = "PBX is being loaded or unloaded right now"

    for enter in (*ENTRANCES.values(), *EVERYWHERE):
        with pytest.raises(HomeAssistantError, match=said):
            await enter(hass, here)
    entry.mock_state(hass, ConfigEntryState.LOADED)


async def test_a_pbx_that_is_disabled_or_removed(
    hass: HomeAssistant, here: str, entry: MockConfigEntry
) -> None:
    """Likewise."""
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    for enter in (*ENTRANCES.values(), *EVERYWHERE):
        with pytest.raises(HomeAssistantError, match="PBX is disabled"):
            await enter(hass, here)

    await hass.config_entries.async_remove(entry.entry_id)
    for enter in ENTRANCES.values():
        with pytest.raises(HomeAssistantError, match="no longer set up"):
            await enter(hass, here)
    for enter in EVERYWHERE:
        with pytest.raises(HomeAssistantError, match="No PBX is set up"):
            await enter(hass, here)


async def test_no_pbx_of_several_is_loaded(
    hass: HomeAssistant, here: str, entry: MockConfigEntry, http_entry: MockConfigEntry
) -> None:
    """An empty page would say less."""
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.config_entries.async_unload(http_entry.entry_id)

    for enter in EVERYWHERE:
        with pytest.raises(HomeAssistantError, match="No PBX is connected right now"):
            await enter(hass, here)


# --- a PBX that is unloaded in the meantime ------------------------------------------

ENDS: dict[str, End] = {
    "unload": lambda hass, entry_id: hass.config_entries.async_unload(entry_id),
    "reload": lambda hass, entry_id: hass.config_entries.async_reload(entry_id),
    "remove": lambda hass, entry_id: hass.config_entries.async_remove(entry_id),
    "disable": lambda hass, entry_id: hass.config_entries.async_set_disabled_by(
        entry_id, ConfigEntryDisabler.USER
    ),
}
# What is asked for, and at which request it ends.
REQUESTS = [
    ("browse a PBX", "extension/list"),
    ("browse a PBX", "vm_group/list"),
    ("browse numbers", "extension/list"),
    ("browse an extension", "extension_vm_greeting/list"),
    ("browse an empty one", "vm_greeting/list"),
    ("browse an empty one", "extension/search"),
    ("search a PBX", "extension/search"),
    ("search a PBX", "vm_group/list"),
    ("search for files", "extension/list"),
    ("search for files", "extension_vm_greeting/list"),
    ("search an extension", "extension_vm_greeting/list"),
    ("play", "extension_vm_greeting/play"),
    ("play", "download"),
]


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize(("name", "endpoint"), REQUESTS)
async def test_a_pbx_that_is_unloaded_in_the_meantime(
    hass: HomeAssistant,
    here: str,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    end: End,
    name: str,
    endpoint: str,
) -> None:
    """Home Assistant did it, and not the PBX, which is not blamed."""
    gate = Gate(pbx, endpoint)
    task = asyncio.ensure_future(ENTRANCES[name](hass, here))
    await gate.arrived()

    await end(hass, entry.entry_id)
    gate.open()

    with pytest.raises(HomeAssistantError, match="the integration was reloaded"):
        await task
