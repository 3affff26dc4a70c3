"""An entry is removed, whatever the PBX says."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.sign_in import clients
from simulator import Fault, PbxSimulator
from tests.clock import Clock
from tests.common import MINUTE, endpoints, entry_for, load, our_tasks, reauth_flows
from tests.stored import stored_access_token

from .life import WRONG, start


async def test_a_removed_entry_leaves_no_token(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
) -> None:
    """Nor a device, nor a task."""
    result = await hass.config_entries.async_remove(entry.entry_id)

    assert result == {"require_restart": False}
    assert endpoints(pbx) == ["del_token"]
    assert pbx.live_access_tokens == []
    assert len(device_registry.devices) == 0
    assert our_tasks() == []


async def test_removing_an_entry_that_is_not_loaded_leaves_no_token(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """The token is kept in the entry."""
    await hass.config_entries.async_unload(entry.entry_id)

    await hass.config_entries.async_remove(entry.entry_id)

    assert endpoints(pbx) == ["del_token"]
    assert pbx.live_access_tokens == []


async def test_removing_an_entry_whose_setup_failed_leaves_no_token(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """Setup got a token before it failed."""
    pbx.errcodes["system/information"] = -2
    entry = entry_for(pbx)
    await start(hass, entry)
    assert len(pbx.live_access_tokens) == 1

    await hass.config_entries.async_remove(entry.entry_id)

    assert pbx.live_access_tokens == []


async def test_a_removed_entry_can_be_added_again(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """Nothing of the first is left."""
    await hass.config_entries.async_remove(entry.entry_id)

    again = await load(hass, entry_for(pbx))

    assert pbx.live_access_tokens == [await stored_access_token(hass, again)]


async def test_an_expired_token_is_not_revoked(
    hass: HomeAssistant,
    clock: Clock,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
) -> None:
    """It no longer holds a place."""
    clock.tick(31 * MINUTE)

    await hass.config_entries.async_remove(entry.entry_id)

    assert pbx.requests == []


@pytest.mark.parametrize(
    "fault", [Fault.RESET, Fault.HTML, Fault.REDIRECT, Fault.UNAUTHORIZED_401]
)
async def test_an_entry_is_removed_whatever_the_pbx_answers(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, fault: Fault
) -> None:
    """The token expires by itself."""
    pbx.faults["*"] = fault

    await hass.config_entries.async_remove(entry.entry_id)

    assert hass.config_entries.async_entries(DOMAIN) == []


async def test_an_entry_is_removed_though_the_pbx_is_down(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """A PBX may be gone for good."""
    await pbx.stop()

    await hass.config_entries.async_remove(entry.entry_id)

    assert hass.config_entries.async_entries(DOMAIN) == []


async def test_an_entry_is_removed_though_the_pbx_says_nothing(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whoever removes it does not wait as long as a greeting may take."""
    monkeypatch.setattr(clients, "REVOKE_TIMEOUT", 0.1)
    pbx.faults["del_token"] = Fault.SILENT

    await hass.config_entries.async_remove(entry.entry_id)

    assert hass.config_entries.async_entries(DOMAIN) == []
    assert "could not be revoked (timeout)" in caplog.text


async def test_a_token_is_not_revoked_at_another_certificate(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """It would be told to whoever answers."""
    await pbx.renew_certificate()

    await hass.config_entries.async_remove(entry.entry_id)

    assert pbx.requests == []


async def test_removing_a_refused_entry_asks_nothing(
    hass: HomeAssistant, pbx: PbxSimulator, expected_warnings: list[str]
) -> None:
    """There is no token; the question for a new sign-in goes away, too."""
    expected_warnings.append("could not authenticate")
    entry = entry_for(pbx, **WRONG)
    await start(hass, entry)

    await hass.config_entries.async_remove(entry.entry_id)

    assert endpoints(pbx) == ["get_token"]
    assert reauth_flows(hass) == []
