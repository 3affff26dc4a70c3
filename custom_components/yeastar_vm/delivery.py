"""How a greeting gets to players: the PBX's own link, or Home Assistant's relay."""

from dataclasses import dataclass, field
from datetime import datetime

from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util import dt as dt_util

from .clips import ClipStore
from .const import CONF_CERTIFICATE_FINGERPRINT, Delivery
from .entry import YeastarConfigEntry
from .errors import invalid
from .issues import NO_URL_AVAILABLE, async_report, async_settle_url
from .pbx import PlayLink
from .views import LINK_LIFETIME, async_relay_path


@dataclass(frozen=True, slots=True)
class Media:
    """What players are handed."""

    url: str = field(repr=False)
    expires_at: datetime
    delivery: Delivery


async def async_deliver(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    clips: ClipStore,
    extension: str,
    link: PlayLink,
    *,
    delivery: Delivery,
) -> Media:
    """Return a URL that players can play.

    For the relay the audio is there when this returns, so that the first byte is when a
    player asks, and what goes wrong reaches the caller: a YeastarError, an AudioError,
    or a ServiceValidationError where Home Assistant has no URL of its own.
    """
    if delivery is Delivery.AUTO:
        delivery = _expected_to_play(entry, link)
    if delivery is Delivery.DIRECT:
        if _has_query(link):
            raise invalid("direct_not_possible")
        expires_at = dt_util.utc_from_timestamp(link.expires_at)
        return Media(link.url, expires_at, delivery)
    try:
        base_url = get_url(hass)
    except NoURLAvailableError as err:
        async_report(hass, entry, NO_URL_AVAILABLE)
        raise invalid("no_url_available") from err
    async_settle_url(hass, entry)
    clip = await clips.fetch(extension, link)
    path = async_relay_path(hass, entry, extension, link.file, clip.suffix)
    return Media(f"{base_url}{path}", dt_util.utcnow() + LINK_LIFETIME, delivery)


def _expected_to_play(entry: YeastarConfigEntry, link: PlayLink) -> Delivery:
    """Return the direct way where any player can be expected to manage it.

    No player trusts a certificate that had to be pinned, and `.WAV` is how Asterisk
    names GSM audio, which no player decodes.
    """
    trusted = not entry.data[CONF_CERTIFICATE_FINGERPRINT]
    if trusted and link.file.endswith(".wav") and not _has_query(link):
        return Delivery.DIRECT
    return Delivery.RELAY


def _has_query(link: PlayLink) -> bool:
    """Return whether a link could carry a token, which no player may see."""
    return "?" in link.url
