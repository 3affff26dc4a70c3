"""The WebSocket and what is said over it."""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto


class SocketRefusal(StrEnum):
    """What a socket with a bad token meets."""

    ANSWER = auto()
    """An answer of the API, and no WebSocket."""
    FRAME = auto()
    """A WebSocket whose first frame is the refusal, and its end."""


class SocketEnd(Enum):
    """How the PBX ends a WebSocket by itself."""

    CLOSE_FRAME = auto()
    CUT = auto()
    """The connection is gone without a close frame."""


@dataclass
class EventSwitches:
    """Switches of the events."""

    event_endpoint: bool = True
    """False: the firmware has no ``subscribe``."""
    event_msg_as_text: bool = True
    """Write ``msg`` as a JSON text inside JSON; False: as an object."""
    call_event_uid: bool = True
    """False: older firmware, whose 30012 has no ``uid``."""
    call_event_names: bool = False
    """Write callers and callees in 30012 as ``Name<number>``, as call records do."""
    extension_event_sn: bool = False
    """Give 30022 a serial number, which its table does not have."""
    api_change_announced: bool = True
    """Send 30022 for what ``extension/update`` changes."""
    monitored: frozenset[str] | None = None
    """Extensions whose states and presences are sent (30008, 30009); None: all.

    The administrator chooses them in the web portal.
    """
    presence_event_custom: bool = False
    """Say the name of a custom presence in 30009, not the default presence."""
    silence_seconds: float = 60
    """How long a client may say nothing."""
    ping_is_heartbeat: bool = False
    """Let a ping frame count as something that the client says."""
    socket_refusal: SocketRefusal = SocketRefusal.ANSWER
    socket_end: SocketEnd = SocketEnd.CLOSE_FRAME
    ends_with_token: bool = True
    """End a socket whose token died, after the 10004 frame; False: say no more."""
