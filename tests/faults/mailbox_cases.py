"""Who asks the PBX for what of a mailbox, and what is promised where that fails."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from .cases import AUDIO
from .home import WORKS
from .mailbox_home import NUMBER, MailboxHome
from .outcomes import exception_text, filled
from .promises import (
    NO_FIELDS,
    NOT_FOUND,
    PARAMETER,
    TOO_MANY_TOKENS,
    Promise,
)
from .rows import API, ROWS, Row
from .troubles import Addresses, Trouble

QUERY: Final = "vm/query"
LINK: Final = "vm/download"
UPDATE: Final = "vm/update"
DELETE: Final = "vm/delete"
SEARCH: Final = "extension/search"
PRESENCE: Final = "extension/update"


@dataclass(frozen=True)
class MailboxCase:
    """Something that is done with a mailbox, and an endpoint that it asks.

    ``asks`` is everything that it asks while all is well, in order.
    """

    action: str
    endpoint: str
    asks: tuple[str, ...]
    do: Callable[[MailboxHome], Awaitable[str]]

    def __str__(self) -> str:
        """Return a name for messages of tests."""
        return f"{self.endpoint} ({self.action})"

    @property
    def before(self) -> str | None:
        """Return what is asked just before the endpoint, if anything."""
        position = self.asks.index(self.endpoint)
        return self.asks[position - 1] if position else None


def _cases(
    action: str, do: Callable[[MailboxHome], Awaitable[str]], *asks: str
) -> list[MailboxCase]:
    return [MailboxCase(action, endpoint, asks, do) for endpoint in asks]


LIST = "list_messages"
PLAY = "play_message"
TRANSCRIBE = "transcribe_message"
MARK = "mark_message_read"
REMOVE = "delete_message"
SELECT = "the presence select"
BROWSER = "the media browser"

CASES: Final = (
    *_cases(LIST, MailboxHome.list_messages, QUERY),
    *_cases(PLAY, MailboxHome.play_message, QUERY, LINK, AUDIO),
    *_cases(TRANSCRIBE, MailboxHome.transcribe_message, QUERY, LINK, AUDIO),
    *_cases(MARK, MailboxHome.mark_message_read, QUERY, UPDATE),
    *_cases(REMOVE, MailboxHome.delete_message, QUERY, DELETE),
    *_cases(SELECT, MailboxHome.select_presence, SEARCH, PRESENCE),
    *_cases(BROWSER, MailboxHome.browse_to_message, LINK, AUDIO),
)
ENDPOINTS: Final = tuple(dict.fromkeys(case.endpoint for case in CASES))
FIRST_CASES: Final = tuple(
    next(case for case in CASES if case.endpoint == endpoint) for endpoint in ENDPOINTS
)

# The rows of faults that can befall any request.
ROWS_OF_ALL: Final = tuple(row for row in ROWS if len(row.endpoints) >= len(API))


def cases_of(row: Row, fault: Trouble) -> list[MailboxCase]:
    """Return what a fault is tried with."""
    return [
        case
        for case in (CASES if fault is row.faults[0] else FIRST_CASES)
        if (case.endpoint in row.endpoints or case.endpoint != AUDIO)
        # Home Assistant knows an address for ten seconds before it asks again.
        and not (isinstance(fault, Addresses) and case.before)
    ]


_EMPTY_MAILBOX: Final = {
    f"{QUERY} {LIST}": WORKS,
    f"{QUERY} {PLAY}": "no_messages",
    f"{QUERY} {TRANSCRIBE}": "no_messages",
    f"{QUERY} {MARK}": "message_not_found",
    f"{QUERY} {REMOVE}": "message_not_found",
}
_GONE: Final = {
    **_EMPTY_MAILBOX,
    LINK: "message_without_audio",
    # The PBX lists it all the same.
    UPDATE: "not_found",
    DELETE: "not_found",
    SEARCH: "box_not_found",
    PRESENCE: "box_not_found",
}
_OTHERWISE: Final[Mapping[Promise, Mapping[str, str]]] = {
    NOT_FOUND: _GONE,
    PARAMETER: {**_GONE, PRESENCE: "pbx_fault"},
    NO_FIELDS: {
        **_EMPTY_MAILBOX,
        LINK: "invalid_link",
        UPDATE: WORKS,
        DELETE: WORKS,
        SEARCH: "box_not_found",
        PRESENCE: WORKS,
    },
    TOO_MANY_TOKENS: {AUDIO: "message_without_audio"},
}


def promised(promise: Promise, case: MailboxCase) -> str:
    """Return the key of what is promised for a case, or WORKS."""
    otherwise = _OTHERWISE.get(promise, {})
    for where in (f"{case.endpoint} {case.action}", case.endpoint):
        if where in otherwise:
            return otherwise[where]
    if case.endpoint != AUDIO:
        return promise.error
    key = promise.but.get(f"{AUDIO} action", promise.but.get(AUDIO, promise.error))
    return "message_without_audio" if key == "no_audio" else key


def said_of(key: str, promise: Promise, fault: Trouble, message_id: str) -> str:
    """Return what is said where a key is promised."""
    if key == WORKS:
        return WORKS
    others = {"number": NUMBER, "message_id": message_id}
    return filled(exception_text(key), promise, fault, **others)
