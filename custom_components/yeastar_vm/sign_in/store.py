"""The tokens of a config entry, kept across restarts in a file of their own.

They are not part of the entry: renewing them must not rewrite the configuration.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
import time
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from ..const import CONF_SIGN_IN_REFUSED, DOMAIN
from ..pbx import SignIn, TokenPair

STORAGE_VERSION: Final = 1
SAVE_DELAY: Final = 1  # seconds
CONF_OBTAINED_AT: Final = "obtained_at"
CONF_TOKEN: Final = "token"

_STORES: HassKey[dict[str, TokenStore]] = HassKey(f"{DOMAIN}_token_stores")


class TokenStore:
    """The token pair of one config entry, and whether its sign-in was refused.

    `obtained_at` is when the access token was obtained, in seconds since the epoch; it
    is None without a token, and for a token of version 1.0.0.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._store: Store[dict[str, Any]] = Store(
            hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}", private=True
        )
        self._writer: object | None = None
        self.tokens: TokenPair | None = None
        self.sign_in_refused = False
        self.obtained_at: float | None = None

    async def async_load(self) -> None:
        """Read the file."""
        if data := await self._store.async_load():
            self._read(data)

    @callback
    def async_writer(self) -> Callable[[SignIn], None]:
        """Return a function that saves each new sign-in of a client.

        The one that was returned before saves nothing from now on: an answer that comes
        late to an old client must not replace a newer sign-in.
        """
        writer = self._writer = object()

        @callback
        def save(sign_in: SignIn) -> None:
            if writer is self._writer:
                self.tokens = sign_in.tokens
                self.sign_in_refused = sign_in.refused
                self.obtained_at = time.time() if sign_in.tokens else None
                self._store.async_delay_save(self._data, SAVE_DELAY)

        return save

    @callback
    def async_replace(self, tokens: TokenPair) -> None:
        """Save tokens that the client of the entry does not know."""
        self.async_writer()(SignIn(None, tokens))

    @callback
    def async_take_over(self, data: Mapping[str, Any]) -> None:
        """Take over the tokens that a config flow or version 1.0.0 left in an entry.

        `async_save` is still to be called.
        """
        self._writer = None
        self._read(data)

    async def async_save(self) -> None:
        """Write the file now."""
        await self._store.async_save(self._data())

    async def async_remove(self) -> None:
        """Delete the file."""
        self._writer = None
        # Otherwise, a write that has begun would create the file again.
        await self._store.async_save({})
        await self._store.async_remove()

    def _read(self, data: Mapping[str, Any]) -> None:
        token = data[CONF_TOKEN]
        self.tokens = TokenPair(**token) if token else None
        self.sign_in_refused = data[CONF_SIGN_IN_REFUSED]
        self.obtained_at = data.get(CONF_OBTAINED_AT)

    def _data(self) -> dict[str, Any]:
        return {
            **tokens_to_data(self.tokens, sign_in_refused=self.sign_in_refused),
            CONF_OBTAINED_AT: self.obtained_at,
        }


def tokens_to_data(
    tokens: TokenPair | None, *, sign_in_refused: bool = False
) -> dict[str, Any]:
    """Return tokens as they are stored."""
    return {
        CONF_TOKEN: asdict(tokens) if tokens else None,
        CONF_SIGN_IN_REFUSED: sign_in_refused,
    }


async def async_get_token_store(hass: HomeAssistant, entry_id: str) -> TokenStore:
    """Return the token store of a config entry, which outlives a reload."""
    stores = hass.data.setdefault(_STORES, {})
    if (store := stores.get(entry_id)) is None:
        store = TokenStore(hass, entry_id)
        await store.async_load()
        # It may have been loaded twice at once.
        store = stores.setdefault(entry_id, store)
    return store


async def async_remove_token_store(hass: HomeAssistant, entry_id: str) -> None:
    """Delete the token store of a config entry that is removed."""
    store = await async_get_token_store(hass, entry_id)
    del hass.data[_STORES][entry_id]
    await store.async_remove()
