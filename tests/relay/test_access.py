"""Who gets nothing."""

import asyncio
from datetime import timedelta

import aiohttp
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common import asked, entry_for, load
from tests.pbx_simulator import Fault, PbxSimulator

from .home import add_greetings, fetch, relayed

NOT_SIGNED = "Login attempt or request with invalid authentication"


async def test_what_is_not_signed_gets_nothing_of_what_is_kept(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    freezer: FrozenDateTimeFactory,
    expected_warnings: list[str],
) -> None:
    """Unsigned, altered, expired, or signed for another PBX: 401 among the served."""
    expected_warnings.append(NOT_SIGNED)
    add_greetings(pbx, 2, 2)
    expired = relayed(hass, entry)
    freezer.tick(timedelta(hours=25))
    async with PbxSimulator() as second_pbx:
        second_pbx.serial_number = "2"
        add_greetings(second_pbx, 2, 2)
        second = await load(hass, entry_for(second_pbx))
        good, replayed = relayed(hass, entry), relayed(hass, second)
        for path in (good, replayed):
            assert (await fetch(players, path))[0] == 200
        for simulator in (pbx, second_pbx):
            simulator.requests.clear()
        bare, signature = good.split("?")
        bad = [
            bare,
            expired,
            f"{bare}?authSig=",
            f"{bare}?{replayed.split('?')[1]}",
            f"{replayed.split('?')[0]}?{signature}",
            f"{relayed(hass, entry, '1.wav').split('?')[0]}?{signature}",
            good.replace(entry.entry_id, second.entry_id),
            f"{good}&more=1",
            good.replace("authSig=ey", "authSig=eY"),
            good.replace(".mp3", ".wav"),
        ]

        got = await asyncio.gather(
            *(fetch(players, path) for path in bad for _ in range(5)),
            *(fetch(players, path) for path in (good, replayed) for _ in range(25)),
        )

        assert {status for status, _ in got[:50]} == {401}
        assert max(len(body) for _, body in got[:50]) < 100
        assert {status for status, _ in got[50:]} == {200}
        assert asked(pbx) == asked(second_pbx) == {}
        await hass.config_entries.async_unload(second.entry_id)


async def test_a_link_of_another_pbx_finds_nothing_of_this_one(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    expected_warnings: list[str],
) -> None:
    """Though the greeting is kept, and the link is signed."""
    expected_warnings.append("cannot be relayed: no such extension or file")
    add_greetings(pbx, 1, 2)
    assert (await fetch(players, relayed(hass, entry)))[0] == 200
    async with PbxSimulator() as second_pbx:
        second_pbx.serial_number = "2"
        second = await load(hass, entry_for(second_pbx))

        assert await fetch(players, relayed(hass, second)) == (404, b"")

        await hass.config_entries.async_unload(second.entry_id)


@pytest.mark.parametrize(
    "state", ["not_loaded", "disabled", "setup_retry", "setup_error", "removed"]
)
async def test_an_entry_that_is_not_loaded_serves_nothing(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    expected_warnings: list[str],
    state: str,
) -> None:
    """Whatever kept it from being loaded, and though the greeting was just served."""
    add_greetings(pbx, 1, 2)
    path = relayed(hass, entry)
    assert (await fetch(players, path))[0] == 200
    manager = hass.config_entries
    match state:
        case "not_loaded":
            await manager.async_unload(entry.entry_id)
        case "disabled":
            await manager.async_set_disabled_by(
                entry.entry_id, ConfigEntryDisabler.USER
            )
        case "setup_retry":
            pbx.faults["system/information"] = Fault.RESET
            await manager.async_reload(entry.entry_id)
        case "setup_error":
            expected_warnings.append("could not authenticate")
            pbx.reboot()
            pbx.client_secret = "changed"
            await manager.async_reload(entry.entry_id)
        case "removed":
            await manager.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is not ConfigEntryState.LOADED
    pbx.requests.clear()

    got = await asyncio.gather(*(fetch(players, path) for _ in range(20)))

    assert got == [(404, b"")] * 20
    assert asked(pbx) == {}
