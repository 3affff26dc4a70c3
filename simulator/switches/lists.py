"""What lists look like."""

from dataclasses import dataclass
from enum import StrEnum, auto


class EmptyList(StrEnum):
    """What a list without rows is, also one inside a row."""

    ARRAY = auto()
    NULL = auto()
    MISSING = auto()
    BARE = auto()
    """Missing, and its total with it, as seen of an idle ``call/query``."""


class TotalNumber(StrEnum):
    """What ``total_number`` is, besides any JSON value."""

    RIGHT = auto()
    MISSING = auto()


class PastEnd(StrEnum):
    """What a page after the last one is."""

    EMPTY = auto()
    LAST_AGAIN = auto()
    NOT_FOUND = auto()
    """60001, as for anything that is not there right now."""


@dataclass
class ListSwitches:
    """Switches of lists and their pages."""

    greeting_endpoints: bool = True
    """False: firmware older than xx.23.0, the greeting family answers 10001."""
    empty_list: EmptyList = EmptyList.ARRAY
    empty_fields: bool = True
    """False: rows leave out the fields that are empty, such as an e-mail address."""
    not_found_skeleton: bool = False
    """Give 60001 the fields of a list without rows, as seen of an idle queue."""
    max_page_size: int | None = None
    """Rows on one page at most, whatever ``page_size`` asks for; None: no limit."""
    total_number: TotalNumber | object = TotalNumber.RIGHT
    """A JSON value to answer in place of how many rows there are in all."""
    past_end: PastEnd = PastEnd.EMPTY
    ignored_parameters: frozenset[str] = frozenset()
    """Parameters that are taken for missing, such as ``page``."""
