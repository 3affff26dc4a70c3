"""What event 30012 says of a call that has ended.

Vendor's documents: "(30012) Call end details notification".
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import count

from .event_frames import Msg
from .switches import Switches
from .tokens import random_text

_UID_LENGTH = 8
_COUNT = count(1)


class CallStatus(StrEnum):
    """How a call ended."""

    ANSWERED = "ANSWERED"
    NO_ANSWER = "NO ANSWER"
    BUSY = "BUSY"
    VOICEMAIL = "VOICEMAIL"


@dataclass(frozen=True)
class Party:
    """One end of a call."""

    number: str
    name: str = ""

    def written(self, *, with_name: bool) -> str:
        """Write the party as events do."""
        return f"{self.name}<{self.number}>" if with_name and self.name else self.number


@dataclass(frozen=True)
class EndedCall:
    """A call that has ended, in seconds since the epoch."""

    caller: Party
    callee: Party
    status: CallStatus
    started_at: float
    duration: int
    uid: str

    def msg(self, switches: Switches, *, internal: bool) -> Msg:
        """Return what the event says, in the documents' order."""
        local = datetime.fromtimestamp(self.started_at, switches.time_zone)
        with_name = switches.call_event_names
        msg: Msg = {
            "call_id": f"{int(self.started_at)}.{next(_COUNT)}",
            "time_start": f"{local:%Y-%m-%d %H:%M:%S}",
            "call_from": self.caller.written(with_name=with_name),
            "call_to": self.callee.written(with_name=with_name),
            "call_duration": self.duration,
            "talk_duration": self.duration,
            "src_trunk_name": " " if internal else "Trunk",
            "dst_trunk_name": " ",
            "pin_code": " ",
            "status": self.status,
            "type": "Internal" if internal else "Inbound",
            "recording": " ",
            "did_number": " ",
            "agent_ring_time": 0,
            "uid": self.uid,
            "call_note_id": "",
            "enb_call_note": 0,
        }
        if not switches.call_event_uid:
            del msg["uid"]
        return msg


def new_uid(started_at: float, switches: Switches) -> str:
    """Return the ID of a call, which is that of its record and its message, too."""
    local = datetime.fromtimestamp(started_at, switches.time_zone)
    return f"{local:%Y%m%d%H%M%S}{random_text(_UID_LENGTH)}"
