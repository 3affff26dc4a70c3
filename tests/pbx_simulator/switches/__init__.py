"""What the vendor's documents leave open, as switches, a module for each subject.

The defaults are what the documents state or, failing that, what they suggest.
"""

from dataclasses import dataclass

from .access import AccessSwitches, BlockExpiry
from .events import EventSwitches, SocketEnd, SocketRefusal
from .greetings import AfterUpload, AskAnswer, GreetingSwitches, NameRule
from .links import LinkSwitches, UrlForm
from .lists import EmptyList, ListSwitches
from .refusal import Refusal
from .tokens import TokenSwitches

__all__ = [
    "AfterUpload",
    "AskAnswer",
    "BlockExpiry",
    "EmptyList",
    "NameRule",
    "Refusal",
    "SocketEnd",
    "SocketRefusal",
    "Switches",
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
):
    """Behaviors of the simulated PBX; may be changed while it runs."""
