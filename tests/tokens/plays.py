"""Plays as automations cause them."""

from homeassistant.core import HomeAssistant

from custom_components.yeastar_vm.const import DOMAIN


async def play(hass: HomeAssistant) -> None:
    """Play a greeting, as an automation does."""
    data = {
        "extension": "3200",
        "file": "vm_welcome.wav",
        "entity_id": "media_player.kitchen",
    }
    await hass.services.async_call(DOMAIN, "play_greeting", data, blocking=True)
