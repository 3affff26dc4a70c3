"""Another PBX answers in the place of the one of an entry."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.const import DOMAIN
from simulator import PbxSimulator
from tests.common import Player, entry_for, issues, load, play
from tests.stored import stored_access_token
from tests.window import Window

from .forms import move

NEW = "3631A2124999"


def replace(pbx: PbxSimulator) -> None:
    """Let the administrator replace the PBX, and restore a backup on the new one."""
    pbx.serial_number = NEW
    pbx.name = "New PBX"
    pbx.reboot()


def devices(hass: HomeAssistant, entry: MockConfigEntry) -> list[str | None]:
    """Return the serial numbers of the devices of an entry."""
    registry = dr.async_get(hass)
    return [
        device.serial_number
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
    ]


async def test_a_replaced_pbx_takes_the_place_of_the_old_one(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    window: Window,
) -> None:
    """The user confirms it in a step that names both."""
    old = pbx.serial_number
    replace(pbx)
    await window.reconfigure(entry)

    shown = await window.sign_in()
    assert (shown["type"], shown["step_id"]) == (FlowResultType.FORM, "replaced")
    assert shown["description_placeholders"] == {
        "name": "PBX",
        "old_serial_number": f"`{old}`",
        "new_name": "`New PBX`",
        "new_serial_number": f"`{NEW}`",
    }
    await window.settle()
    assert pbx.live_access_tokens == []
    assert (entry.unique_id, entry.title) == (old, "PBX")

    result = await window.submit()
    await window.settle()

    assert result["reason"] == "reconfigure_successful"
    assert (entry.unique_id, entry.title) == (NEW, "New PBX")
    assert entry.state is ConfigEntryState.LOADED
    assert devices(hass, entry) == [NEW]
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]
    assert issues(hass) == []
    await play(hass)
    assert len(player.played) == 1


async def test_a_replaced_pbx_may_have_another_address_and_certificate(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, window: Window
) -> None:
    """Its certificate is asked about first, and only then its serial number."""
    replace(pbx)
    await move(pbx)
    await pbx.renew_certificate()
    await window.reconfigure(entry)

    assert (await window.sign_in())["step_id"] == "certificate"
    assert (await window.submit())["step_id"] == "replaced"
    result = await window.submit()
    await window.settle()

    assert result["reason"] == "reconfigure_successful"
    assert entry.unique_id == NEW
    assert entry.data["url"] == pbx.base_url
    assert devices(hass, entry) == [NEW]


@pytest.mark.parametrize("closes", [True, False])
async def test_another_pbx_that_is_not_confirmed_changes_nothing(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    http_pbx: PbxSimulator,
    entry: MockConfigEntry,
    *,
    closes: bool,
) -> None:
    """The user closes the window, or the browser goes away."""
    http_pbx.serial_number = NEW
    before, token = dict(entry.data), await stored_access_token(hass, entry)
    window = Window(hass, http_pbx)
    await window.reconfigure(entry)

    assert (await window.sign_in())["step_id"] == "replaced"
    if closes:
        await window.close()
    await window.settle()

    assert http_pbx.live_access_tokens == []
    assert entry.data == before
    assert entry.unique_id == pbx.serial_number
    assert entry.state is ConfigEntryState.LOADED
    assert pbx.live_access_tokens == [token]


async def test_the_pbx_that_was_shown_is_the_one_that_is_adopted(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, window: Window
) -> None:
    """A third one is asked about again."""
    replace(pbx)
    await window.reconfigure(entry)
    await window.sign_in()
    pbx.serial_number = "3631A2124777"

    shown = await window.submit()

    assert shown["step_id"] == "replaced"
    placeholders = shown["description_placeholders"] or {}
    assert placeholders["new_serial_number"] == "`3631A2124777`"


async def test_a_pbx_of_another_entry_is_refused(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    http_pbx: PbxSimulator,
    entry: MockConfigEntry,
) -> None:
    """Two entries for one PBX would compete for its tokens."""
    http_pbx.serial_number = NEW
    other = await load(hass, entry_for(http_pbx))
    window = Window(hass, http_pbx)
    await window.reconfigure(entry)

    result = await window.sign_in()
    await window.settle()

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert entry.unique_id == pbx.serial_number
    assert http_pbx.live_access_tokens == [await stored_access_token(hass, other)]


async def test_signing_in_again_to_a_replaced_pbx_is_confirmed(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    window: Window,
    refused: str,
) -> None:
    """One rule holds wherever the user comes from."""
    replace(pbx)
    await window.follow(refused)

    assert (await window.sign_in_again())["step_id"] == "replaced"
    result = await window.submit()
    await window.settle()

    assert result["reason"] == "reauth_successful"
    assert entry.unique_id == NEW
    assert devices(hass, entry) == [NEW]
    assert entry.state is ConfigEntryState.LOADED


async def test_pasted_tokens_outlast_the_question(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_entry: MockConfigEntry
) -> None:
    """An expired one is refreshed before it is known who answers."""
    replace(http_pbx)
    answer = http_pbx.tokens.issue(http_pbx.clock() - 2000)
    window = Window(hass, http_pbx)
    await window.reconfigure(http_entry, "access_token")

    shown = await window.submit(
        url=http_pbx.base_url,
        access_token=answer["access_token"],
        refresh_token=answer["refresh_token"],
    )
    assert shown["step_id"] == "replaced"
    result = await window.submit()
    await window.settle()

    assert result["reason"] == "reconfigure_successful"
    assert http_pbx.live_access_tokens == [await stored_access_token(hass, http_entry)]


async def test_a_device_that_version_1_0_0_left_is_removed(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """It added a second device for a replaced PBX, and could not delete the first."""
    entry = entry_for(pbx)
    entry.add_to_hass(hass)
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "of the old PBX")}
    )

    await hass.config_entries.async_setup(entry.entry_id)

    assert devices(hass, entry) == [pbx.serial_number]
