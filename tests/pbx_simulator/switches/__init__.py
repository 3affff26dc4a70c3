"""What the vendor's documents leave open, as switches, a module for each subject.

The defaults are what the documents state or, failing that, what they suggest.
"""

from dataclasses import dataclass

from .access import AccessSwitches, BlockExpiry
from .links import LinkSwitches, UrlForm
from .lists import EmptyList, ListSwitches
from .refusal import Refusal
from .tokens import TokenSwitches

__all__ = ["BlockExpiry", "EmptyList", "Refusal", "Switches", "UrlForm"]


@dataclass
class Switches(
    AccessSwitches,
    TokenSwitches,
    ListSwitches,
    LinkSwitches,
):
    """Behaviors of the simulated PBX; may be changed while it runs."""
