"""Deliver a clip to players: from the PBX directly, or from the relay."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..const import CONF_CERTIFICATE_FINGERPRINT, CONF_DELIVERY, Delivery
from ..entry import YeastarConfigEntry, YeastarData
from ..errors.exceptions import invalid
from ..errors.issues import async_home_url
from ..pbx import NoAudio, PlayLink
from .references import Reference
from .relay import RelayedMedia

# The integrations whose players fail with telephony WAV. Measured with the players that
# Home Assistant's own integrations control, at 8 kHz:
# - slimproto (Squeezelite): 2 s of PCM are silent, 40 s play eleven times too fast.
# - apple_tv (AirPlay): A-law, µ-law and GSM are an error.
WITHOUT_WAV: Final = frozenset({"apple_tv", "slimproto"})

# The state attributes with the players that a player passes media on to: those of
# `group`, and the one of `universal`.
_MEMBERS: Final = (ATTR_ENTITY_ID, "active_child")


class Reason(StrEnum):
    """Why a clip is delivered as it is."""

    REQUESTED = "requested"  # by the action
    OPTION = "option"  # of the PBX
    PLAYABLE = "playable"  # by every player, as far as is known
    CERTIFICATE = "certificate"  # of the PBX, which players don't trust
    FORMAT = "format"  # which few players decode
    LINK = "link"  # of the PBX, which no player may see, or which leads nowhere
    PLAYER = "player"  # of an integration that fails with telephony WAV


@dataclass(frozen=True, slots=True)
class DeliveredMedia:
    """What players are given, how long it can be fetched, and why it is that."""

    url: str = field(repr=False)
    expires_at: datetime
    reason: Reason
    relayed: RelayedMedia | None = None

    @property
    def delivery(self) -> Delivery:
        """Return how players get the clip."""
        return Delivery.RELAY if self.relayed else Delivery.DIRECT


async def async_deliver(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    data: YeastarData,
    reference: Reference,
    link: PlayLink,
    *,
    players: Iterable[str],
    requested: Delivery | None = None,
) -> DeliveredMedia:
    """Return what players are given of a clip; `link` has just been obtained.

    Players will get audio: errors reach the caller. Raise ServiceValidationError if the
    clip can't be delivered as requested, and a YeastarError or an AudioError.
    """
    wanted = requested or Delivery(entry.options.get(CONF_DELIVERY, Delivery.AUTO))
    if wanted is Delivery.AUTO:
        reason = await _expectation(hass, entry, data, reference, link, players=players)
    else:
        reason = Reason.REQUESTED if requested else Reason.OPTION
    if wanted is Delivery.DIRECT or reason is Reason.PLAYABLE:
        if _is_secret(link):
            raise invalid("direct_not_possible")
        await data.direct_checks.is_playable(data.client, reference, link)
        expires_at = dt_util.utc_from_timestamp(link.expires_at)
        return DeliveredMedia(link.url, expires_at, reason)
    home_url = async_home_url(hass, entry)
    media = await data.relay.prepare(reference, link)
    return DeliveredMedia(
        f"{home_url}{media.path}", media.expires_at, reason, relayed=media
    )


async def _expectation(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    data: YeastarData,
    reference: Reference,
    link: PlayLink,
    *,
    players: Iterable[str],
) -> Reason:
    """Return PLAYABLE if every player can be expected to play a link, or why not."""
    if entry.data[CONF_CERTIFICATE_FINGERPRINT]:
        return Reason.CERTIFICATE
    # `.WAV` is Asterisk's suffix for GSM.
    if reference.suffix != ".wav":
        return Reason.FORMAT
    if _is_secret(link):
        return Reason.LINK
    if not WITHOUT_WAV.isdisjoint(_platforms(hass, players)):
        return Reason.PLAYER
    try:
        playable = await data.direct_checks.is_playable(data.client, reference, link)
    except NoAudio:
        return Reason.LINK
    return Reason.PLAYABLE if playable else Reason.FORMAT


def _is_secret(link: PlayLink) -> bool:
    """Return whether a link needs or may contain a token, which no player may see."""
    return link.needs_token or "?" in link.url


@callback
def _platforms(hass: HomeAssistant, players: Iterable[str]) -> set[str]:
    """Return the integrations of players and of those that they pass media on to."""
    registry = er.async_get(hass)
    platforms = set[str]()
    known, waiting = set[str](), list(players)
    while waiting:
        if (player := waiting.pop()) in known:
            continue
        known.add(player)
        if registered := registry.async_get(player):
            platforms.add(registered.platform)
        if state := hass.states.get(player):
            for attribute in _MEMBERS:
                members = state.attributes.get(attribute) or ()
                waiting += [members] if isinstance(members, str) else members
    return platforms
