"""An entry is set up, and started again."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.const import DOMAIN
from simulator import PbxSimulator
from tests.clock import Clock
from tests.common import HOUR, MINUTE, endpoints, entry_for, load
from tests.stored import stored_access_token

from .life import restart


async def test_setup_costs_one_token(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """It signs in and asks who the PBX is."""
    entry = await load(hass, entry_for(pbx))

    assert endpoints(pbx) == ["get_token", "system/information"]
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]


async def test_the_action_is_there_without_an_entry(hass: HomeAssistant) -> None:
    """Automations can be checked before the PBX answers."""
    assert await async_setup_component(hass, DOMAIN, {})

    assert hass.services.has_service(DOMAIN, "play_greeting")


async def test_the_pbx_is_a_device(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
) -> None:
    """It shows model and firmware, and leads to the portal."""
    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)

    assert device.identifiers == {(DOMAIN, pbx.serial_number)}
    assert device.entry_type is dr.DeviceEntryType.SERVICE
    assert device.manufacturer == "Yeastar"
    assert device.name == "PBX"
    assert device.model == pbx.model
    assert device.sw_version == pbx.firmware
    assert device.configuration_url == pbx.base_url


async def test_a_firmware_update_shows_after_a_reload(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
) -> None:
    """The device stays the same."""
    (before,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    pbx.firmware = "37.24.0.1"

    await hass.config_entries.async_reload(entry.entry_id)

    (after,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert (after.id, after.sw_version) == (before.id, "37.24.0.1")


async def test_a_reload_costs_no_token(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """The token is kept in the entry."""
    token = await stored_access_token(hass, entry)

    await hass.config_entries.async_reload(entry.entry_id)

    assert endpoints(pbx) == ["system/information"]
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)] == [token]


async def test_ten_restarts_cost_no_token(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """There are only eight of them."""
    for _ in range(10):
        await restart(hass, entry)

    assert entry.state is ConfigEntryState.LOADED
    assert endpoints(pbx) == ["system/information"] * 10
    assert len(pbx.live_access_tokens) == 1


@pytest.mark.parametrize(
    ("away", "asked"),
    [
        (28 * MINUTE, ["system/information"]),
        (31 * MINUTE, ["refresh_token", "system/information"]),
        (23 * HOUR, ["refresh_token", "system/information"]),
        (25 * HOUR, ["get_token", "system/information"]),
    ],
)
async def test_a_restart_after_a_while_renews_the_token(
    hass: HomeAssistant,
    clock: Clock,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    away: float,
    asked: list[str],
) -> None:
    """With the cheapest request that does it, and what comes of it is kept."""
    await hass.config_entries.async_unload(entry.entry_id)
    clock.tick(away)

    await hass.config_entries.async_setup(entry.entry_id)

    assert endpoints(pbx) == asked
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]
    pbx.requests.clear()
    await restart(hass, entry)
    assert endpoints(pbx) == ["system/information"]


async def test_a_rebooted_pbx_costs_one_sign_in(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """It has forgotten all tokens."""
    pbx.reboot()

    await restart(hass, entry)

    assert entry.state is ConfigEntryState.LOADED
    assert endpoints(pbx).count("get_token") == 1
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]
