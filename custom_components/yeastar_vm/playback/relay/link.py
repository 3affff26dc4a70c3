"""Links of the relay: short, random, and without a signature.

Devices cut long URLs, and Home Assistant counts an expired signature as a failed login.
128 random bits are as hard to guess as a signature.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
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

_LINKS: HassKey[dict[str, RelayLink]] = HassKey(f"{DOMAIN}_relay_links")


class ClipSource(Protocol):
    """What has the clip of a link."""

    async def get(self, link: RelayLink) -> Clip:
        """Return the clip of a link for a player."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a link leads to: a reference, and how players see it."""

    reference: Reference
    metadata: Metadata
    suffix: str


@dataclass(slots=True, eq=False)
class RelayLink:
    """A link.

    `name` is the last part of the path, which players show: short and ASCII. `head`
    stands in front of the audio. `fetched_at` is in the event loop's time. `on_fetch`
    is called once.
    """

    relay: ClipSource
    target: Target
    created_at: datetime
    key: str = field(init=False, repr=False)
    name: str = field(init=False)
    head: bytes = field(init=False, repr=False)
    fetched_at: float = 0
    on_fetch: list[CALLBACK_TYPE] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Compute what each request needs."""
        metadata, suffix = self.target.metadata, self.target.suffix
        self.key = secrets.token_urlsafe(16)
        self.name = f"{readable_name(metadata.title)}{suffix}"
        self.head = id3_tag(metadata) if suffix == MP3_SUFFIX else b""

    @property
    def expires_at(self) -> datetime:
        """Return when it is no longer served."""
        return self.created_at + LINK_LIFETIME

    @callback
    def async_fetched(self, now: float) -> None:
        """Note that a player fetches it."""
        self.fetched_at = now
        self.async_forget()

    @callback
    def async_forget(self) -> None:
        """Wait for no player any longer."""
        for call in self.on_fetch:
            call()
        self.on_fetch.clear()


class RelayLinks:
    """The links of one relay."""

    def __init__(self, hass: HomeAssistant, relay: ClipSource) -> None:
        self._all = hass.data.setdefault(_LINKS, {})
        self._relay = relay
        self._own: dict[str, RelayLink] = {}  # in the order in which they expire
        self._newest: dict[Target, RelayLink] = {}

    @callback
    def async_create(self, target: Target) -> RelayLink:
        """Return a link to a target: the newest one, if it is not old."""
        now = dt_util.utcnow()
        while (
            self._own and (oldest := next(iter(self._own.values()))).expires_at <= now
        ):
            self._forget(oldest)
        newest = self._newest.get(target)
        if newest is None or newest.created_at + LINK_SHARED <= now:
            newest = RelayLink(self._relay, target, now)
            self._all[newest.key] = self._own[newest.key] = newest
            self._newest[target] = newest
        return newest

    @callback
    def async_forget_all(self) -> None:
        """Forget all links."""
        for link in list(self._own.values()):
            self._forget(link)

    def _forget(self, link: RelayLink) -> None:
        link.async_forget()
        del self._all[link.key], self._own[link.key]
        if self._newest[link.target] is link:
            del self._newest[link.target]


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
def async_find_link(hass: HomeAssistant, key: str, name: str) -> RelayLink | None:
    """Return the link of a path, or None if there is none or it has expired."""
    link = hass.data.get(_LINKS, {}).get(key)
    if link is None or link.name != name or link.expires_at <= dt_util.utcnow():
        return None
    return link
