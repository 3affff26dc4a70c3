"""The relay: everything between a link of the PBX and a player."""

from .cache import Relay
from .link import RelayedMedia
from .view import RelayView

__all__ = ["Relay", "RelayView", "RelayedMedia"]
