"""What mailboxes, groups and presences look like."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import StrEnum, auto


class MessageIds(StrEnum):
    """What a ``msg_id`` is made of."""

    DECIMAL = auto()
    """Seconds since the epoch and a decimal count, as in all printed examples."""
    HEXADECIMAL = auto()
    """The same with a hexadecimal count, as Asterisk writes it."""
    OPAQUE = auto()
    """Random letters and digits."""


class UnknownBox(StrEnum):
    """What ``vm/query`` says of a number that has no mailbox."""

    OMITTED = auto()
    EMPTY = auto()
    REFUSED = auto()
    """60001 for the whole request."""
    INTERNAL_ERROR = auto()
    """-2 for the whole request."""


class EmptyBox(StrEnum):
    """What ``vm/query`` says of a box without messages."""

    LISTED = auto()
    OMITTED = auto()
    REFUSED = auto()
    """60001 for the whole request, also of ``vm/get``."""


class CustomPresence(StrEnum):
    """What ``custom_presence_status`` is where there is no custom presence."""

    EMPTY = auto()
    REPEATS = auto()
    """The default presence."""
    LAGS = auto()
    """The default presence as it was before its last change."""
    MISSING = auto()
    """Older firmware, which has no custom presences."""


class DateFormat(StrEnum):
    """The order of a date, as ``system/information`` names it."""

    YEAR_FIRST = "YYYY/MM/DD"
    MONTH_FIRST = "MM/DD/YYYY"
    DAY_FIRST = "DD/MM/YYYY"


class TimeFormat(StrEnum):
    """A time of 24 or 12 hours, as ``system/information`` names it."""

    HOURS_24 = "hh:mm:ss"
    HOURS_12 = "hh:mm:ss AM"
    HOURS_12_PM = "hh:mm:ss PM"


@dataclass
class MessageSwitches:
    """Switches of messages, groups and presences."""

    group_endpoints: bool = True
    """False: the firmware has no ``vm_group/list``."""
    message_ids: MessageIds = MessageIds.DECIMAL
    message_listed_after: float = 0
    """Seconds from the event of a message until it is listed and can be had."""
    newest_message_first: bool = True
    unknown_box: UnknownBox = UnknownBox.OMITTED
    empty_box: EmptyBox = EmptyBox.LISTED
    download_marks_as_read: bool = False
    mailbox_limit: int = 100
    """Messages in one mailbox at most."""
    full_mailbox_drops_oldest: bool = True
    """False: a caller cannot leave a message in a full mailbox."""
    date_format: DateFormat = DateFormat.YEAR_FIRST
    time_format: TimeFormat = TimeFormat.HOURS_24
    time_zone: tzinfo = UTC
    system_formats: bool = True
    """False: older firmware, whose ``system/information`` has neither formats nor
    ``timestamp``."""
    custom_presence: CustomPresence = CustomPresence.EMPTY
    detail_custom_presence: bool = False
    """Name a custom presence in ``extension/get`` and ``extension/query``, too."""
    detail_greetings: bool = True
    """False: ``extension/get`` does not say which greetings callers hear."""
