"""An entry is unloaded, whatever is under way."""

import asyncio
import time

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.pbx import Interrupted
from simulator import Fault, PbxSimulator, tokens as simulated_tokens
from tests.clock import Clock
from tests.common import (
    MINUTE,
    Player,
    arrival,
    endpoints,
    entry_for,
    load,
    our_tasks,
    play,
)
from tests.stored import stored_access_token

from .life import restart


async def test_an_unloaded_entry_leaves_nothing_running(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """No task, no timer of a kept clip; the token stays, and so does the action."""
    await play(hass)
    token = await stored_access_token(hass, entry)

    assert await hass.config_entries.async_unload(entry.entry_id)

    assert entry.state is ConfigEntryState.NOT_LOADED
    assert our_tasks() == []
    assert pbx.live_access_tokens == [token]
    with pytest.raises(HomeAssistantError, match="is not connected"):
        await play(hass)
    assert len(player.played) == 1


@pytest.mark.parametrize("endpoint", ["extension_vm_greeting/play", "download"])
async def test_an_unload_ends_what_is_under_way(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    endpoint: str,
) -> None:
    """The action that waits gets an error, and nothing is played."""
    pbx.faults[endpoint] = Fault.SILENT
    asked = arrival(pbx, endpoint)
    action = asyncio.create_task(play(hass))
    await asked.wait()

    assert await hass.config_entries.async_unload(entry.entry_id)

    with pytest.raises(HomeAssistantError):
        await action
    assert player.played == []
    assert our_tasks() == []


async def test_an_unload_ends_a_silent_renewal(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    clock: Clock,
) -> None:
    """It waits a moment for the new token, then the action gets an error."""
    clock.tick(31 * MINUTE)
    pbx.faults["refresh_token"] = Fault.SILENT
    asked = arrival(pbx, "refresh_token")
    action = asyncio.create_task(play(hass))
    await asked.wait()

    with clock.running():
        assert await hass.config_entries.async_unload(entry.entry_id)

        with pytest.raises(HomeAssistantError):
            await action
    assert our_tasks() == []
    assert player.played == []


@pytest.mark.parametrize("how", ["unload", "reload", "stop"])
async def test_nobody_waits_for_a_silent_renewal(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    clock: Clock,
    how: str,
) -> None:
    """Three seconds at most, while a request waits for the next token."""
    clock.tick(31 * MINUTE)
    pbx.faults["refresh_token"] = Fault.SILENT
    asked = arrival(pbx, "refresh_token")
    request = asyncio.create_task(entry.runtime_data.client.system.information())
    await asked.wait()
    started = time.time()

    with clock.running():
        match how:
            case "unload":
                await hass.config_entries.async_unload(entry.entry_id)
            case "reload":
                await hass.config_entries.async_reload(entry.entry_id)
            case "stop":
                hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
                await hass.async_block_till_done()
        taken = time.time() - started
        await asyncio.wait([request])
        assert isinstance(request.exception(), Interrupted)

    assert taken <= 3
    await hass.config_entries.async_unload(entry.entry_id)


async def test_an_unload_waits_for_a_renewal_that_succeeds(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    player: Player,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The refresh token is used up: the new one must not get lost."""
    with monkeypatch.context() as short_lived:
        short_lived.setattr(simulated_tokens, "ACCESS_TOKEN_SECONDS", 30)
        entry = await load(hass, entry_for(pbx))
    pbx.requests.clear()
    asked = arrival(pbx, "refresh_token")
    action = asyncio.create_task(play(hass))
    await asked.wait()

    await restart(hass, entry)

    await asyncio.gather(action, return_exceptions=True)
    assert entry.state is ConfigEntryState.LOADED
    assert endpoints(pbx).count("get_token") == 0
    assert endpoints(pbx).count("refresh_token") == 1
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]


async def test_giving_up_on_a_renewal_that_fails_is_no_error(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    player: Player,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A script may be stopped, and the PBX hang up after that: nobody need know."""
    monkeypatch.setattr(simulated_tokens, "ACCESS_TOKEN_SECONDS", 30)
    entry = await load(hass, entry_for(pbx))
    pbx.faults["refresh_token"] = Fault.SILENT
    asked = arrival(pbx, "refresh_token")
    action = asyncio.create_task(play(hass))
    await asked.wait()

    action.cancel()
    await asyncio.wait([action])
    await pbx.stop()
    await hass.config_entries.async_unload(entry.entry_id)

    assert our_tasks() == []
