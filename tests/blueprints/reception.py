"""A reception with a holiday calendar, and the clock in it."""

from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.calendar import CalendarEvent
from homeassistant.util import dt as dt_util

from simulator import PbxSimulator
from tests.clock import due
from tests.common import asked
from tests.greetings.home import UPLOAD
from tests.greetings.recordings import pitch

from .home import Home


def local(time: str) -> datetime:
    """Return a local time."""
    return datetime.fromisoformat(time).replace(tzinfo=dt_util.DEFAULT_TIME_ZONE)


class Reception:
    """Plans holidays, lets time pass, and hears what callers hear."""

    def __init__(
        self, home: Home, pbx: PbxSimulator, clock: FrozenDateTimeFactory
    ) -> None:
        """Take a home whose time is frozen."""
        self.home, self.pbx, self.clock = home, pbx, clock

    def plan(
        self,
        start: str,
        end: str,
        summary: str,
        description: str = "",
        zone: tzinfo | None = None,
    ) -> None:
        """Write an event into the calendar: all-day if its times are dates.

        `zone` is the one in which the calendar keeps the times.
        """
        all_day = len(start) == len("2026-12-24")
        first, last = (
            date.fromisoformat(each) if all_day else local(each).astimezone(zone)
            for each in (start, end)
        )
        event = CalendarEvent(first, last, summary, description or None)
        self.home.holidays.events.append(event)
        self.home.holidays.refresh()

    def cancel(self) -> None:
        """Delete all events."""
        self.home.holidays.events.clear()
        self.home.holidays.refresh()

    async def automate(self, blueprint: str, **inputs: Any) -> None:
        """Make an automation of a blueprint, as the user interface does."""
        await self.home.automate(blueprint, **inputs)

    async def wait_until(self, time: str) -> None:
        """Let time pass, and what is to happen happen.

        Triggers look a quarter of an hour ahead in calendars. The state of a calendar
        is refreshed half a minute later; ten seconds after a change, automations run.
        """
        when = local(time)
        holidays = self.home.holidays
        for seconds in (-60, 1, 31, 42):
            await self._move_to(when + timedelta(seconds=seconds))
            if seconds in (-60, 31) and holidays.available:
                holidays.refresh()

    async def _move_to(self, moment: datetime) -> None:
        self.clock.move_to(moment)
        await due(self.home.hass)

    @property
    def greeting(self) -> bytes:
        """Return what callers hear."""
        audio = self.pbx.greeting_for_callers("3200")
        assert audio
        return audio

    def hears(self) -> float:
        """Return the pitch of what callers hear."""
        return pitch(self.greeting)

    @property
    def said(self) -> list[str]:
        """Return the texts that were spoken since Home Assistant was started."""
        return [text for text, _ in self.home.voice.said]

    @property
    def uploads(self) -> int:
        """Return how often a greeting was uploaded."""
        return asked(self.pbx)[UPLOAD]

    async def notifications(self) -> list[str]:
        """Return what the user is told."""
        shown = await self.home.user.command("persistent_notification/get")
        return [each["message"] for each in shown]
