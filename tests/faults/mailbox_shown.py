"""What is promised that the entities of a mailbox show while something goes wrong."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from simulator import Outage, Weakness
from tests.common import HOUR

from .cases import GET_TOKEN, GROUPS
from .home import WORKS
from .promises import BLOCKED, NO_FIELDS, NOT_ALLOWED, NOT_FOUND, PARAMETER, Promise
from .troubles import Addresses, Restart, Switch, Trouble

MOST_REQUESTS: Final = 600  # in an hour


class Place(StrEnum):
    """What a fault befalls while the mailboxes are kept up to date."""

    EVERYTHING = "everything"
    MESSAGES = "`vm/query`"
    PRESENCES = "`extension/*`, `vm_group/list`"
    EVENTS = "`subscribe`"

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Return the requests."""
        return _ENDPOINTS[self]

    @property
    def lasts(self) -> int:
        """Return how long a fault lasts, in seconds: a token ends only once."""
        return HOUR if self is Place.EVERYTHING else HOUR // 4


_ENDPOINTS: Final = {
    Place.EVERYTHING: ("*",),
    Place.MESSAGES: ("vm/query",),
    Place.PRESENCES: ("extension/list", "extension/query", "extension/search", GROUPS),
    Place.EVENTS: ("subscribe",),
}


def places_of(fault: Trouble) -> list[Place]:
    """Return where a fault is tried: one of the connection befalls everything."""
    if isinstance(fault, Outage | Weakness | Addresses | Restart | Switch):
        return [Place.EVERYTHING]
    return list(Place)


@dataclass(frozen=True)
class Shown:
    """What the user sees: whether entities are available, and what is asked of them.

    `messages` is about the sensor and the event entity.
    """

    place: Place
    messages: bool
    presence: bool
    repairs: list[str]
    sign_in: bool


_REPAIRS: Final = {"address_not_allowed", "certificate_changed", "not_supported"}
# After which nothing is sent to the PBX for a while, whatever is asked for.
_PAUSES: Final = (BLOCKED, NOT_ALLOWED)
_EMPTY: Final = (NO_FIELDS, NOT_FOUND, PARAMETER)
# A sign-in that fails again and again counts as refused.
_REFUSALS: Final = ("invalid_auth", "sign_in_failed")


def promised_shown(promise: Promise, place: Place) -> Shown:
    """Return what the entities show after an hour."""
    fine = promise.error == WORKS
    everything = place is Place.EVERYTHING
    sign_in = everything and promise.but.get(GET_TOKEN) in _REFUSALS
    # Presences do not depend on messages, nor messages on presences.
    presence = fine or place in (Place.EVENTS, Place.MESSAGES)
    messages = fine or place in (Place.EVENTS, Place.PRESENCES)
    if place is Place.MESSAGES and says_empty(promise, place):
        messages = presence = True
    is_pause = promise in _PAUSES and place is not Place.EVENTS
    if is_pause:
        # The pause of an address that is not allowed ends before the next poll.
        messages = promise is NOT_ALLOWED and place is Place.PRESENCES
        # A fault of messages is over before presences are asked for again.
        presence = place is Place.MESSAGES
    repairs = {promise.error} & _REPAIRS
    if not (is_pause or place in (Place.EVERYTHING, Place.MESSAGES)):
        repairs = set()
    return Shown(place, messages, presence, sorted(repairs), sign_in)


def says_empty(promise: Promise, place: Place) -> bool:
    """Return whether the PBX seems to say that there are no messages."""
    return promise in _EMPTY and place is Place.MESSAGES
