"""Decide how players get a clip: from the PBX directly, or from the relay."""

from .const import CONF_CERTIFICATE_FINGERPRINT, Delivery
from .entry import YeastarConfigEntry
from .pbx import PlayLink
from .references import Reference


def choose_delivery(
    entry: YeastarConfigEntry, reference: Reference, link: PlayLink
) -> Delivery:
    """Return DIRECT if any player is expected to play the link.

    Players do not trust pinned certificates, and `.WAV` is Asterisk's suffix for GSM.
    """
    trusted = not entry.data[CONF_CERTIFICATE_FINGERPRINT]
    if trusted and reference.file.endswith(".wav") and not has_query(link):
        return Delivery.DIRECT
    return Delivery.RELAY


def has_query(link: PlayLink) -> bool:
    """Return whether a link could contain a token, which no player may see."""
    return "?" in link.url
