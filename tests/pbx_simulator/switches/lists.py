"""What lists look like."""

from dataclasses import dataclass
from enum import StrEnum, auto


class EmptyList(StrEnum):
    """What ``greeting_list`` is for an extension without greetings."""

    ARRAY = auto()
    NULL = auto()
    MISSING = auto()


@dataclass
class ListSwitches:
    """Switches of lists and their pages."""

    greeting_endpoints: bool = True
    """False: firmware older than xx.23.0, the greeting family answers 10001."""
    empty_list: EmptyList = EmptyList.ARRAY
    max_page_size: int | None = None
    """Rows on one page at most, whatever ``page_size`` asks for; None: no limit."""
