"""The relay: everything between a link of the PBX and a player."""

from .link import RelayedMedia
from .relay import Relay
from .view import RelayView

__all__ = ["Relay", "RelayView", "RelayedMedia"]
