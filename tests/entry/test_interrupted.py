"""A browser that goes away while it reloads an entry: Home Assistant cancels that."""

import asyncio
from itertools import count

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator
from tests.gate import Gate
from tests.interruption import interrupt
from tests.stored import stored_access_token


@pytest.mark.parametrize("is_renewing", [True, False])
async def test_a_reload_is_finished(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    *,
    is_renewing: bool,
) -> None:
    """The entry is loaded, with one token, also if a renewal has to end first."""
    for suspension in count(1):
        if is_renewing:
            pbx.reboot()
            gate = Gate(pbx, "refresh_token")
            asking = asyncio.create_task(entry.runtime_data.client.system.information())
            await gate.arrived()
            hass.loop.call_soon(gate.open)

        interrupted = await interrupt(
            hass.config_entries.async_reload(entry.entry_id), suspension
        )
        await hass.async_block_till_done(wait_background_tasks=True)

        if is_renewing:
            await asyncio.gather(asking, return_exceptions=True)
        assert entry.state is ConfigEntryState.LOADED
        assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]
        if not interrupted:
            break

    assert suspension > 2
