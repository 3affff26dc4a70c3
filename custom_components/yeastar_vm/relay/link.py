"""Links of the relay: short, random, and without a signature.

Devices cut long URLs, and Home Assistant counts an expired signature as a failed login.
128 random bits are as hard to guess as a signature.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
import re
import secrets
from typing import TYPE_CHECKING, Final
import unicodedata

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..references import Reference

if TYPE_CHECKING:
    from .cache import Relay

# Players pause and queue.
LINK_LIFETIME: Final = timedelta(hours=24)
BASE_PATH: Final = f"/api/{DOMAIN}"
MAX_NAME: Final = 40  # characters

_LINKS: HassKey[dict[str, RelayLink]] = HassKey(f"{DOMAIN}_relay_links")


@dataclass(frozen=True, slots=True)
class RelayedMedia:
    """A clip as it is handed to a player.

    `path` is relative to Home Assistant. `tag` changes with the audio.
    """

    path: str = field(repr=False)
    content_type: str
    tag: str
    expires_at: datetime


@dataclass(slots=True)
class RelayLink:
    """What a key stands for."""

    relay: Relay
    reference: Reference
    expires_at: datetime


@callback
def async_create_link(
    hass: HomeAssistant, relay: Relay, reference: Reference
) -> tuple[str, datetime]:
    """Return the key of a reference and when it expires."""
    links = hass.data.setdefault(_LINKS, {})
    now = dt_util.utcnow()
    for key in [key for key, link in links.items() if link.expires_at <= now]:
        del links[key]
    expires_at = now + LINK_LIFETIME
    for key, link in links.items():
        if link.relay is relay and link.reference == reference:
            link.expires_at = expires_at
            return key, expires_at
    key = secrets.token_urlsafe(16)
    links[key] = RelayLink(relay, reference, expires_at)
    return key, expires_at


@callback
def async_find_link(hass: HomeAssistant, key: str) -> RelayLink | None:
    """Return what a key stands for, or None if it is unknown or expired."""
    link = hass.data.get(_LINKS, {}).get(key)
    return link if link and dt_util.utcnow() < link.expires_at else None


@callback
def async_forget_links(hass: HomeAssistant, relay: Relay) -> None:
    """Forget the links of a relay that is closed."""
    links = hass.data.get(_LINKS, {})
    for key in [key for key, link in links.items() if link.relay is relay]:
        del links[key]


def link_path(key: str, title: str, suffix: str) -> str:
    """Return the path of a link, with a name that players can show."""
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore")
    name = re.sub(r"[^A-Za-z0-9]+", "_", ascii_title.decode()).strip("_")[:MAX_NAME]
    return f"{BASE_PATH}/{key}/{name or 'greeting'}{suffix}"
