"""Tell the user of players that do not ask for what they were told to play."""

from collections.abc import Sequence
from datetime import datetime, timedelta
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ...const import DOMAIN
from .link import RelayedMedia, RelayLink

_LOGGER = logging.getLogger(__name__)

REQUEST_TIME: Final = 15  # seconds
WARNING_INTERVAL: Final = timedelta(hours=1)

_WARNED_AT: HassKey[dict[str, datetime]] = HassKey(f"{DOMAIN}_players_warned_at")


@callback
def async_watch_for_request(
    hass: HomeAssistant, media: RelayedMedia, players: Sequence[str]
) -> None:
    """Log a warning if nobody asks for a link soon after it was handed to players."""
    link = media.link
    if link.requested_at >= media.prepared_at:
        return

    @callback
    def warn(_: datetime) -> None:
        _warn(hass, link, players)

    link.on_request.append(async_call_later(hass, REQUEST_TIME, warn))


def _warn(hass: HomeAssistant, link: RelayLink, players: Sequence[str]) -> None:
    now = dt_util.utcnow()
    warned_at = hass.data.setdefault(_WARNED_AT, {})
    silent = [
        player
        for player in players
        if player not in warned_at or warned_at[player] + WARNING_INTERVAL <= now
    ]
    if not silent:
        return
    warned_at.update(dict.fromkeys(silent, now))
    _LOGGER.warning(
        "%s %s not fetched from Home Assistant within %d seconds by %s. Check that the"
        " player can reach the URL of Home Assistant under Settings > System > Network,"
        " and, if that URL begins with https, that the player trusts its certificate%s",
        link.reference,
        "was" if len(link.reference.parts) == 1 else "were",
        REQUEST_TIME,
        ", ".join(silent),
        ". What nobody has heard stays unread" if link.on_fetch else "",
    )
