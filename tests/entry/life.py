"""An entry's life, as Home Assistant leads it."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from tests.clock import Clock

WRONG = {"client_secret": "wrong"}
PLAY = {
    "extension": "3200",
    "file": "vm_welcome.wav",
    "entity_id": "media_player.kitchen",
}


async def start(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigEntryState:
    """Set an entry up, whatever becomes of it."""
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry.state


async def restart(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Unload an entry and set it up again, as a restart of Home Assistant does."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def wait(hass: HomeAssistant, clock: Clock, seconds: float) -> None:
    """Let time pass, and Home Assistant do what it does then."""
    clock.tick(seconds)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
