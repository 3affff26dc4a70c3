"""Reconfiguration that changes the address only, and keeps the secret."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Fault, PbxSimulator
from tests.clock import Clock
from tests.common import MINUTE, Player, load, play
from tests.stored import stored_access_token, stored_tokens, token_entry_for
from tests.window import Window

from .forms import assert_error, move


async def test_the_same_certificate_needs_no_question(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, window: Window
) -> None:
    """It is the PBX for which the secret was entered."""
    await move(pbx)
    await window.reconfigure(entry)

    result = await window.submit(url=pbx.base_url, client_id=pbx.client_id)
    await window.settle()

    assert result["reason"] == "reconfigure_successful"
    assert entry.data["url"] == pbx.base_url
    assert entry.data["client_secret"] == pbx.client_secret
    assert entry.state is ConfigEntryState.LOADED
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]


async def test_an_unchanged_address_needs_no_question(
    http_entry: MockConfigEntry, http_pbx: PbxSimulator, http_window: Window
) -> None:
    """Also on plain http, and with another spelling of the same."""
    await http_window.reconfigure(http_entry)

    result = await http_window.submit(
        url=f"{http_pbx.base_url}/login", client_id=http_pbx.client_id
    )

    assert result["reason"] == "reconfigure_successful"


@pytest.mark.parametrize("https", [True, False])
async def test_another_host_is_sent_the_secret_only_after_a_question(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    *,
    https: bool,
) -> None:
    """The question names both addresses."""
    async with PbxSimulator(https=https) as other:
        window = Window(hass, other)
        await window.reconfigure(entry)

        shown = await window.submit(url=other.base_url, client_id=pbx.client_id)

        assert (shown["type"], shown["step_id"]) == (FlowResultType.FORM, "new_address")
        assert shown["description_placeholders"] == {
            "url": other.base_url,
            "old_url": pbx.base_url,
        }
        assert other.requests == []
        if https:
            assert (await window.submit())["step_id"] == "certificate"
            assert other.requests == []
        result = await window.submit()
        await window.settle()
        assert result["reason"] == "reconfigure_successful"
        assert entry.data["url"] == other.base_url
        assert other.live_access_tokens == [await stored_access_token(hass, entry)]


async def test_another_client_id_needs_its_secret(
    pbx: PbxSimulator, entry: MockConfigEntry, window: Window
) -> None:
    """The stored one does not belong to it."""
    await window.reconfigure(entry)

    form = await window.submit(url=pbx.base_url, client_id="AnotherClientId")

    assert_error(form, "empty", "client_secret")
    assert pbx.requests == []


async def test_there_may_be_no_secret_to_keep(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_entry: MockConfigEntry
) -> None:
    """Tokens take the place of credentials only if some are entered."""
    window = Window(hass, http_pbx)
    await window.reconfigure(http_entry, "access_token")

    form = await window.submit(url=http_pbx.base_url, access_token="")

    assert_error(form, "empty", "access_token")


# Tokens


@pytest.fixture
async def token_entry(
    hass: HomeAssistant, hass_storage: dict[str, Any], pbx: PbxSimulator
) -> MockConfigEntry:
    """Return a loaded entry that has tokens only."""
    return await load(hass, token_entry_for(hass_storage, pbx))


async def test_tokens_are_kept_too(
    hass: HomeAssistant,
    clock: Clock,
    pbx: PbxSimulator,
    token_entry: MockConfigEntry,
    window: Window,
) -> None:
    """Also if they are renewed on the way."""
    await move(pbx)
    clock.tick(31 * MINUTE)
    await window.reconfigure(token_entry, "access_token")

    result = await window.submit(url=pbx.base_url)
    await window.settle()

    assert result["reason"] == "reconfigure_successful"
    assert token_entry.state is ConfigEntryState.LOADED
    assert pbx.live_access_tokens == [await stored_access_token(hass, token_entry)]


async def test_tokens_that_are_renewed_in_vain_are_those_of_the_entry(
    hass: HomeAssistant,
    clock: Clock,
    pbx: PbxSimulator,
    token_entry: MockConfigEntry,
    player: Player,
    window: Window,
) -> None:
    """The entry goes on with them, though the form shows an error."""
    clock.tick(31 * MINUTE)
    pbx.faults["system/information"] = Fault.UNAVAILABLE_503
    await window.reconfigure(token_entry, "access_token")
    assert_error(await window.submit(url=pbx.base_url), "unavailable")
    pbx.faults.clear()
    await window.settle()

    await hass.config_entries.async_reload(token_entry.entry_id)

    assert token_entry.state is ConfigEntryState.LOADED
    assert pbx.live_access_tokens == [await stored_access_token(hass, token_entry)]
    await play(hass)
    assert len(player.played) == 1


async def test_another_host_that_refuses_tokens_does_not_end_them(
    hass: HomeAssistant, pbx: PbxSimulator, token_entry: MockConfigEntry
) -> None:
    """The user mistyped the address, and confirmed it."""
    before = await stored_tokens(hass, token_entry)
    async with PbxSimulator(https=False) as other:
        window = Window(hass, other)
        await window.reconfigure(token_entry, "access_token")
        shown = await window.submit(url=other.base_url)
        assert shown["step_id"] == "new_address"
        assert_error(await window.submit(), "invalid_auth")
        await window.settle()

    assert await stored_tokens(hass, token_entry) == before
    assert token_entry.state is ConfigEntryState.LOADED


async def test_a_refresh_token_alone_is_not_enough(
    pbx: PbxSimulator, token_entry: MockConfigEntry, window: Window
) -> None:
    """The user forgot the other field."""
    await window.reconfigure(token_entry, "access_token")

    form = await window.submit(url=pbx.base_url, refresh_token="x")

    assert_error(form, "empty", "access_token")
