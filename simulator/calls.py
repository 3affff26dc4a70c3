"""What event 30012 says of a call that has ended.

Vendor's documents: "(30012) Call end details notification".
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from .event_frames import Msg
from .switches import CallParties, Switches
from .tokens import random_text

_UID_LENGTH = 8


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

    type: str = ""

    def written(self, form: CallParties) -> str:
        """Write the party as events do."""
        if form is CallParties.NUMBER or not self.name:
            return self.number
        if form is CallParties.WORDS:
            return self.name
        kind = f"{self.type} " if self.type and form is CallParties.TYPED else ""
        return f"{kind}{self.name}<{self.number}>"


@dataclass(frozen=True)
class EndedCall:
    """A call that has ended, or a stage of it, in seconds since the epoch."""

    caller: Party
    callee: Party
    status: CallStatus
    started_at: float
    duration: int
    call_id: str
    uid: str

    def msg(self, switches: Switches, *, internal: bool) -> Msg:
        """Return what the event says, in the documents' order."""
        local = datetime.fromtimestamp(self.started_at, switches.time_zone)
        parties = switches.call_parties
        # Words alone are seen of who was called.
        of_caller = CallParties.NAMED if parties is CallParties.WORDS else parties
        msg: Msg = {
            "call_id": self.call_id,
            "time_start": f"{local:%Y-%m-%d %H:%M:%S}",
            "call_from": self.caller.written(of_caller),
            "call_to": self.callee.written(parties),
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
        if switches.call_event_of_2023:
            for newer in ("uid", "call_note_id", "enb_call_note"):
                del msg[newer]
            msg |= {name: "" for name, value in msg.items() if value == " "}
        return msg

    def stage_before(self) -> EndedCall:
        """Return the stage of the IVR that the caller came from."""
        ivr = Party("6200", "Main", "IVR")
        return replace(self, callee=ivr, status=CallStatus.ANSWERED)


def new_uid(started_at: float, switches: Switches) -> str:
    """Return the ID of a call, which is that of its record and its message, too."""
    local = datetime.fromtimestamp(started_at, switches.time_zone)
    return f"{local:%Y%m%d%H%M%S}{random_text(_UID_LENGTH)}"
