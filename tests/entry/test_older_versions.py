"""Entries and files that versions 1.0.0 and 2.0.0 wrote."""

import json
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, flush_store

from custom_components.yeastar_vm import async_migrate_entry
from custom_components.yeastar_vm.const import DOMAIN
from simulator import PbxSimulator
from tests.common import endpoints, entry_for
from tests.stored import as_stored, file_of, stored_access_token, write_file

from .life import start

ENTRY_ID = "01K7ZQ3V8XQ2M4S6T8W0Y2A4C6"


def stored_entry(pbx: PbxSimulator, minor_version: int, **data: Any) -> dict[str, Any]:
    """Return `.storage/core.config_entries` as it is with an entry of a version."""
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
                        "url": pbx.base_url,
                        **data,
                    },
                    "disabled_by": None,
                    "discovery_keys": {},
                    "domain": "yeastar_vm",
                    "entry_id": ENTRY_ID,
                    "minor_version": minor_version,
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


def version_1_0_0(pbx: PbxSimulator) -> dict[str, Any]:
    """Return what version 1.0.0 stored: the tokens are in the entry."""
    return stored_entry(pbx, 1, token=as_stored(pbx), sign_in_refused=False)


async def read_entries(hass: HomeAssistant) -> ConfigEntry:
    """Let Home Assistant read and set up the entry that is stored."""
    await hass.config_entries.async_initialize()
    await hass.config_entries.async_setup(ENTRY_ID)
    await hass.async_block_till_done()
    return hass.config_entries.async_get_known_entry(ENTRY_ID)


@pytest.fixture
def entry_of_2_0_0(hass_storage: dict[str, Any], pbx: PbxSimulator) -> MockConfigEntry:
    """Return an entry of 2.0.0 and the file beside it, before the first start."""
    entry = entry_for(pbx)
    write_file(hass_storage, entry, token=as_stored(pbx), obtained_at=pbx.clock())
    return entry


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
async def test_an_entry_goes_on_with_its_token(
    hass: HomeAssistant, hass_storage: dict[str, Any], pbx: PbxSimulator, version: str
) -> None:
    """It costs no sign-in, and the rest is as it was."""
    if version == "1.0.0":
        hass_storage["core.config_entries"] = version_1_0_0(pbx)
    else:
        hass_storage["core.config_entries"] = stored_entry(pbx, 2)
        entry_of_2_0_0 = MockConfigEntry(entry_id=ENTRY_ID)
        write_file(hass_storage, entry_of_2_0_0, token=as_stored(pbx))

    entry = await read_entries(hass)

    assert entry.state is ConfigEntryState.LOADED
    assert endpoints(pbx) == ["system/information"]
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]
    assert entry.options == {"delivery": "relay"}
    assert (entry.version, entry.minor_version) == (1, 3)
    assert entry.data == {
        "url": pbx.base_url,
        "certificate_fingerprint": pbx.fingerprint,
        "client_id": pbx.client_id,
        "client_secret": pbx.client_secret,
    }


async def test_the_token_of_1_0_0_is_in_one_file_at_least_all_the_time(
    hass: HomeAssistant, hass_storage: dict[str, Any], pbx: PbxSimulator
) -> None:
    """The new file is there before the old one is written again, without it."""
    hass_storage["core.config_entries"] = version_1_0_0(pbx)
    entry = await read_entries(hass)
    [token] = pbx.live_access_tokens
    assert token in json.dumps(hass_storage["core.config_entries"])
    assert token in json.dumps(hass_storage[file_of(entry)])

    await flush_store(hass.config_entries._store)

    assert token not in json.dumps(hass_storage["core.config_entries"])


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
async def test_an_entry_that_is_never_set_up_leaves_no_token(
    hass: HomeAssistant, hass_storage: dict[str, Any], pbx: PbxSimulator, version: str
) -> None:
    """The user removes it while it is disabled."""
    stored = version_1_0_0(pbx) if version == "1.0.0" else stored_entry(pbx, 2)
    stored["data"]["entries"][0]["disabled_by"] = "user"
    hass_storage["core.config_entries"] = stored
    if version == "2.0.0":
        entry = MockConfigEntry(entry_id=ENTRY_ID)
        write_file(hass_storage, entry, token=as_stored(pbx))
    await hass.config_entries.async_initialize()

    await hass.config_entries.async_remove(ENTRY_ID)

    assert pbx.live_access_tokens == []
    assert f"{DOMAIN}.{ENTRY_ID}" not in hass_storage


async def test_two_tokens_of_2_0_0_are_not_mixed_up(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    pbx: PbxSimulator,
    http_pbx: PbxSimulator,
) -> None:
    """A form of 2.0.0 left one in the entry, for another address than the file's."""
    entry = entry_for(http_pbx, token=as_stored(http_pbx), sign_in_refused=False)
    write_file(hass_storage, entry, token=as_stored(pbx))
    entry.add_to_hass(hass)

    await hass.config_entries.async_remove(entry.entry_id)

    [revoked] = http_pbx.requests
    assert revoked.endpoint == "del_token"
    assert http_pbx.live_access_tokens == []
    assert pbx.requests == []


async def test_a_refused_sign_in_of_2_0_0_stays_refused(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    pbx: PbxSimulator,
    expected_warnings: list[str],
) -> None:
    """The user is asked, the PBX is not."""
    expected_warnings.append("could not authenticate")
    entry = entry_for(pbx)
    write_file(hass_storage, entry, sign_in_refused=True)

    assert await start(hass, entry) is ConfigEntryState.SETUP_ERROR

    assert pbx.requests == []


async def test_the_file_of_2_0_0_is_written_with_the_address(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    pbx: PbxSimulator,
    entry_of_2_0_0: MockConfigEntry,
) -> None:
    """With the next token; what 2.0.0 reads is still there."""
    pbx.reboot()
    await start(hass, entry_of_2_0_0)
    await hass.config_entries.async_unload(entry_of_2_0_0.entry_id)
    await hass.async_stop()

    stored = hass_storage[file_of(entry_of_2_0_0)]
    assert (stored["version"], stored["minor_version"]) == (1, 1)
    assert stored["data"]["url"] == pbx.base_url
    assert stored["data"]["certificate_fingerprint"] == pbx.fingerprint
    assert pbx.live_access_tokens == [stored["data"]["token"]["access_token"]]
    assert stored["data"]["sign_in_refused"] is False


async def test_an_entry_of_a_newer_version_is_not_touched(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """As after a downgrade."""
    entry = MockConfigEntry(domain=DOMAIN, version=2, data=entry_for(pbx).data)

    assert not await async_migrate_entry(hass, entry)
