"""Tokens that a user pasted, and what has taken their place since.

A refresh token can be used once: if the PBX fails after that, the user would have
nothing left to paste. So what it was renewed to is remembered for a while.
"""

from dataclasses import dataclass, field
from datetime import datetime
import hashlib
import time
from typing import Final

from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..pbx import TokenPair

REMEMBERED: Final = 60 * 60  # seconds


@dataclass(frozen=True, slots=True)
class PastedTokens:
    """The tokens that a user pasted."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)

    @property
    def digest(self) -> str:
        """Return what tells these tokens from others, and not what they are."""
        text = f"{self.access_token} {self.refresh_token}"
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


# By the digest of what was pasted.
_RENEWED: HassKey[dict[str, TokenPair]] = HassKey(f"{DOMAIN}_renewed_tokens")


@callback
def async_tokens_of(hass: HomeAssistant, pasted: PastedTokens) -> TokenPair:
    """Return the tokens that a user pasted, or what has taken their place."""
    if renewed := hass.data.get(_RENEWED, {}).get(pasted.digest):
        return renewed
    return TokenPair.of_unknown_age(
        pasted.access_token, pasted.refresh_token, time.time()
    )


@callback
def async_remember(
    hass: HomeAssistant, pasted: PastedTokens, tokens: TokenPair
) -> None:
    """Remember what has taken the place of tokens that a user pasted."""
    digest = pasted.digest
    renewed = hass.data.setdefault(_RENEWED, {})
    renewed[digest] = tokens

    @callback
    def forget(_: datetime) -> None:
        if renewed.get(digest) is tokens:
            del renewed[digest]

    async_call_later(hass, REMEMBERED, HassJob(forget, cancel_on_shutdown=True))


@callback
def async_forget(hass: HomeAssistant, pasted: PastedTokens) -> None:
    """Forget what has taken the place of tokens, which an entry keeps now."""
    hass.data.get(_RENEWED, {}).pop(pasted.digest, None)
