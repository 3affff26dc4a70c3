"""A calendar, as another integration provides it."""

from datetime import datetime
from typing import override

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util


class Holidays(CalendarEntity):
    """The calendar `calendar.holidays`.

    As with many calendars, its state learns of the next event when it is refreshed, and
    not when the one before it ends.
    """

    _attr_name = "Holidays"
    _attr_unique_id = "holidays"
    _attr_should_poll = False

    def __init__(self, events: list[CalendarEvent] | None = None) -> None:
        """Begin with these events."""
        self.events = events or []
        self.error: Exception | None = None
        self._event = self._next()

    @callback
    def refresh(self, *, available: bool = True) -> None:
        """Update the state from the server, which may be unreachable."""
        self._attr_available = available
        self._event = self._next()
        self.async_write_ha_state()

    @property
    @override
    def event(self) -> CalendarEvent | None:
        return self._event

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

    def _next(self) -> CalendarEvent | None:
        now = dt_util.now()
        return next((e for e in self.events if e.end_datetime_local > now), None)
