"""Times as the PBX displays them, by its settings."""

from collections.abc import Mapping
from datetime import datetime

from .switches import DateFormat, Switches, TimeFormat

_DATES: Mapping[DateFormat, str] = {
    DateFormat.YEAR_FIRST: "%Y/%m/%d",
    DateFormat.MONTH_FIRST: "%m/%d/%Y",
    DateFormat.DAY_FIRST: "%d/%m/%Y",
}
_TIMES: Mapping[TimeFormat, str] = {
    TimeFormat.HOURS_24: "%H:%M:%S",
    TimeFormat.HOURS_12: "%I:%M:%S %p",
    TimeFormat.HOURS_12_PM: "%I:%M:%S %p",
}


def displayed(switches: Switches, time: float) -> str:
    """Write a time in seconds since the epoch as the PBX displays it."""
    return datetime.fromtimestamp(time, switches.time_zone).strftime(_format(switches))


def read(switches: Switches, text: str) -> datetime:
    """Read a time that the PBX displays, without a time zone. Raise ValueError."""
    return datetime.strptime(text, _format(switches))  # noqa: DTZ007


def _format(switches: Switches) -> str:
    return f"{_DATES[switches.date_format]} {_TIMES[switches.time_format]}"
