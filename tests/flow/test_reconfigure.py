"""Changing the address or the way to sign in."""

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator, Refusal
from tests.common import entry_for, reauth_flows, state_of
from tests.stored import is_sign_in_refused, stored_access_token
from tests.user_interface import grouped
from tests.window import Window

from .forms import assert_error, fields, move, new_token, suggested


async def test_a_pbx_gets_another_address(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, window: Window
) -> None:
    """Its certificate proves it; the old token is given back at the new address."""
    old_url, old_token = pbx.base_url, await stored_access_token(hass, entry)
    await move(pbx)
    assert pbx.base_url != old_url
    form = await window.reconfigure(entry)
    assert fields(form) == ["url", "client_id", "client_secret"]
    assert suggested(form) == {"url": old_url, "client_id": pbx.client_id}

    result = await window.sign_in()
    await window.settle()

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert entry.data["url"] == pbx.base_url
    assert entry.state is ConfigEntryState.LOADED
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]
    assert pbx.live_access_tokens != [old_token]


async def test_reconfiguring_without_a_change_costs_no_token(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, window: Window
) -> None:
    """The pinned certificate is not asked about again."""
    await window.reconfigured(entry)

    assert entry.state is ConfigEntryState.LOADED
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]


async def test_a_new_certificate_at_a_new_address_is_asked_about(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, window: Window
) -> None:
    """It is not called a changed one: nothing was trusted for this address."""
    await move(pbx)
    await pbx.renew_certificate()
    await window.reconfigure(entry)

    result = await window.sign_in()
    assert result["step_id"] == "certificate"
    assert pbx.requests == []
    result = await window.submit()
    await window.settle()

    assert result["reason"] == "reconfigure_successful"
    assert entry.data["certificate_fingerprint"] == pbx.fingerprint
    assert entry.state is ConfigEntryState.LOADED


async def test_credentials_take_the_place_of_an_access_token(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The token that the user once brought is given back."""
    await http_window.open("access_token")
    created = await http_window.submit(
        url=http_pbx.base_url, access_token=new_token(http_pbx)["access_token"]
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    entry = created["result"]
    await http_window.reconfigured(entry)

    assert entry.data["client_secret"] == http_pbx.client_secret
    assert http_pbx.live_access_tokens == [await stored_access_token(hass, entry)]


async def test_an_access_token_takes_the_place_of_credentials(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, window: Window
) -> None:
    """Client ID and Secret are forgotten."""
    answer = new_token(pbx)
    await window.reconfigure(entry, "access_token")

    result = await window.submit(
        url=pbx.base_url, access_token=answer["access_token"], refresh_token=""
    )
    await hass.async_block_till_done(wait_background_tasks=True)

    assert result["reason"] == "reconfigure_successful"
    assert "client_id" not in entry.data
    assert "client_secret" not in entry.data
    assert pbx.live_access_tokens == [answer["access_token"]]


async def test_the_entrys_own_access_token_stays_alive(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_window: Window
) -> None:
    """Typing the same token again must not revoke it."""
    token = new_token(http_pbx)["access_token"]
    await http_window.open("access_token")
    created = await http_window.submit(url=http_pbx.base_url, access_token=token)
    await hass.async_block_till_done(wait_background_tasks=True)
    await http_window.reconfigure(created["result"], "access_token")

    result = await http_window.submit(url=http_pbx.base_url, access_token=token)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert result["reason"] == "reconfigure_successful"
    assert http_pbx.live_access_tokens == [token]
    assert created["result"].state is ConfigEntryState.LOADED


async def test_a_changed_certificate_is_trusted_again(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, window: Window
) -> None:
    """The error about it tells the user to do so."""
    old = pbx.fingerprint
    await pbx.renew_certificate()
    await window.reconfigure(entry)

    result = await window.sign_in()

    assert result["step_id"] == "certificate_changed"
    shown = dict(result["description_placeholders"] or {})
    assert shown["old_fingerprint"] == grouped(old)
    assert shown["fingerprint"] == grouped(pbx.fingerprint)
    result = await window.submit()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert result["reason"] == "reconfigure_successful"
    assert entry.data["certificate_fingerprint"] == pbx.fingerprint
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]


async def test_reconfiguring_to_http_forgets_the_certificate(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    http_pbx: PbxSimulator,
    entry: MockConfigEntry,
) -> None:
    """The same PBX, on its other port."""
    window = Window(hass, http_pbx)
    await window.reconfigured(entry)

    assert entry.data["url"] == http_pbx.base_url
    assert entry.data["certificate_fingerprint"] is None
    assert http_pbx.live_access_tokens == [await stored_access_token(hass, entry)]


async def test_a_failed_reconfiguration_leaves_the_entry_alone(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, window: Window
) -> None:
    """A wrong secret in the form is no reason to stop."""
    before = dict(entry.data)
    await window.reconfigure(entry)

    assert_error(await window.sign_in(client_secret="wrong"), "invalid_auth")
    await window.close()

    assert entry.data == before
    assert entry.state is ConfigEntryState.LOADED
    assert reauth_flows(hass) == []


async def test_reconfiguring_an_entry_that_cannot_connect(
    hass: HomeAssistant, pbx: PbxSimulator, window: Window
) -> None:
    """The address was wrong since the PBX moved."""
    entry = entry_for(pbx, url="https://127.0.0.1:1")
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert state_of(entry) is ConfigEntryState.SETUP_RETRY
    await window.reconfigured(entry)

    assert entry.state is ConfigEntryState.LOADED
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]


async def test_reconfiguring_settles_a_request_to_sign_in_again(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    window: Window,
    refused: str,
) -> None:
    """The user need not sign in twice."""
    await window.reconfigured(entry)

    assert entry.state is ConfigEntryState.LOADED
    assert not await is_sign_in_refused(hass, entry)
    assert len(pbx.live_access_tokens) == 1
    assert reauth_flows(hass) == []


@pytest.mark.parametrize("refusal", [Refusal.TOKEN_EXPIRED, Refusal.HTTP_401])
async def test_an_old_token_that_is_dead_already_is_no_error(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    window: Window,
    refusal: Refusal,
) -> None:
    """Another program may have revoked it."""
    pbx.switches.token_refusal = refusal
    pbx.reboot()
    await window.reconfigured(entry)

    assert len(pbx.live_access_tokens) == 1


@pytest.mark.parametrize("then", ["enable", "remove"])
async def test_a_disabled_entry_is_changed(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    window: Window,
    then: str,
) -> None:
    """It keeps the new token until it is enabled or removed."""
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    await window.reconfigured(entry)

    token = await stored_access_token(hass, entry)
    assert pbx.live_access_tokens == [token]
    if then == "enable":
        await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
        assert entry.state is ConfigEntryState.LOADED
        assert pbx.live_access_tokens == [token]
    else:
        await hass.config_entries.async_remove(entry.entry_id)
        assert pbx.live_access_tokens == []
