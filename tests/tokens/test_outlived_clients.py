"""Calls that outlive the client of their entry."""

import asyncio

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import UnknownFlow
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator
from tests.common import LINK, Player, asked, entry_for, play
from tests.gate import Gate
from tests.stored import is_sign_in_refused, stored_access_token
from tests.window import Window

SIGN_IN = ("get_token", "refresh_token")


async def test_a_reload_while_a_play_is_answered_that_the_token_is_dead(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    player: Player,
) -> None:
    """The play fails; it does not sign in beside the entry that is loaded again."""
    http_pbx.reboot()
    gate = Gate(http_pbx, LINK)
    playing = asyncio.create_task(play(hass))
    await gate.arrived()

    assert await hass.config_entries.async_reload(http_entry.entry_id)
    gate.open()

    with pytest.raises(HomeAssistantError, match="This was interrupted"):
        await playing
    assert asked(http_pbx)["get_token"] == 1
    assert http_pbx.live_access_tokens == [await stored_access_token(hass, http_entry)]


async def test_signing_in_again_while_a_play_waits(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    player: Player,
) -> None:
    """The old sign-in is not tried again, and does not take the new one's place."""
    http_pbx.client_secret = "NewSecret00000000000000000000001"
    gate = Gate(http_pbx, LINK, busy=True)
    playing = asyncio.create_task(play(hass))
    await gate.arrived()
    window = Window(hass, http_pbx)
    await window.reconfigure(http_entry)

    result = await window.sign_in()
    await hass.async_block_till_done()
    gate.open()

    assert result["reason"] == "reconfigure_successful"
    with pytest.raises(HomeAssistantError, match="This was interrupted"):
        await playing
    assert http_entry.data["client_secret"] == http_pbx.client_secret
    assert not await is_sign_in_refused(hass, http_entry)
    assert asked(http_pbx)["get_token"] == 1
    assert http_pbx.live_access_tokens == [await stored_access_token(hass, http_entry)]


async def test_a_window_that_is_closed_while_the_pbx_is_busy(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """The flow does not renew the token that was given back."""
    window = Window(hass, http_pbx)
    await window.open()
    gate = Gate(http_pbx, "system/information", busy=True)
    signing_in = asyncio.create_task(window.sign_in())
    await gate.arrived()

    await window.close()
    gate.open()

    with pytest.raises(UnknownFlow):
        await signing_in
    await window.settle()
    assert [asked(http_pbx)[endpoint] for endpoint in SIGN_IN] == [1, 0]
    assert http_pbx.live_access_tokens == []


async def test_a_setup_whose_browser_goes_away_is_finished(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """Home Assistant cancels the request that sets up the entry."""
    gate = Gate(http_pbx, "get_token")
    entry = entry_for(http_pbx)
    entry.add_to_hass(hass)
    setup = asyncio.create_task(hass.config_entries.async_setup(entry.entry_id))
    await gate.arrived()

    setup.cancel()
    await asyncio.sleep(0)
    gate.open()
    await asyncio.wait([setup])

    assert entry.state is ConfigEntryState.LOADED
    assert http_pbx.live_access_tokens == [await stored_access_token(hass, entry)]
    assert asked(http_pbx)["get_token"] == 1
