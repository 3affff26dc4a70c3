"""Fixtures of the tests of mailboxes."""

from collections.abc import AsyncIterator

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator
from tests.engines import Engine, add_engine

from .common import Arrivals, leo_ball, load_with_mailboxes


@pytest.fixture
async def leo(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> AsyncIterator[MockConfigEntry]:
    """Return the loaded entry of a PBX on plain http, with the mailbox of Leo Ball."""
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball())
    http_pbx.requests.clear()
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
async def arrivals(hass: HomeAssistant, leo: MockConfigEntry) -> Arrivals:
    """Return the messages that the mailbox of Leo Ball tells of."""
    return Arrivals(hass)


@pytest.fixture
async def engine(hass: HomeAssistant) -> Engine:
    """Return the engine `stt.engine`."""
    return await add_engine(hass)
