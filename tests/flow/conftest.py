"""What the tests of the config flow share."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator
from tests.common import reauth_flows
from tests.window import Window


@pytest.fixture(autouse=True)
async def _in_berlin(hass: HomeAssistant) -> None:
    """Let the user see times of Berlin."""
    await hass.config.async_set_time_zone("Europe/Berlin")


@pytest.fixture
def window(hass: HomeAssistant, pbx: PbxSimulator) -> Window:
    """Return the window of a user who has the PBX's credentials."""
    return Window(hass, pbx)


@pytest.fixture
def http_window(hass: HomeAssistant, http_pbx: PbxSimulator) -> Window:
    """Return the window of a user who has the credentials of the PBX on plain http."""
    return Window(hass, http_pbx)


@pytest.fixture
async def refused(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    expected_warnings: list[str],
) -> str:
    """Let the PBX's secret change, and Home Assistant notice; return the flow's ID."""
    expected_warnings.append("could not authenticate")
    pbx.reboot()
    pbx.client_secret = "NewSecret00000000000000000000001"
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    (flow,) = reauth_flows(hass)
    pbx.requests.clear()
    return str(flow["flow_id"])
