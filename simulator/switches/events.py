"""The WebSocket and what is said over it."""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto


class SocketRefusal(StrEnum):
    """What a socket with a bad token meets."""

    ANSWER = auto()
    """An answer of the API, and no WebSocket."""
    FRAME = auto()
    """A WebSocket whose first frame is the refusal, and its end."""
    HTTP_400 = auto()
    HTTP_401 = auto()
    HTTP_403 = auto()
    CUT = auto()
    """The connection ends without an answer."""
    CLOSE_FRAME = auto()
    """A WebSocket that ends at once."""
    DEAF = auto()
    """A WebSocket over which nothing is said."""


class SocketEnd(Enum):
    """How the PBX ends a WebSocket by itself."""

    CLOSE_FRAME = auto()
    CUT = auto()
    """The connection is gone without a close frame."""


class CallParties(StrEnum):
    """How 30012 writes who called and who was called."""

    NUMBER = auto()
    NAMED = auto()
    """``Name<number>``, as call records do."""
    TYPED = auto()
    """The same, for a group with its type: ``Queue Support<6400>``."""
    WORDS = auto()
    """Who was called is a name without its number."""


class HeartbeatAnswer(StrEnum):
    """How a heartbeat is answered."""

    TEXT = auto()
    SUCCESS = auto()
    """As a subscription is."""
    NONE = auto()


@dataclass
class EventSwitches:
    """Switches of the events."""

    event_endpoint: bool = True
    """False: the firmware has no ``subscribe``."""
    event_msg_as_text: bool = True
    """Write ``msg`` as a JSON text inside JSON; False: as an object."""
    call_event_of_2023: bool = False
    """Older firmware, whose 30012 has neither ``uid`` nor notes, and no blanks."""
    call_event_stages: bool = False
    """Send one more 30012 of each call, with the same ``uid``, for the IVR before."""
    call_parties: CallParties = CallParties.NUMBER
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
    heartbeat_answer: HeartbeatAnswer = HeartbeatAnswer.TEXT
    subscription_answered: bool = True
    upgrade_before_token: bool = False
    """Refuse what is no WebSocket with HTTP 400, whether or not its token lives."""
    socket_refusal: SocketRefusal = SocketRefusal.ANSWER
    socket_end: SocketEnd = SocketEnd.CLOSE_FRAME
    ends_with_token: bool = True
    """End a socket whose token died, after the 10004 frame; False: say no more."""
