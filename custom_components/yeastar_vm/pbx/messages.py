"""Voicemail messages: list them, hear them, mark them as read, delete them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
import re
import time
from typing import Final, Self

from .clock import PbxClock
from .errors import InvalidResponse
from .links import PlayLink, read_link
from .session import PAGE_SIZE, PbxSession
from .values import JsonObject, text, whole_number

# A `msg_id` is the time of the message in Unix seconds, and a number.
_MESSAGE_ID: Final = re.compile(r"(\d{10})-[\da-fA-F]+", re.ASCII)
_READ: Final = 1
MAX_ANSWER: Final = 16 * 1024 * 1024  # bytes; 200 boxes of 100 messages take 5 MB


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
    def from_row(cls, row: JsonObject, number: str, clock: PbxClock) -> Self | None:
        """Read a row of `vm/get` or `vm/query`; return None if it has no ID."""
        if not (message_id := text(row.get("msg_id"))):
            return None
        return cls(
            number,
            message_id,
            message_time(message_id) or clock.parse(text(row.get("time"))),
            text(row.get("number")),
            text(row.get("name")),
            max(whole_number(row.get("duration")) or 0, 0),
            whole_number(row.get("is_read")) == _READ,
        )


class Messages:
    """The voicemail messages of a PBX."""

    def __init__(self, session: PbxSession) -> None:
        self._session = session

    async def query(
        self, numbers: Iterable[str], clock: PbxClock
    ) -> dict[str, list[Message]]:
        """Return the messages of boxes, by the number of the box, in one request.

        A box that the PBX does not name in its answer is missing: it does not exist.
        Raise NotFound if the PBX refuses all because of such a box. Vendor page "Query
        Voicemail Messages of Multiple Extensions or Group Voicemails". Boxes with more
        messages than a page has cost further requests.
        """
        wanted = dict.fromkeys(numbers)
        answer = await self._session.get(
            "vm/query",
            {"number": ",".join(wanted), "page": "1", "page_size": str(PAGE_SIZE)},
            names=("number",),
            limit=MAX_ANSWER,
        )
        found: dict[str, list[Message]] = {}
        boxes = answer.get("voicemail_list", answer)
        if not isinstance(boxes, list | None):
            # Otherwise, every box would be missing.
            raise InvalidResponse("no list of messages in the answer")
        for box in boxes or []:
            if (
                not isinstance(box, dict)
                or (number := text(box.get("number"))) not in wanted
            ):
                continue
            rows = box.get("data")
            rows = rows if isinstance(rows, list) else []
            if (whole_number(box.get("total_number")) or 0) > len(rows):
                found[number] = await self.of(number, clock)
                continue
            parsed = (
                Message.from_row(row, number, clock)
                for row in rows
                if isinstance(row, dict)
            )
            found[number] = _once_each(message for message in parsed if message)
        return found

    async def of(self, number: str, clock: PbxClock) -> list[Message]:
        """Return the messages of one box, page by page.

        Vendor page "Query Voicemail Messages of an Extension or a Group Voicemail".
        """
        messages = await self._session.list_rows(
            "vm/get",
            "data",
            {"number": number},
            lambda row: Message.from_row(row, number, clock),
            names=("number",),
        )
        return _once_each(messages)

    async def link(self, message_id: str) -> PlayLink:
        """Return the download link of a message, which needs the access token.

        Vendor page "Download a Voicemail Message". Raise NotFound if it was deleted.
        """
        now = time.monotonic()
        answer = await self._session.get(
            "vm/download", {"msg_id": message_id}, names=("msg_id",)
        )
        return read_link(
            self._session,
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
        await self._session.post("vm/update", body, names=("id",))

    async def delete(self, message_id: str) -> None:
        """Delete a message (vendor page "Delete a Voicemail Message").

        Raise NotFound if it was deleted before.
        """
        await self._session.get("vm/delete", {"id": message_id}, names=("id",))


def message_time(message_id: str) -> datetime | None:
    """Return the time of a message, or None if its ID does not say it."""
    if match := _MESSAGE_ID.fullmatch(message_id):
        return datetime.fromtimestamp(int(match[1]), UTC)
    return None


def _once_each(messages: Iterable[Message]) -> list[Message]:
    """Return messages without those that are listed twice.

    A message that arrives while pages are read moves another to the next page.
    """
    return list({message.message_id: message for message in messages}.values())
