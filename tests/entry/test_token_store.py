"""The tokens of an entry, in a file of their own, and how those of 1.0.0 get there."""

import asyncio
import json
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    flush_store,
)

from custom_components.yeastar_vm import async_migrate_entry
from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.pbx import SignIn, TokenPair
from custom_components.yeastar_vm.sign_in import store as token_store
from simulator import PbxSimulator
from tests.common import asked, endpoints, entry_for, load, state_of
from tests.gate import Gate
from tests.stored import is_sign_in_refused, stored_access_token, stored_tokens
from tests.window import Window

from .life import start

ENTRY_ID = "01K7ZQ3V8XQ2M4S6T8W0Y2A4C6"


def file_of(entry: ConfigEntry) -> str:
    """Return the name of the file in `.storage`."""
    return f"{DOMAIN}.{entry.entry_id}"


def forget_what_is_in_memory(hass: HomeAssistant) -> None:
    """Let only what is in the files be known, as after a restart."""
    del hass.data[token_store._STORES]


# An entry of version 1.0.0


def stored_token(pbx: PbxSimulator, answer: dict[str, Any]) -> dict[str, Any]:
    """Return what version 1.0.0 made of the answer to a sign-in."""
    return {
        "token": {
            "access_expires_at": pbx.clock() + 1800,
            "access_token": answer["access_token"],
            "refresh_expires_at": pbx.clock() + 86400,
            "refresh_token": answer["refresh_token"],
        }
    }


def version_1_0_0(pbx: PbxSimulator) -> dict[str, Any]:
    """Return `.storage/core.config_entries` as it is with an entry of 1.0.0."""
    answer = pbx.tokens.issue(pbx.clock())
    return {
        "version": 1,
        "minor_version": 5,
        "key": "core.config_entries",
        "data": {
            "entries": [
                {
                    "created_at": "2026-10-20T09:12:44.123456+00:00",
                    "data": {
                        "certificate_fingerprint": pbx.fingerprint,
                        "client_id": pbx.client_id,
                        "client_secret": pbx.client_secret,
                        "sign_in_refused": False,
                        **stored_token(pbx, answer),
                        "url": pbx.base_url,
                    },
                    "disabled_by": None,
                    "discovery_keys": {},
                    "domain": "yeastar_vm",
                    "entry_id": ENTRY_ID,
                    "minor_version": 1,
                    "modified_at": "2026-10-20T09:42:45.123456+00:00",
                    "options": {"delivery": "relay"},
                    "pref_disable_new_entities": False,
                    "pref_disable_polling": False,
                    "source": "user",
                    "subentries": [],
                    "title": "PBX",
                    "unique_id": pbx.serial_number,
                    "version": 1,
                }
            ]
        },
    }


@pytest.fixture
async def migrated(
    hass: HomeAssistant, hass_storage: dict[str, Any], pbx: PbxSimulator
) -> ConfigEntry:
    """Return the entry of 1.0.0, which Home Assistant has read and set up."""
    hass_storage["core.config_entries"] = version_1_0_0(pbx)
    await hass.config_entries.async_initialize()
    await hass.config_entries.async_setup(ENTRY_ID)
    await hass.async_block_till_done()
    return hass.config_entries.async_get_known_entry(ENTRY_ID)


async def test_an_entry_of_1_0_0_goes_on_with_its_token(
    hass: HomeAssistant, pbx: PbxSimulator, migrated: ConfigEntry
) -> None:
    """It costs no sign-in, and the options are as they were."""
    assert migrated.state is ConfigEntryState.LOADED
    assert endpoints(pbx) == ["system/information"]
    assert pbx.live_access_tokens == [await stored_access_token(hass, migrated)]
    assert migrated.options == {"delivery": "relay"}
    assert (migrated.version, migrated.minor_version) == (1, 2)
    assert migrated.data == {
        "url": pbx.base_url,
        "certificate_fingerprint": pbx.fingerprint,
        "client_id": pbx.client_id,
        "client_secret": pbx.client_secret,
    }


async def test_the_token_of_1_0_0_is_in_one_file_at_least_all_the_time(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    pbx: PbxSimulator,
    migrated: ConfigEntry,
) -> None:
    """The new file is there before the old one is written again, without it."""
    [token] = pbx.live_access_tokens
    before = json.dumps(hass_storage["core.config_entries"])
    assert token in before
    assert token in json.dumps(hass_storage[file_of(migrated)])

    await flush_store(hass.config_entries._store)

    assert token not in json.dumps(hass_storage["core.config_entries"])
    forget_what_is_in_memory(hass)
    await hass.config_entries.async_reload(ENTRY_ID)
    assert "get_token" not in endpoints(pbx)


async def test_an_entry_of_1_0_0_that_is_never_set_up_leaves_no_token(
    hass: HomeAssistant, hass_storage: dict[str, Any], pbx: PbxSimulator
) -> None:
    """The user removes it while it is disabled."""
    stored = version_1_0_0(pbx)
    stored["data"]["entries"][0]["disabled_by"] = "user"
    hass_storage["core.config_entries"] = stored
    await hass.config_entries.async_initialize()

    await hass.config_entries.async_remove(ENTRY_ID)

    assert pbx.live_access_tokens == []
    assert f"{DOMAIN}.{ENTRY_ID}" not in hass_storage


async def test_an_entry_of_a_newer_version_is_not_touched(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """As after a downgrade."""
    entry = MockConfigEntry(domain=DOMAIN, version=2, data=entry_for(pbx).data)

    assert not await async_migrate_entry(hass, entry)


async def test_a_sign_in_that_a_form_leaves_during_the_move_is_not_lost(
    hass: HomeAssistant, pbx: PbxSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that was moved before is revoked."""
    write = token_store.TokenStore.async_save
    newer = pbx.tokens.issue(pbx.clock())
    entry = entry_for(pbx, **stored_token(pbx, pbx.tokens.issue(pbx.clock())))

    async def leave_another(store: token_store.TokenStore) -> None:
        """Let a form be submitted while the file is written."""
        if store.obtained_at is None:
            data = {**entry.data, **stored_token(pbx, newer), "obtained_at": 1}
            hass.config_entries.async_update_entry(entry, data=data)
        await write(store)

    monkeypatch.setattr(token_store.TokenStore, "async_save", leave_another)
    await load(hass, entry)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert await stored_access_token(hass, entry) == newer["access_token"]
    assert "token" not in entry.data
    assert pbx.live_access_tokens == [newer["access_token"]]


# The file


async def test_a_restart_reads_the_file(
    hass: HomeAssistant, hass_storage: dict[str, Any], pbx: PbxSimulator
) -> None:
    """It has what was renewed last."""
    entry = await load(hass, entry_for(pbx))
    await hass.config_entries.async_unload(entry.entry_id)
    store = await token_store.async_get_token_store(hass, entry.entry_id)
    await flush_store(store._store)
    forget_what_is_in_memory(hass)

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


async def test_a_removed_entry_leaves_no_file(
    hass: HomeAssistant, hass_storage: dict[str, Any], pbx: PbxSimulator
) -> None:
    """Nor does a client that is late create it again."""
    entry = await load(hass, entry_for(pbx))
    store = await token_store.async_get_token_store(hass, entry.entry_id)
    late = store.async_writer()
    await flush_store(store._store)
    assert file_of(entry) in hass_storage

    await hass.config_entries.async_remove(entry.entry_id)
    late(SignIn(None, TokenPair("late", 0, "late", 0)))
    await flush_store(store._store)

    assert file_of(entry) not in hass_storage


# Two clients


async def test_a_client_that_is_late_does_not_replace_a_newer_sign_in(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """Only the latest client of an entry saves what it obtains."""
    store = await token_store.async_get_token_store(hass, entry.entry_id)
    old, new = store.async_writer(), store.async_writer()
    new(SignIn(None, TokenPair("new", 1, "new", 1)))

    old(SignIn(None, None, refused=True))

    tokens = await stored_tokens(hass, entry)
    assert tokens
    assert tokens.access_token == "new"
    assert not await is_sign_in_refused(hass, entry)


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
        impatient.setattr(
            "custom_components.yeastar_vm.sign_in.clients.CLOSE_TIMEOUT", 0.1
        )
        assert await start(hass, entry) is ConfigEntryState.SETUP_RETRY
        assert not await hass.config_entries.async_reload(entry.entry_id)
    gate.open()
    await hass.async_block_till_done(wait_background_tasks=True)
    await hass.config_entries.async_reload(entry.entry_id)

    assert entry.state is ConfigEntryState.LOADED
    assert asked(pbx)["get_token"] == 1
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]


async def test_a_pbx_that_is_slower_than_the_removal_keeps_no_token(
    hass: HomeAssistant, pbx: PbxSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The removal waits for a sign-in that is on its way."""
    monkeypatch.setattr("custom_components.yeastar_vm.lifecycle.SETUP_TIMEOUT", 0.1)
    monkeypatch.setattr(
        "custom_components.yeastar_vm.sign_in.clients.CLOSE_TIMEOUT", 0.1
    )
    entry = entry_for(pbx)
    gate = Gate(pbx, "get_token", busy=True)
    assert await start(hass, entry) is ConfigEntryState.SETUP_RETRY

    removal = asyncio.create_task(hass.config_entries.async_remove(entry.entry_id))
    await asyncio.sleep(0)
    gate.open()
    await removal

    assert pbx.live_access_tokens == []
