"""Links of the relay: short, random, and without a signature.

Devices cut long URLs, and Home Assistant counts an expired signature as a failed login.
128 random bits are as hard to guess as a signature.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
import secrets
from typing import Final, Protocol

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util, slugify
from homeassistant.util.hass_dict import HassKey

from ...audio import MP3_SUFFIX, Metadata, id3_tag
from ...const import DOMAIN
from ..references import Reference
from .clip import Clip

# Players pause and queue.
LINK_LIFETIME: Final = timedelta(hours=24)
# How long the same link is handed out again: it must not live for ever.
LINK_SHARED: Final = timedelta(hours=1)
BASE_PATH: Final = f"/api/{DOMAIN}"
MAX_NAME: Final = 40  # characters
URL_TAG: Final = 8  # hex digits

# The links of all PBXs by their keys, the oldest first.
_LINKS: HassKey[dict[str, RelayLink]] = HassKey(f"{DOMAIN}_relay_links")


class ClipSource(Protocol):
    """What has the clip of a link."""

    async def get(self, link: RelayLink) -> Clip:
        """Return the clip of a link for a player."""


@dataclass(slots=True, eq=False)
class RelayLink:
    """A link to a clip.

    `metadata` is what players show of it. `name` is the last part of the path, which
    many show, too: short, ASCII, and without the caller. `head` stands in front of the
    audio.

    `requested_at` is when a player last asked for the clip, in the event loop's time.
    `sent` is how much of the clip players were sent since one last had all of it, from
    its start and without a gap. What is in `on_request` and `on_fetch` is called when a
    player asks for the clip or has all of it the next time, once. If the link ends
    first, `on_request` is called, because nobody has to wait for a request that cannot
    come, and `on_fetch` is not.
    """

    relay: ClipSource
    reference: Reference
    metadata: Metadata = field(repr=False)
    suffix: str
    created_at: datetime
    key: str = field(init=False, repr=False)
    name: str = field(init=False)
    head: bytes = field(init=False, repr=False)
    requested_at: float = -inf
    sent: int = 0
    on_request: list[CALLBACK_TYPE] = field(default_factory=list)
    on_fetch: list[CALLBACK_TYPE] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Compute what each request needs."""
        self.key = secrets.token_urlsafe(16)
        self.name = f"{readable_name(self.reference.public_title)}{self.suffix}"
        self.head = id3_tag(self.metadata) if self.suffix == MP3_SUFFIX else b""

    @property
    def expires_at(self) -> datetime:
        """Return when it is no longer served."""
        return self.created_at + LINK_LIFETIME

    @property
    def is_recent(self) -> bool:
        """Return whether it may be handed out again."""
        return dt_util.utcnow() < self.created_at + LINK_SHARED

    @callback
    def async_requested(self, now: float) -> None:
        """Note that a player asks for the clip."""
        self.requested_at = now
        _call_once(self.on_request)

    @callback
    def async_sent(self, part: range, size: int) -> None:
        """Note that a player was sent a part of the clip, which may be all of it.

        Players also look at the start and at the end, to learn what it is.
        """
        if part.start <= self.sent:
            self.sent = max(self.sent, part.stop)
        if self.sent == size:
            self.sent = 0
            _call_once(self.on_fetch)

    @callback
    def async_end(self) -> None:
        """Wait for no player."""
        self.on_fetch.clear()
        _call_once(self.on_request)


@dataclass(frozen=True, slots=True)
class RelayedMedia:
    """A clip as it is handed to a player.

    `tag` changes with the audio. `prepared_at` is in the event loop's time.
    """

    link: RelayLink
    content_type: str
    tag: str
    prepared_at: float

    @property
    def path(self) -> str:
        """Return the path below Home Assistant.

        It has a query, because Home Assistant signs a path without one for its players,
        which makes it long.
        """
        link = self.link
        return f"{BASE_PATH}/{link.key}/{link.name}?{self.tag[:URL_TAG]}"

    @property
    def expires_at(self) -> datetime:
        """Return when it is no longer served."""
        return self.link.expires_at


def readable_name(title: str) -> str:
    """Return a title as it stands in a path."""
    return slugify(title[: 4 * MAX_NAME])[:MAX_NAME].strip("_") or "audio"


@callback
def async_add_link(hass: HomeAssistant, link: RelayLink) -> None:
    """Serve a new link, and no longer those that have expired."""
    links = hass.data.setdefault(_LINKS, {})
    now = dt_util.utcnow()
    while links and (oldest := next(iter(links.values()))).expires_at <= now:
        links.pop(oldest.key).async_end()
    links[link.key] = link


@callback
def async_end_links(hass: HomeAssistant, is_over: Callable[[RelayLink], bool]) -> None:
    """Serve some links no longer."""
    links = hass.data.get(_LINKS, {})
    for link in list(links.values()):
        if is_over(link):
            links.pop(link.key).async_end()


@callback
def async_links_of(hass: HomeAssistant, relay: ClipSource) -> list[RelayLink]:
    """Return the links that a relay serves."""
    links = hass.data.get(_LINKS, {})
    return [link for link in links.values() if link.relay is relay]


@callback
def async_find_link(hass: HomeAssistant, key: str, name: str) -> RelayLink | None:
    """Return the link of a path, or None if there is none or it has expired."""
    link = hass.data.get(_LINKS, {}).get(key)
    if link is None or link.name != name or link.expires_at <= dt_util.utcnow():
        return None
    return link


def _call_once(waiting: list[CALLBACK_TYPE]) -> None:
    calls = list(waiting)
    waiting.clear()
    for call in calls:
        call()
