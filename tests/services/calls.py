"""Calls of the action that plays greetings, as automations make them."""

from typing import Any

from homeassistant.core import HomeAssistant

from tests.common import play, told

KITCHEN = "media_player.kitchen"


async def refusal(hass: HomeAssistant, **data: Any) -> str:
    """Call the action for something it cannot do; return what the user is told."""
    return await told(play(hass, **data))
