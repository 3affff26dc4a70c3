"""A browser that goes away at any await of a step: Home Assistant cancels the step."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import count
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.sign_in.address import Address
from simulator import PbxSimulator
from tests.interruption import interrupt
from tests.stored import stored_access_token, stored_account
from tests.window import Window

from .forms import entries, move, new_token


async def check(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """Check that each token is that of an entry, and each entry is loaded."""
    await hass.async_block_till_done(wait_background_tasks=True)
    kept = [await stored_access_token(hass, entry) for entry in entries(hass)]
    assert pbx.live_access_tokens == kept
    assert all(entry.state is ConfigEntryState.LOADED for entry in entries(hass))


# Adding a PBX


async def enter_credentials(window: Window) -> dict[str, Any]:
    """Open the form of a new entry."""
    await window.open()
    return {
        "url": window.pbx.base_url,
        "client_id": window.pbx.client_id,
        "client_secret": window.pbx.client_secret,
    }


async def trust_certificate(window: Window) -> dict[str, Any]:
    """Open the step in which the user trusts the certificate."""
    await window.open()
    await window.sign_in()
    return {}


@pytest.mark.parametrize("open_step", [enter_credentials, trust_certificate])
@pytest.mark.parametrize("is_first", [True, False])
async def test_adding_a_pbx(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    http_pbx: PbxSimulator,
    open_step: Callable[[Window], Awaitable[dict[str, Any]]],
    *,
    is_first: bool,
) -> None:
    """There is one entry with one token, or there is neither."""
    pbx = http_pbx if open_step is enter_credentials else pbx
    if not is_first:
        assert await async_setup_component(hass, DOMAIN, {})
    added = []

    for suspension in count(1):
        window = Window(hass, pbx)
        entered = await open_step(window)
        interrupted = await interrupt(window.submit(**entered), suspension)
        await check(hass, pbx)
        added.append(len(entries(hass)))
        for entry in entries(hass):
            await hass.config_entries.async_remove(entry.entry_id)
        if not interrupted:
            break

    assert added[0] == 0
    assert added[-1] == 1
    assert len(added) > 3


# Changing an entry


async def change_credentials(window: Window, entry: MockConfigEntry) -> dict[str, Any]:
    """Open the form in which the user enters the same credentials again."""
    await window.reconfigure(entry)
    return {
        "url": window.pbx.base_url,
        "client_id": window.pbx.client_id,
        "client_secret": window.pbx.client_secret,
    }


async def change_address(window: Window, entry: MockConfigEntry) -> dict[str, Any]:
    """Open the form in which only the address changes."""
    await move(window.pbx)
    await window.reconfigure(entry)
    return {"url": window.pbx.base_url, "client_id": window.pbx.client_id}


async def confirm_address(window: Window, entry: MockConfigEntry) -> dict[str, Any]:
    """Open the step in which the user confirms the new address.

    The PBX was reset meanwhile: nobody could give it a token back that it had issued at
    the old address with the old certificate.
    """
    await window.pbx.renew_certificate()
    window.pbx.reboot()
    await window.submit(**await change_address(window, entry))
    await window.submit()
    return {}


async def confirm_another(window: Window, entry: MockConfigEntry) -> dict[str, Any]:
    """Open the step in which the user confirms that the PBX was replaced."""
    window.pbx.serial_number += "9"
    await window.submit(**await change_credentials(window, entry))
    await window.settle()
    return {}


async def sign_in_again(window: Window, entry: MockConfigEntry) -> dict[str, Any]:
    """Open the form of a reauthentication."""
    flow = await entry.start_reauth_flow(window.hass)
    await window.follow(flow["flow_id"])
    return {
        "client_id": window.pbx.client_id,
        "client_secret": window.pbx.client_secret,
    }


@pytest.mark.parametrize(
    "open_step",
    [
        change_credentials,
        change_address,
        confirm_address,
        confirm_another,
        sign_in_again,
    ],
)
async def test_changing_an_entry(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    open_step: Callable[[Window, MockConfigEntry], Awaitable[dict[str, Any]]],
) -> None:
    """It is loaded with the old sign-in or the new one, and the other is revoked."""
    for suspension in count(1):
        window = Window(hass, pbx)
        entered = await open_step(window, entry)
        interrupted = await interrupt(window.submit(**entered), suspension)
        await window.settle()
        if not interrupted:
            break
        assert entry.state is ConfigEntryState.LOADED
        hass.config_entries.flow.async_abort(window.flow_id)
        # Let it know where its PBX is now, so that it goes on with the token it has.
        now = {"url": pbx.base_url, "certificate_fingerprint": pbx.fingerprint}
        account = await stored_account(hass, entry)
        hass.config_entries.async_update_entry(
            entry, data={**entry.data, **now}, unique_id=pbx.serial_number
        )
        assert account.tokens
        account.tokens = replace(account.tokens, address=Address.of(entry))
        await hass.config_entries.async_reload(entry.entry_id)
        await check(hass, pbx)

    await check(hass, pbx)
    assert suspension > 3


async def test_tokens_that_the_user_pastes(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """They are the user's own until the entry has them, and are revoked by nobody."""
    for suspension in count(1):
        window = Window(hass, pbx)
        await window.reconfigure(entry, "access_token")
        answer = new_token(pbx)
        pasted = answer["access_token"]
        interrupted = await interrupt(
            window.submit(
                url=pbx.base_url,
                access_token=pasted,
                refresh_token=answer["refresh_token"],
            ),
            suspension,
        )
        await window.settle()
        assert entry.state is ConfigEntryState.LOADED
        assert pasted in pbx.live_access_tokens
        if not interrupted:
            break
        hass.config_entries.flow.async_abort(window.flow_id)
        pbx.tokens.revoke(pasted)
        await check(hass, pbx)

    assert pbx.live_access_tokens == [pasted]
    assert "client_secret" not in entry.data
    assert suspension > 2
