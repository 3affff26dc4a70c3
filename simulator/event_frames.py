"""The frames of events, and how they can go wrong.

A new fault is one more line in ``EventFault``, with its function.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
import json
from typing import Self

type Frame = str | bytes
type Msg = dict[str, object]


class EventType(IntEnum):
    """The events that the PBX sends, by the documents' number."""

    CALL_STATE = 30008
    PRESENCE = 30009
    CALL_ENDED = 30012
    EXTENSION_CHANGED = 30022


@dataclass(frozen=True)
class Event:
    """What happened; ``sn`` is the serial number of the PBX, None leaves it out."""

    type: int
    msg: Msg
    sn: str | None

    def frame(self, *, msg_as_text: bool) -> str:
        """Write the event as the PBX does."""
        msg = json.dumps(self.msg) if msg_as_text else self.msg
        return json.dumps(self._with(msg))

    def _with(self, msg: object) -> Msg:
        fields: Msg = {"type": self.type, "sn": self.sn, "msg": msg}
        if self.sn is None:
            del fields["sn"]
        return fields


def _times(count: int) -> Callable[[str], list[Frame]]:
    def spoil(frame: str) -> list[Frame]:
        return [frame] * count

    return spoil


def _half(frame: str) -> list[Frame]:
    return [frame[: len(frame) // 2]]


def _unescaped(frame: str) -> list[Frame]:
    """Leave out the backslashes inside ``msg``, as the printed examples do."""
    return [frame.replace("\\", "")]


def _unescaped_lines(frame: str) -> list[Frame]:
    """Write one line for each field of ``msg``, too."""
    fields = json.loads(frame)
    message = json.dumps(json.loads(fields.pop("msg")), indent=4)
    return [f'{json.dumps(fields)[:-1]}, "msg": "{message}"}}']


def _with_msg(msg: object) -> Callable[[str], list[Frame]]:
    def spoil(frame: str) -> list[Frame]:
        return [json.dumps({**json.loads(frame), "msg": msg})]

    return spoil


def _without_msg(frame: str) -> list[Frame]:
    fields = json.loads(frame)
    del fields["msg"]
    return [json.dumps(fields)]


def _type_as_text(frame: str) -> list[Frame]:
    fields = json.loads(frame)
    return [json.dumps({**fields, "type": str(fields["type"])})]


def _unknown_type(frame: str) -> list[Frame]:
    return [json.dumps({**json.loads(frame), "type": 39999})]


class EventFault(StrEnum):
    """What becomes of an event on its way to the clients."""

    spoil: Callable[[str], list[Frame]]

    def __new__(cls, value: str, spoil: Callable[[str], list[Frame]]) -> Self:
        """Make a member that carries its function."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.spoil = spoil
        return member

    LOST = "lost", _times(0)
    TWICE = "twice", _times(2)
    LATE = "late", _times(1)
    """After the next event, or when ``EventSockets.release`` is called."""
    NOT_JSON = "not_json", _half
    UNESCAPED = "unescaped", _unescaped
    UNESCAPED_LINES = "unescaped_lines", _unescaped_lines
    BINARY = "binary", lambda frame: [frame.encode()]
    JSON_LIST = "json_list", lambda frame: [f"[{frame}]"]
    MSG_NOT_JSON = "msg_not_json", _with_msg("{")
    MSG_LIST = "msg_list", _with_msg([])
    MSG_NULL = "msg_null", _with_msg(None)
    MSG_EMPTY = "msg_empty", _with_msg({})
    NO_MSG = "no_msg", _without_msg
    TYPE_AS_TEXT = "type_as_text", _type_as_text
    UNKNOWN_TYPE = "unknown_type", _unknown_type
    MANY_MSGS = "many_msgs", lambda frame: ['"msg":"{"' * 25_000, frame]
    HUGE = "huge", lambda frame: [frame + " " * 16 * 1024 * 1024]
