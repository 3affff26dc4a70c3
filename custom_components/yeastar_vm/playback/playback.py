"""Play clips: from the PBX directly, or from the relay."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..const import CONF_CERTIFICATE_FINGERPRINT, CONF_DELIVERY, Delivery
from ..errors.home_url import async_home_url
from ..errors.invalid_input import DirectNotPossible
from ..pbx import NoAudio, PlayLink, YeastarClient
from .direct import DirectChecks
from .references import MediaReference, MessageReference
from .relay import Collected, Relay, RelayedMedia

# The integrations whose players fail with telephony WAV: 16-bit PCM at 8 kHz.
FAILS_WITH_WAV: Final = frozenset(
    {
        # AirPlay. Measured: what is not PCM is an error.
        "apple_tv",
        # Cast begins too late at less than 44.1 kHz (home-assistant.io issue 39135).
        "cast",
        # Squeezelite. Measured: 2 s of PCM are silent, 40 s play eleven times too fast.
        "slimproto",
        # Sonos names no WAV among the formats that it streams, and refuses what has a
        # rate that it does not name (docs.sonos.com/docs/supported-audio-formats).
        "sonos",
        # SoundTouch plays WAV of a low rate too fast (core issue 8540).
        "soundtouch",
    }
)

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


class Playback:
    """What players get of one PBX."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: YeastarClient,
        names: Mapping[str, str],
    ) -> None:
        """`names` are those of the boxes that are known, by number."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._direct = DirectChecks(client)
        self.relay = Relay(hass, entry, client, names)

    async def deliver(
        self,
        reference: MediaReference,
        link: PlayLink,
        *,
        players: Iterable[str],
        requested: Delivery | None = None,
    ) -> DeliveredMedia:
        """Return what players are given of a clip; `link` has just been obtained.

        Players will get audio: errors reach the caller. Raise DirectNotPossible if the
        clip cannot be delivered as requested, and a LibraryError.
        """
        option = self._entry.options.get(CONF_DELIVERY, Delivery.AUTO)
        wanted = requested or Delivery(option)
        reason = Reason.REQUESTED if requested else Reason.OPTION
        if wanted is Delivery.AUTO:
            reason, link = await self._expectation(reference, link, players)
        elif wanted is Delivery.DIRECT:
            if _is_secret(link):
                raise DirectNotPossible
            _, link = await self._direct.check(reference, link)
        if wanted is Delivery.DIRECT or reason is Reason.PLAYABLE:
            expires_at = dt_util.utc_from_timestamp(link.expires_at)
            return DeliveredMedia(link.url, expires_at, reason)
        home_url = async_home_url(self._hass, self._entry)
        media = await self.relay.prepare(reference, link)
        return _relayed(home_url, media, reason)

    async def deliver_several(
        self, messages: Sequence[MessageReference], seconds: float
    ) -> tuple[DeliveredMedia, Collected]:
        """Return what players are given of the first of some messages, as one clip.

        It is never direct: a link of the PBX to a message needs a token. Raise a
        LibraryError.
        """
        home_url = async_home_url(self._hass, self._entry)
        is_pinned = self._entry.data[CONF_CERTIFICATE_FINGERPRINT]
        media, collected = await self.relay.prepare_several(messages, seconds)
        reason = Reason.CERTIFICATE if is_pinned else Reason.LINK
        return _relayed(home_url, media, reason), collected

    @callback
    def forget(self, reference: MediaReference) -> None:
        """Serve nothing of what a clip was, because it changes or was deleted.

        The links to a greeting then lead to what the PBX has under its name; those to a
        message end.
        """
        self.relay.forget(reference)
        self._direct.forget(reference)

    @callback
    def close(self) -> None:
        """Forget all links, and drop the audio."""
        self.relay.close()

    async def _expectation(
        self, reference: MediaReference, link: PlayLink, players: Iterable[str]
    ) -> tuple[Reason, PlayLink]:
        """Return PLAYABLE if all players are expected to play a clip, or why not.

        The link is one that has not been used.
        """
        if self._entry.data[CONF_CERTIFICATE_FINGERPRINT]:
            return Reason.CERTIFICATE, link
        # `.WAV` is Asterisk's suffix for GSM.
        if reference.suffix != ".wav":
            return Reason.FORMAT, link
        if _is_secret(link):
            return Reason.LINK, link
        if not FAILS_WITH_WAV.isdisjoint(_platforms(self._hass, players)):
            return Reason.PLAYER, link
        try:
            playable, link = await self._direct.check(reference, link)
        except NoAudio:
            return Reason.LINK, link
        if _is_secret(link):
            return Reason.LINK, link
        return Reason.PLAYABLE if playable else Reason.FORMAT, link


def _relayed(home_url: str, media: RelayedMedia, reason: Reason) -> DeliveredMedia:
    return DeliveredMedia(
        f"{home_url}{media.path}", media.expires_at, reason, relayed=media
    )


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
