"""A calendar, as another integration provides it."""

from datetime import datetime
from typing import override

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util


class Holidays(CalendarEntity):
    """The calendar `calendar.holidays`."""

    _attr_name = "Holidays"
    _attr_unique_id = "holidays"
    _attr_should_poll = False

    def __init__(self, events: list[CalendarEvent] | None = None) -> None:
        """Begin with these events."""
        self.events = events or []
        self.error: Exception | None = None

    @property
    @override
    def event(self) -> CalendarEvent | None:
        now = dt_util.now()
        return next((e for e in self.events if e.end_datetime_local > now), None)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        if self.error:
            raise self.error
        return [
            event
            for event in self.events
            if event.start_datetime_local < end_date
            and event.end_datetime_local > start_date
        ]
