"""What the vendor's documents leave open, as switches, a module for each subject.

The defaults are what the documents state or, failing that, what they suggest.
"""

from dataclasses import dataclass

from .access import AccessSwitches, BlockExpiry, ErrMsg, UnannouncedEnd
from .events import (
    CallParties,
    EventSwitches,
    HeartbeatAnswer,
    SocketEnd,
    SocketRefusal,
)
from .greetings import GreetingSwitches
from .links import LinkSwitches, UrlForm
from .lists import EmptyList, ListSwitches, PastEnd, TotalNumber
from .messages import (
    CustomPresence,
    DateFormat,
    EmptyBox,
    MessageIds,
    MessageSwitches,
    TimeFormat,
    UnknownBox,
)
from .refusal import Refusal
from .tokens import OldTokens, TokenSwitches

__all__ = [
    "BlockExpiry",
    "CallParties",
    "CustomPresence",
    "DateFormat",
    "EmptyBox",
    "EmptyList",
    "ErrMsg",
    "HeartbeatAnswer",
    "MessageIds",
    "OldTokens",
    "PastEnd",
    "Refusal",
    "SocketEnd",
    "SocketRefusal",
    "Switches",
    "TimeFormat",
    "TotalNumber",
    "UnannouncedEnd",
    "UnknownBox",
    "UrlForm",
]


@dataclass
class Switches(
    AccessSwitches,
    TokenSwitches,
    ListSwitches,
    LinkSwitches,
    GreetingSwitches,
    EventSwitches,
    MessageSwitches,
):
    """Behaviors of the simulated PBX; may be changed while it runs."""
