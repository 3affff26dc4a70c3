"""Calls of the actions, as automations make them."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from tests.common import call

KITCHEN = "media_player.kitchen"


async def play(hass: HomeAssistant, **data: Any) -> dict[str, Any]:
    """Call the action for the kitchen unless told otherwise; return its response."""
    if not data.keys() & {"entity_id", "area_id", "label_id", "device_id"}:
        data["entity_id"] = KITCHEN
    return await call(hass, "play_greeting", **data)


async def refusal(hass: HomeAssistant, **data: Any) -> str:
    """Call the action for something it cannot do; return what the user is told."""
    with pytest.raises(HomeAssistantError) as caught:
        await play(hass, **data)
    assert caught.value.translation_domain in ("yeastar_vm", "homeassistant")
    return f"{caught.value}."  # Home Assistant leaves the full stop out
