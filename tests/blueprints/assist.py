"""Assist, as somebody asks it in a room."""

from typing import Any

from homeassistant.helpers import area_registry as ar, entity_registry as er
from pytest_homeassistant_custom_component.common import async_mock_service

from .home import Home

SATELLITE = "assist_satellite.satellite"
CAN_ANNOUNCE = 1


class Satellite:
    """A voice satellite, as another integration provides it."""

    def __init__(self, home: Home, area: str) -> None:
        """Begin to work on a question in an area."""
        self._hass = home.hass
        self._announcements = async_mock_service(
            home.hass, "assist_satellite", "announce"
        )
        registry = er.async_get(home.hass)
        registry.async_get_or_create(
            "assist_satellite", "another", "1", suggested_object_id="satellite"
        )
        area_id = ar.async_get(home.hass).async_get_or_create(area).id
        registry.async_update_entity(SATELLITE, area_id=area_id)
        self.is_now("processing")

    def is_now(self, state: str) -> None:
        """Go on to another state."""
        attributes = {"supported_features": CAN_ANNOUNCE}
        self._hass.states.async_set(SATELLITE, state, attributes)

    @property
    def announced(self) -> list[str]:
        """Return what was announced beside answers."""
        return [call.data["message"] for call in self._announcements]


async def ask(home: Home, sentence: str = "Do I have any messages?", **who: Any) -> str:
    """Ask Assist, and return the answer."""
    answered = await home.user.command("conversation/process", text=sentence, **who)
    speech: str = answered["response"]["speech"]["plain"]["speech"]
    return speech
