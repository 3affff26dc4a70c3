"""Who may use the PBX, and how a connection ends."""

from dataclasses import dataclass
from enum import StrEnum, auto

from .refusal import Refusal


class BlockExpiry(StrEnum):
    """What ``block_expire_time`` of a 70004 answer is."""

    SECONDS_LEFT = auto()
    EPOCH = auto()
    MISSING = auto()


@dataclass
class AccessSwitches:
    """Switches of the transport, the User-Agent and the block list."""

    require_user_agent: bool = True
    """Refuse a request whose User-Agent is missing or empty."""
    user_agent_refusal: Refusal = Refusal.ACCESS_DENIED
    allow_list: frozenset[str] | None = None
    """Addresses that may use the API (others get 70087); None: no restriction."""
    block_seconds: float | None = 600
    """How long five failed logins block an address; None: until it is lifted."""
    block_expire_time: BlockExpiry = BlockExpiry.SECONDS_LEFT
    announce_close: bool = True
    """Say that a connection is closed; False: it is just good for no other request."""
