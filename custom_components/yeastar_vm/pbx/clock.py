"""The time of the PBX, which it writes in a display format without a time zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
import re
from typing import Final, Self

from .values import JsonObject, text, whole_number

_DATE_AND_TIME: Final = re.compile(
    r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})[ T]+"
    r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp])?\.?[Mm]?\.?",
    re.ASCII,
)
# The offset of a time zone from UTC is a multiple of this.
_STEP: Final = 15 * 60  # seconds
_MAX_OFFSET: Final = 14 * 60 * 60
# What is written in place of a time that is not known, such as year 1, is none. In some
# time zones, the first and the last year that exist would be beyond the calendar.
_YEARS: Final = range(1970, 9999)


@dataclass(frozen=True, slots=True)
class PbxClock:
    """How the PBX writes a time: whether the day comes first, and in which time zone.

    Both come from an answer that has the current time in two forms (vendor page "Query
    PBX Information"). Older firmware lacks them.
    """

    day_first: bool = False
    time_zone: tzinfo = UTC

    @classmethod
    def from_answer(cls, answer: JsonObject, expected: tzinfo | None = None) -> Self:
        """Read the answer of `system/information`.

        The PBX does not say its time zone, only the offset that it has now. If that is
        the one of the expected zone, this is it: it has other offsets at other times.
        """
        data = answer.get("data")
        if not isinstance(data, dict):
            return cls()
        day_first = text(data.get("system_date_format")).upper().startswith("D")
        local = cls(day_first).parse(text(data.get("system_time")))
        timestamp = whole_number(data.get("timestamp"))
        if local is None or not timestamp:
            return cls(day_first)
        seconds = round((local.timestamp() - timestamp) / _STEP) * _STEP
        if abs(seconds) > _MAX_OFFSET:
            return cls(day_first)
        offset = timedelta(seconds=seconds)
        if expected and (local - offset).astimezone(expected).utcoffset() == offset:
            return cls(day_first, expected)
        return cls(day_first, timezone(offset))

    def parse(self, value: str) -> datetime | None:
        """Return a time of the PBX in UTC, or None if it cannot be read."""
        if (match := _DATE_AND_TIME.fullmatch(value.strip())) is None:
            return None
        first, second, third, hour, minute, seconds = (
            int(part or 0) for part in match.groups()[:6]
        )
        if len(match[1]) == 4:
            year, month, day = first, second, third
        else:
            year = third
            # The format may not be known: a month is never above 12.
            day_first = (self.day_first or first > 12) and second <= 12
            day, month = (first, second) if day_first else (second, first)
        if year not in _YEARS:
            return None
        if half := match[7]:
            hour = hour % 12 + (12 if half in "Pp" else 0)
        try:
            local = datetime(
                year, month, day, hour, minute, seconds, tzinfo=self.time_zone
            )
            return local.astimezone(UTC)
        except ValueError:
            return None
