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

from .const import CONF_CERTIFICATE_FINGERPRINT, CONF_DELIVERY, Delivery
from .entry import YeastarConfigEntry
from .exceptions import invalid
from .issues import async_home_url
from .pbx import PlayLink
from .references import Reference
from .relay import Relay

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
    PLAYABLE = "playable"  # nothing is known that could keep a player from it
    CERTIFICATE = "certificate"  # of the PBX, which players don't trust
    FORMAT = "format"  # which few players decode
    LINK = "link"  # of the PBX, which no player may see
    PLAYER = "player"  # of an integration that fails with telephony WAV


@dataclass(frozen=True, slots=True)
class DeliveredMedia:
    """What a player is given, how long it can be fetched, and why it is that."""

    url: str = field(repr=False)
    expires_at: datetime
    delivery: Delivery
    reason: Reason


async def async_deliver(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    relay: Relay,
    reference: Reference,
    link: PlayLink,
    *,
    players: Iterable[str],
    requested: Delivery | None = None,
) -> DeliveredMedia:
    """Return what players are given of a clip; `link` has just been obtained.

    From the relay, it is ready to be fetched. Raise ServiceValidationError if it can't
    be delivered as requested, and a YeastarError or an AudioError.
    """
    delivery, reason = choose_delivery(
        hass, entry, reference, link, players=players, requested=requested
    )
    if delivery is Delivery.DIRECT:
        if has_query(link):
            raise invalid("direct_not_possible")
        expires_at = dt_util.utc_from_timestamp(link.expires_at)
        return DeliveredMedia(link.url, expires_at, delivery, reason)
    home_url = async_home_url(hass, entry)
    media = await relay.prepare(reference, link)
    return DeliveredMedia(f"{home_url}{media.path}", media.expires_at, delivery, reason)


def choose_delivery(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    reference: Reference,
    link: PlayLink,
    *,
    players: Iterable[str],
    requested: Delivery | None,
) -> tuple[Delivery, Reason]:
    """Return how players get a clip, and why.

    `auto` is direct if every player can be expected to play it.
    """
    wanted = requested or Delivery(entry.options.get(CONF_DELIVERY, Delivery.AUTO))
    if wanted is not Delivery.AUTO:
        return wanted, Reason.REQUESTED if requested else Reason.OPTION
    if entry.data[CONF_CERTIFICATE_FINGERPRINT]:
        return Delivery.RELAY, Reason.CERTIFICATE
    # `.WAV` is Asterisk's suffix for GSM.
    if reference.suffix != ".wav":
        return Delivery.RELAY, Reason.FORMAT
    if has_query(link):
        return Delivery.RELAY, Reason.LINK
    if not WITHOUT_WAV.isdisjoint(_platforms(hass, players)):
        return Delivery.RELAY, Reason.PLAYER
    return Delivery.DIRECT, Reason.PLAYABLE


def has_query(link: PlayLink) -> bool:
    """Return whether a link contains or needs a token, which no player may see."""
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
