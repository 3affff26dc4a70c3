"""A token is revoked where it came from, and nowhere else."""

import asyncio
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.sign_in import account as account_module
from simulator import PbxSimulator, tokens as simulated_tokens
from tests.common import entry_for, load
from tests.gate import Gate
from tests.stored import as_stored, file_of, stored_access_token, write_file
from tests.window import Window


def received(pbx: PbxSimulator) -> set[str]:
    """Return the access tokens that were sent to a PBX."""
    return {
        request.query["access_token"]
        for request in pbx.requests
        if "access_token" in request.query
    }


async def reconfigure(
    hass: HomeAssistant, entry: MockConfigEntry, to: PbxSimulator
) -> None:
    """Let the user enter the address and the credentials of a PBX on plain http."""
    window = Window(hass, to)
    await window.reconfigure(entry)
    result = await window.sign_in()
    assert result["reason"] == "reconfigure_successful"


@pytest.fixture
async def renewing(
    hass: HomeAssistant, pbx: PbxSimulator, monkeypatch: pytest.MonkeyPatch
) -> MockConfigEntry:
    """Return a loaded entry whose token is renewed before each request."""
    with monkeypatch.context() as short_lived:
        short_lived.setattr(simulated_tokens, "ACCESS_TOKEN_SECONDS", 30)
        return await load(hass, entry_for(pbx))


@pytest.fixture
async def gate(
    hass: HomeAssistant, pbx: PbxSimulator, renewing: MockConfigEntry
) -> Gate:
    """Hold back the answer to a renewal: the PBX has issued the next token."""
    gate = Gate(pbx, "refresh_token")
    renewing.async_create_background_task(
        hass, renewing.runtime_data.client.system.information(), "renew the token"
    )
    await gate.arrived()
    assert len(pbx.live_access_tokens) == 1
    return gate


@pytest.mark.parametrize("is_loaded", [True, False])
async def test_the_old_token_does_not_go_to_the_new_server(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    http_pbx: PbxSimulator,
    entry: MockConfigEntry,
    *,
    is_loaded: bool,
) -> None:
    """From a pinned certificate to plain http."""
    old = await stored_access_token(hass, entry)
    if not is_loaded:
        await hass.config_entries.async_set_disabled_by(
            entry.entry_id, ConfigEntryDisabler.USER
        )

    await reconfigure(hass, entry, http_pbx)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert pbx.live_access_tokens == []
    assert old not in received(http_pbx)
    assert http_pbx.live_access_tokens == [await stored_access_token(hass, entry)]


async def test_an_old_pbx_that_is_gone_keeps_the_token(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    http_pbx: PbxSimulator,
    entry: MockConfigEntry,
) -> None:
    """It expires by itself."""
    old = await stored_access_token(hass, entry)
    await pbx.stop()

    await reconfigure(hass, entry, http_pbx)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert old not in received(http_pbx)
    assert entry.state is ConfigEntryState.LOADED


async def test_two_reconfigurations_while_a_renewal_ends(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    http_pbx: PbxSimulator,
    renewing: MockConfigEntry,
    gate: Gate,
) -> None:
    """One token is left, and each other one was revoked where it came from."""
    async with PbxSimulator(https=False) as second:
        await reconfigure(hass, renewing, http_pbx)
        await reconfigure(hass, renewing, second)
        gate.open()
        await hass.async_block_till_done(wait_background_tasks=True)

        assert pbx.live_access_tokens == []
        assert http_pbx.live_access_tokens == []
        token = await stored_access_token(hass, renewing)
        assert second.live_access_tokens == [token]
        assert received(second) <= {token}
        await hass.config_entries.async_unload(renewing.entry_id)


@pytest.mark.parametrize("is_patient", [True, False])
async def test_an_entry_that_is_removed_while_a_renewal_ends(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    pbx: PbxSimulator,
    http_pbx: PbxSimulator,
    renewing: MockConfigEntry,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_patient: bool,
) -> None:
    """It leaves no token and no file, however long that takes after a change."""
    if not is_patient:
        monkeypatch.setattr(account_module, "CLOSE_TIMEOUT", 0.01)
        monkeypatch.setattr(account_module, "REMOVE_TIMEOUT", 0.01)
    await reconfigure(hass, renewing, http_pbx)

    removal = asyncio.create_task(hass.config_entries.async_remove(renewing.entry_id))
    if is_patient:
        await asyncio.sleep(0)
    else:
        await removal
    gate.open()
    await removal
    await hass.async_block_till_done(wait_background_tasks=True)

    assert pbx.live_access_tokens == []
    assert http_pbx.live_access_tokens == []
    assert file_of(renewing) not in hass_storage


async def test_a_stored_token_of_another_server_is_not_used(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    pbx: PbxSimulator,
    http_pbx: PbxSimulator,
) -> None:
    """Home Assistant crashed in the middle of a change of the address."""
    entry = entry_for(http_pbx)
    write_file(
        hass_storage,
        entry,
        token=as_stored(pbx),
        url=pbx.base_url,
        certificate_fingerprint=pbx.fingerprint,
    )

    await load(hass, entry)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert pbx.live_access_tokens == []
    token = await stored_access_token(hass, entry)
    assert received(http_pbx) == {token}


async def test_a_token_goes_with_an_accepted_certificate(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    pbx: PbxSimulator,
    entry: MockConfigEntry,
) -> None:
    """The user accepted the new certificate of the same URL."""
    token = await stored_access_token(hass, entry)
    await pbx.renew_certificate()
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "certificate_fingerprint": pbx.fingerprint}
    )
    await hass.async_block_till_done()
    assert await stored_access_token(hass, entry) == token

    await hass.config_entries.async_remove(entry.entry_id)

    assert pbx.live_access_tokens == []
