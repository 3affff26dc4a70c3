"""Who may use the PBX, and how a connection ends."""

from dataclasses import dataclass
from enum import StrEnum, auto

from .refusal import Refusal


class BlockExpiry(StrEnum):
    """What ``block_expire_time`` of a 70004 answer is."""

    SECONDS_LEFT = auto()
    EPOCH = auto()
    MISSING = auto()


class UnannouncedEnd(StrEnum):
    """What becomes of a connection that the PBX does not say to be closed."""

    NEXT_REQUEST = auto()
    """It is ended in answer to the next request."""
    FIN = auto()
    """It is closed, on the level of TCP alone."""
    RESET = auto()
    """It is reset."""
    DEAF = auto()
    """It stays, and no further request on it is answered, as behind a dead route."""
    NONE = auto()
    """It stays good for any number of requests."""


class ErrMsg(StrEnum):
    """What ``errmsg`` is."""

    TEXT = auto()
    NULL = auto()
    MISSING = auto()


@dataclass
class AccessSwitches:
    """Switches of the transport, the User-Agent and the block list."""

    require_user_agent: bool = True
    """Refuse a request whose User-Agent is missing or empty."""
    allow_list: frozenset[str] | None = None
    """Addresses that may use the API (others get 70087); None: no restriction."""
    block_seconds: float | None = 600
    """How long five failed logins block an address; None: until it is lifted."""
    block_expire_time: BlockExpiry = BlockExpiry.SECONDS_LEFT
    errmsg: ErrMsg = ErrMsg.TEXT
    error_status: int = 200
    """HTTP status of an answer whose errcode is not 0."""
    numbers_as_text: bool = False
    """Write each number in an answer as a text."""
    malformed_refusal: Refusal = Refusal.PARAMETER_ERROR
    """Answer to a malformed parameter; other than by default it does not name it."""

    permissions_missing: frozenset[str] = frozenset()
    """Endpoints, or families of them, that the API application may not use."""
    permission_refusal: Refusal = Refusal.ACCESS_DENIED
    """Answer to one that uses them with a valid token."""

    announce_close: bool = True
    """Say that a connection is closed after its answer, as the vendor documents it."""
    unannounced_end: UnannouncedEnd = UnannouncedEnd.NEXT_REQUEST
    """What becomes of a connection after an answer without that."""
    idle_seconds: float = 0
    """How long after the answer a ``FIN`` or ``RESET`` comes."""
    redirect_status: int = 301
    """HTTP status of the port that leads to https."""
    merge_slashes: bool = True
    """Take several slashes in a path for one, as web servers do."""
