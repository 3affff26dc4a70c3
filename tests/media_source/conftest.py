"""What the tests of the media source share."""

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .media import ROOT


@pytest.fixture
async def here(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Return the media content ID of the PBX."""
    assert await async_setup_component(hass, "media_source", {})
    await hass.async_block_till_done()
    return f"{ROOT}/{entry.unique_id}"
