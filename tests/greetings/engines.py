"""A text-to-speech engine and a calendar, as other integrations provide them."""

from contextlib import suppress
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, override

from homeassistant.components.calendar import (
    DATA_COMPONENT as CALENDARS,
    CalendarEntity,
    CalendarEvent,
)
from homeassistant.components.tts import TextToSpeechEntity
from homeassistant.components.tts.const import DATA_COMPONENT as ENGINES
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import mutagen

from .recordings import music

HIGH = 1500

# Home Assistant writes tags with it. It loads its modules when it is first used, which
# takes long.
with suppress(mutagen.MutagenError):
    mutagen.File(BytesIO())


class Voice(TextToSpeechEntity):
    """The engine `tts.voice`, which says everything with the same tone."""

    _attr_name = "Voice"
    _attr_default_language = "en"
    _attr_supported_languages = ["en", "de"]  # noqa: RUF012 - as in Home Assistant

    def __init__(self) -> None:
        """Begin with nothing said."""
        self.audio = music(0.5, HIGH)
        self.said: list[tuple[str, str]] = []
        self.error: Exception | None = None

    @override
    async def async_get_tts_audio(
        self, message: str, language: str, options: dict[str, Any]
    ) -> tuple[str, bytes]:
        if self.error:
            raise self.error
        self.said.append((message, language))
        return "wav", self.audio


class Holidays(CalendarEntity):
    """The calendar `calendar.holidays`."""

    _attr_name = "Holidays"

    def __init__(self) -> None:
        """Begin without events."""
        self.events: list[CalendarEvent] = []

    @property
    @override
    def event(self) -> CalendarEvent | None:
        now = dt_util.now()
        return next((e for e in self.events if e.end_datetime_local > now), None)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        return [
            event
            for event in self.events
            if event.start_datetime_local < end_date
            and event.end_datetime_local > start_date
        ]


async def add_voice(hass: HomeAssistant, folder: Path) -> Voice:
    """Set the engine up, with a folder for what it keeps."""
    hass.config.config_dir = str(folder)
    assert await async_setup_component(hass, "tts", {})
    assert await async_setup_component(hass, "media_source", {})
    voice = Voice()
    await hass.data[ENGINES].async_add_entities([voice])
    return voice


async def add_holidays(hass: HomeAssistant) -> Holidays:
    """Set the calendar up."""
    assert await async_setup_component(hass, "calendar", {})
    holidays = Holidays()
    await hass.data[CALENDARS].async_add_entities([holidays])
    return holidays
