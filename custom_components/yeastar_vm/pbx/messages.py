"""Voicemail messages: list them, hear them, mark them as read, delete them."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import chain
import re
import time
from typing import Final, Self

from .box_query import BoxQuery
from .clock import PbxClock
from .errors import YeastarError
from .http.endpoint import INFORMATION, Endpoint
from .links import PlayLink, read_link
from .lists import List
from .session import PbxSession
from .values import JsonObject, label, text, whole_number

# A `msg_id` is the time of the message in Unix seconds, and a number.
_MESSAGE_ID: Final = re.compile(r"(\d{10})-[\da-fA-F]+", re.ASCII)
_READ: Final = 1
_DURATIONS: Final = range(24 * 60 * 60)  # seconds
_NO_TIME: Final = datetime.min.replace(tzinfo=UTC)
# So many messages are read beside the event loop.
MANY_MESSAGES: Final = 500
CLOCK_LIFETIME: Final = 60 * 60  # seconds

_GET: Final = Endpoint("vm/get", names=("number",))
_DOWNLOAD: Final = Endpoint("vm/download", names=("msg_id",))
_UPDATE: Final = Endpoint("vm/update", names=("id",), acts=True)
_DELETE: Final = Endpoint("vm/delete", names=("id",), acts=True)


@dataclass(frozen=True, slots=True)
class Message:
    """A message that a caller left in a box; `number` is the number of the box.

    `duration` is in seconds. `time` is None if the PBX does not say it. The file name
    of the PBX is left out: it renumbers.
    """

    number: str
    message_id: str
    time: datetime | None
    caller_number: str = field(repr=False)
    caller_name: str = field(repr=False)
    duration: int
    is_read: bool

    @classmethod
    def from_row(
        cls, row: JsonObject, number: str, clock: PbxClock | None = None
    ) -> Self | None:
        """Read a row of `vm/get` or `vm/query`; return None if it has no ID.

        The clock is that of the PBX, for an ID that does not say the time.
        """
        if not (message_id := text(row.get("msg_id"))):
            return None
        said_at = message_time(message_id)
        if said_at is None and clock:
            said_at = clock.parse(text(row.get("time")))
        return cls(
            number,
            message_id,
            said_at,
            label(row.get("number")),
            label(row.get("name")),
            _duration(row),
            whole_number(row.get("is_read")) == _READ,
        )


def _duration(row: JsonObject) -> int:
    """Return the duration of a message; 0 if it is none that a message can have."""
    duration = whole_number(row.get("duration")) or 0
    return duration if duration in _DURATIONS else 0


class Messages:
    """The voicemail messages of a PBX."""

    def __init__(self, session: PbxSession, time_zone: tzinfo | None) -> None:
        self._session = session
        self._time_zone = time_zone
        self._clock = PbxClock()
        self._clock_until = 0.0
        # How many messages the boxes had when they were last asked for.
        self._sizes: dict[str, int] = {}

    async def query(self, numbers: Iterable[str]) -> dict[str, list[Message]]:
        """Return the messages of boxes, the newest one first, by the number of the box.

        Vendor page "Query Voicemail Messages of Multiple Extensions or Group
        Voicemails". Boxes with few messages are asked for with one request, others with
        more. A box that is missing is one that the PBX did not name: it does not exist,
        or has nothing now. Raise NotFound or InternalFault if the PBX refuses several
        boxes because of such a one.
        """
        query = BoxQuery(self._session, self._read, self._sizes)
        await query.run(numbers)
        for number in query.longer:
            query.found[number] = await self.of(number)
        return query.found

    async def of(self, number: str) -> list[Message]:
        """Return the messages of one box, page by page, the newest one first.

        Vendor page "Query Voicemail Messages of an Extension or a Group Voicemail".
        """
        listed = List(_GET, "data", lambda row: row)
        rows = await listed.rows(self._session, {"number": number})
        return (await self._read({number: rows}))[number]

    async def link(self, message_id: str) -> PlayLink:
        """Return the download link of a message, which needs the access token.

        Vendor page "Download a Voicemail Message". Raise NotFound if it was deleted.
        """
        now = time.monotonic()
        answer = await self._session.ask(_DOWNLOAD, {"msg_id": message_id})
        return read_link(
            self._session,
            _DOWNLOAD,
            answer,
            "download_resource_url",
            needs_token=True,
            requested_at=now,
        )

    async def mark_read(self, message_id: str) -> None:
        """Mark a message as read, for which there is no way back.

        Vendor page "Edit a Voicemail Message". Raise NotFound if it was deleted.
        """
        body: dict[str, str | int] = {"id": message_id, "vm_status": _READ}
        await self._session.ask(_UPDATE, body=body)

    async def delete(self, message_id: str) -> None:
        """Delete a message (vendor page "Delete a Voicemail Message").

        Raise NotFound if it was deleted before.
        """
        await self._session.ask(_DELETE, {"id": message_id})

    async def _read(
        self, boxes: Mapping[str, list[JsonObject]]
    ) -> dict[str, list[Message]]:
        """Read the messages of boxes, beside the event loop if they are many."""
        is_large = sum(map(len, boxes.values())) > MANY_MESSAGES

        async def read(clock: PbxClock | None) -> dict[str, list[Message]]:
            if is_large:
                return await asyncio.to_thread(_read_boxes, boxes, clock)
            return _read_boxes(boxes, clock)

        found = await read(None)
        if any(message.time is None for message in chain.from_iterable(found.values())):
            found = await read(await self._current_clock())
        return found

    async def _current_clock(self) -> PbxClock:
        """Return how the PBX writes times now: that changes with daylight saving."""
        if time.monotonic() >= self._clock_until:
            with suppress(YeastarError):
                answer = await self._session.ask(INFORMATION)
                self._clock = PbxClock.from_answer(answer, self._time_zone)
                self._clock_until = time.monotonic() + CLOCK_LIFETIME
        return self._clock


def message_time(message_id: str) -> datetime | None:
    """Return the time of a message, or None if its ID does not say it."""
    if match := _MESSAGE_ID.fullmatch(message_id):
        return datetime.fromtimestamp(int(match[1]), UTC)
    return None


def _read_boxes(
    boxes: Mapping[str, list[JsonObject]], clock: PbxClock | None
) -> dict[str, list[Message]]:
    return {number: _read_box(number, rows, clock) for number, rows in boxes.items()}


def _read_box(
    number: str, rows: list[JsonObject], clock: PbxClock | None
) -> list[Message]:
    """Return the messages of a box, the newest one first.

    One that arrives while pages are read moves another to the next page.
    """
    parsed = (Message.from_row(row, number, clock) for row in rows)
    once_each = {message.message_id: message for message in parsed if message}
    return sorted(once_each.values(), key=_age, reverse=True)


def _age(message: Message) -> tuple[datetime, str]:
    # The second part of an ID counts the messages.
    return message.time or _NO_TIME, message.message_id
