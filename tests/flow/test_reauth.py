"""Signing in again."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator
from tests.clock import Clock
from tests.common import MINUTE, Player, call, endpoints, reauth_flows
from tests.stored import is_sign_in_refused, stored_access_token
from tests.user_interface import grouped
from tests.window import Window

from .forms import assert_error, fields, new_token, suggested


async def test_an_action_that_is_refused_asks_to_sign_in_again(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    window: Window,
) -> None:
    """The user signs in, and the next action works."""
    pbx.reboot()
    pbx.client_secret = "NewSecret00000000000000000000001"
    play = {
        "extension": "3200",
        "file": "vm_welcome.wav",
        "entity_id": "media_player.kitchen",
    }
    for _ in range(3):
        with pytest.raises(HomeAssistantError, match="no longer accepts the cred"):
            await call(hass, "play_greeting", **play)
    await hass.async_block_till_done()
    assert endpoints(pbx).count("get_token") == 1

    (flow,) = reauth_flows(hass)
    assert flow["step_id"] == "reauth_confirm"
    form = await window.follow(flow["flow_id"])
    assert fields(form) == ["client_id", "client_secret"]
    assert suggested(form) == {"client_id": pbx.client_id}
    result = await window.sign_in_again()
    await hass.async_block_till_done()

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["client_secret"] == pbx.client_secret
    assert not await is_sign_in_refused(hass, entry)
    assert entry.data["certificate_fingerprint"] == pbx.fingerprint
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]
    await call(hass, "play_greeting", **play)
    assert len(player.played) == 1
    assert endpoints(pbx).count("get_token") == 2


async def test_the_form_to_sign_in_again_names_the_pbx(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """There may be several."""
    result = await entry.start_reauth_flow(hass)

    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "reauth_confirm"
    assert (result["description_placeholders"] or {})["name"] == "PBX"


async def test_signing_in_again_with_a_wrong_secret_stays_in_the_form(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    window: Window,
    refused: str,
) -> None:
    """Each attempt is one login, and the right secret gets in."""
    await window.follow(refused)

    result = await window.sign_in_again(client_secret="wrong")

    assert_error(result, "invalid_auth")
    assert endpoints(pbx) == ["get_token"]
    result = await window.sign_in_again()
    await hass.async_block_till_done()
    assert result["reason"] == "reauth_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert len(pbx.live_access_tokens) == 1


async def test_signing_in_again_shows_a_changed_certificate(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    window: Window,
    refused: str,
) -> None:
    """Both fingerprints are shown before anything is sent."""
    old = pbx.fingerprint
    await pbx.renew_certificate()
    await window.follow(refused)

    result = await window.sign_in_again()

    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "certificate_changed"
    shown = dict(result["description_placeholders"] or {})
    assert shown["old_fingerprint"] == grouped(old)
    assert shown["fingerprint"] == grouped(pbx.fingerprint)
    assert pbx.requests == []

    result = await window.submit()
    await hass.async_block_till_done()
    assert result["reason"] == "reauth_successful"
    assert entry.data["certificate_fingerprint"] == pbx.fingerprint
    assert entry.state is ConfigEntryState.LOADED


async def test_a_changed_certificate_that_is_not_trusted_changes_nothing(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    window: Window,
    refused: str,
) -> None:
    """The user closes the window, as it advises."""
    await pbx.renew_certificate()
    await window.follow(refused)
    await window.sign_in_again()
    before = dict(entry.data)

    await window.close()

    assert entry.data == before
    assert pbx.requests == []


async def test_an_access_token_that_ends_asks_to_sign_in_again(
    hass: HomeAssistant,
    clock: Clock,
    http_pbx: PbxSimulator,
    expected_warnings: list[str],
) -> None:
    """Half an hour is all that it lasts without a refresh token."""
    expected_warnings.append("could not authenticate")
    window = Window(hass, http_pbx)
    await window.open("access_token")
    created = await window.submit(
        url=http_pbx.base_url, access_token=new_token(http_pbx)["access_token"]
    )
    await hass.async_block_till_done()
    clock.tick(31 * MINUTE)
    http_pbx.requests.clear()

    await hass.config_entries.async_reload(created["result"].entry_id)
    await hass.async_block_till_done()

    assert "get_token" not in endpoints(http_pbx)
    (flow,) = reauth_flows(hass)
    form = await window.follow(flow["flow_id"])
    assert fields(form) == ["access_token", "refresh_token"]
    answer = new_token(http_pbx)
    result = await window.submit(
        access_token=answer["access_token"], refresh_token=answer["refresh_token"]
    )
    await hass.async_block_till_done()
    assert result["reason"] == "reauth_successful"
    assert created["result"].state is ConfigEntryState.LOADED
    assert http_pbx.live_access_tokens == [answer["access_token"]]
