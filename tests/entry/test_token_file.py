"""The tokens of an entry, in a file of their own, and who may change them."""

import asyncio
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.storage import Store
import pytest

from custom_components.yeastar_vm import kept
from custom_components.yeastar_vm.sign_in import account as account_module
from simulator import PbxSimulator
from tests.common import asked, entry_for, load, state_of
from tests.gate import Gate
from tests.stored import file_of, is_sign_in_refused, stored_access_token
from tests.window import Window

from .life import start


async def test_a_restart_reads_the_file(
    hass: HomeAssistant, hass_storage: dict[str, Any], pbx: PbxSimulator
) -> None:
    """It has what was renewed last."""
    entry = await load(hass, entry_for(pbx))
    await hass.config_entries.async_unload(entry.entry_id)
    account = kept.async_get_kept(hass, entry).account
    await account.async_save()
    del hass.data[kept._RECORDS]

    await hass.config_entries.async_setup(entry.entry_id)

    assert asked(pbx)["get_token"] == 1
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]


async def test_a_reload_does_not_read_the_file(
    hass: HomeAssistant, hass_storage: dict[str, Any], pbx: PbxSimulator
) -> None:
    """It is a second behind."""
    entry = await load(hass, entry_for(pbx))
    hass_storage.pop(file_of(entry), None)

    await hass.config_entries.async_reload(entry.entry_id)

    assert asked(pbx)["get_token"] == 1
    assert entry.state is ConfigEntryState.LOADED


async def test_a_renewal_does_not_touch_the_entry(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """Nothing that changes by itself is part of the configuration."""
    entry = await load(hass, entry_for(pbx))
    before = entry.modified_at
    pbx.reboot()

    await entry.runtime_data.client.system.information()

    assert asked(pbx)["get_token"] == 2
    assert entry.modified_at == before


async def test_a_write_that_waits_for_a_thread_at_the_stop_is_not_lost(
    hass: HomeAssistant, hass_storage: dict[str, Any], pbx: PbxSimulator
) -> None:
    """Home Assistant cancels it, and all threads are busy until shortly before."""
    entry = await load(hass, entry_for(pbx))
    write, thread = Store._async_write_data, asyncio.Event()

    async def wait_for_thread(store: Store[Any], data: dict[str, Any]) -> None:
        await thread.wait()
        await write(store, data)

    @callback
    def free_a_thread(_: Event) -> None:
        hass.loop.call_later(0.1, thread.set)

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, free_a_thread)
    with patch.object(Store, "_async_write_data", wait_for_thread):
        account = kept.async_get_kept(hass, entry).account
        hass.async_create_task(account.async_save())
        await hass.async_stop()

    token = hass_storage[file_of(entry)]["data"]["token"]
    assert pbx.live_access_tokens == [token["access_token"]]


async def test_signing_in_again_while_setup_waits_for_the_old_sign_in(
    hass: HomeAssistant, pbx: PbxSimulator, expected_warnings: list[str]
) -> None:
    """The old one is refused after the new one is stored, and changes nothing."""
    expected_warnings.append("could not authenticate")
    pbx.client_secret = "NewSecret00000000000000000000001"
    entry = entry_for(pbx, client_secret="OldSecret00000000000000000000001")
    gate = Gate(pbx, "get_token", busy=True)
    setup = asyncio.create_task(start(hass, entry))
    await gate.arrived()
    assert state_of(entry) is ConfigEntryState.SETUP_IN_PROGRESS
    del pbx.faults["get_token"]
    window = Window(hass, pbx)
    await window.reconfigure(entry)

    result = await window.sign_in()
    gate.open()
    await setup
    await window.settle()

    assert result["reason"] == "reconfigure_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["client_secret"] == pbx.client_secret
    assert not await is_sign_in_refused(hass, entry)
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]


async def test_signing_in_again_while_setup_gets_a_token(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The token that setup gets last is the one that is revoked."""
    entry = entry_for(pbx)
    gate = Gate(pbx, "get_token", busy=True)
    setup = asyncio.create_task(start(hass, entry))
    await gate.arrived()
    del pbx.faults["get_token"]
    window = Window(hass, pbx)
    await window.reconfigure(entry)

    await window.sign_in()
    gate.open()
    await setup
    await window.settle()

    assert entry.state is ConfigEntryState.LOADED
    assert asked(pbx)["get_token"] == 2
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]


async def test_a_pbx_that_is_slower_than_setup_costs_one_token(
    hass: HomeAssistant, pbx: PbxSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Setup gives up, the sign-in goes on, and the next try has its token."""
    entry = entry_for(pbx)
    gate = Gate(pbx, "get_token", busy=True)
    with monkeypatch.context() as impatient:
        impatient.setattr("custom_components.yeastar_vm.lifecycle.SETUP_TIMEOUT", 0.1)
        impatient.setattr(account_module, "CLOSE_TIMEOUT", 0.1)
        assert await start(hass, entry) is ConfigEntryState.SETUP_RETRY
        assert not await hass.config_entries.async_reload(entry.entry_id)
    gate.open()
    await hass.async_block_till_done(wait_background_tasks=True)
    await hass.config_entries.async_reload(entry.entry_id)

    assert entry.state is ConfigEntryState.LOADED
    assert asked(pbx)["get_token"] == 1
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]
