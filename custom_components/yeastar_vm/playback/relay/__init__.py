"""The relay: everything between a link of the PBX and a player."""

from .collect import Collected
from .link import RelayedMedia
from .relay import Relay
from .view import RelayView

__all__ = ["Collected", "Relay", "RelayView", "RelayedMedia"]
