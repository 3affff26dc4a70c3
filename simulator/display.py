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
    date_format = _DATES[switches.date_format]
    time_format = _TIMES[switches.time_format]
    local = datetime.fromtimestamp(time, switches.time_zone)
    return local.strftime(f"{date_format} {time_format}")
