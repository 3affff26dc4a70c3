"""The sign-in of a config entry: its tokens, and the client that uses them."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
import time
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN
from ..pbx import (
    CannotConnect,
    ConnectionFailure,
    Mismatches,
    Pause,
    SignIn,
    YeastarClient,
)
from ..storage import EntryStore
from .address import Address
from .clients import async_close_at_stop, async_revoke, create_client
from .tokens import CONF_SIGN_IN_REFUSED, CONF_TOKEN, IssuedTokens, entry_credentials

SAVE_DELAY: Final = 1  # seconds
# Seconds that the next client waits for a token renewal of the one before.
CLOSE_TIMEOUT: Final = 2
FINISH_TIMEOUT: Final = 60  # seconds; longer than the requests of a renewal take
REMOVE_TIMEOUT: Final = 10  # seconds that a removal waits for a token renewal


class Account:
    """The sign-in of a config entry. It outlives a reload.

    The tokens are kept across restarts in a file of their own: renewing them must not
    rewrite the configuration. One client at a time uses and renews them. Tokens that
    were replaced are revoked where they came from, as soon as no client uses them.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        self.entry = entry
        self.pause = Pause()
        self.mismatches = Mismatches()
        self.tokens: IssuedTokens | None = None
        self.is_refused = False
        self._hass = hass
        self._store = EntryStore[dict[str, Any]](hass, f"{DOMAIN}.{entry.entry_id}")
        self._loading = asyncio.Lock()
        self._is_loaded = False
        # Whose tokens these are. A client that is no longer the holder renews its own,
        # which are replaced already.
        self._holder = object()
        self._replaced: dict[object, IssuedTokens] = {}
        self._revocations = set[asyncio.Task[None]]()
        self._client: YeastarClient | None = None
        self._closing: asyncio.Task[None] | None = None

    async def async_load(self) -> None:
        """Read the file, or what an older version left in the data of the entry."""
        async with self._loading:
            if self._is_loaded:
                return
            stored = await self._store.async_load()
            if CONF_TOKEN in self.entry.data:
                # It is newer. Where the tokens of the file came from is not known.
                stored = dict(self.entry.data)
            if stored and not self.tokens:
                self.tokens = IssuedTokens.from_data(stored, Address.of(self.entry))
                self.is_refused = stored[CONF_SIGN_IN_REFUSED]
            self._is_loaded = True

    async def async_save(self) -> None:
        """Write the file now."""
        await self._store.async_save(self._data())

    async def async_open(self) -> YeastarClient:
        """Return a client of the entry, which saves the tokens that it obtains.

        Raise CannotConnect if the one before is still renewing them: a refresh token
        can be used once.
        """
        if self._is_in_use:
            assert self._closing
            await asyncio.wait([self._closing], timeout=CLOSE_TIMEOUT)
            if self._is_in_use:
                raise CannotConnect(ConnectionFailure.TIMEOUT)
        await self.async_load()
        address = Address.of(self.entry)
        if tokens := self.tokens:
            if tokens.address.is_same_server(address):
                self.tokens = replace(tokens, address=address)
            else:
                self._replace(None)
        self._revoke_replaced()
        sign_in = SignIn(
            entry_credentials(self.entry.data),
            self.tokens.pair if self.tokens else None,
            self.is_refused,
        )
        self._client = create_client(
            self._hass, address, sign_in, self.pause, self.mismatches
        )
        self._client.add_sign_in_listener(self._saver(address))
        self._stop_listening = async_close_at_stop(self._hass, self._client)
        return self._client

    @callback
    def async_close(self) -> None:
        """Close the client, if there is one.

        A running renewal finishes in the background: its tokens would be lost.
        """
        client, self._client = self._client, None
        if client:
            self._stop_listening()
            self._closing = self._hass.async_create_background_task(
                self._async_close(client), f"close the client of {self.entry.title}"
            )

    async def _async_close(self, client: YeastarClient) -> None:
        await client.close(FINISH_TIMEOUT)
        self._revoke_replaced()

    @callback
    def async_hand_over(self, tokens: IssuedTokens, *, is_same_pbx: bool) -> None:
        """Take over the tokens of another sign-in, and revoke those before."""
        before = self.tokens
        if before and is_same_pbx and before.address.is_same_server(tokens.address):
            # The PBX may have moved.
            self.tokens = replace(before, address=tokens.address)
        self._replace(tokens)
        self._save()
        if not self._is_in_use:
            self._revoke_replaced()

    @callback
    def async_renewed(self, tokens: IssuedTokens) -> None:
        """Keep the tokens of the entry that somebody else than its client renewed."""
        self._holder = object()
        self.tokens = tokens
        self._save()

    async def async_remove(self) -> None:
        """Revoke all tokens, and delete the file."""
        await self.async_load()
        self._replace(None)
        await self._store.async_remove()
        if self._closing:
            await asyncio.wait([self._closing], timeout=REMOVE_TIMEOUT)
        if not self._is_in_use:
            self._revoke_replaced()
        if self._revocations:
            await asyncio.wait(self._revocations)

    @property
    def _is_in_use(self) -> bool:
        """Return whether a client may still use the tokens."""
        return self._client is not None or not (
            self._closing is None or self._closing.done()
        )

    def _saver(self, address: Address) -> Callable[[SignIn], None]:
        """Return what saves the sign-ins of a client, which holds the tokens now."""
        holder = self._holder = object()

        @callback
        def save(sign_in: SignIn) -> None:
            pair = sign_in.tokens
            tokens = IssuedTokens(pair, address, time.time()) if pair else None
            if holder is self._holder:
                self.tokens = tokens
                self.is_refused = sign_in.refused
                self._save()
            elif tokens:
                self._replaced[holder] = tokens
            else:
                self._replaced.pop(holder, None)

        return save

    def _replace(self, tokens: IssuedTokens | None) -> None:
        """Put other tokens in the place of those that are known, which are replaced."""
        before, self.tokens = self.tokens, tokens
        if before and not (tokens and tokens.is_same(before)):
            self._replaced[self._holder] = before
        self._holder = object()
        self.is_refused = False

    def _revoke_replaced(self) -> None:
        """Revoke the tokens that were replaced, in the background."""
        for tokens in self._replaced.values():
            sign_in = SignIn(None, tokens.pair)
            client = create_client(self._hass, tokens.address, sign_in, self.pause)
            task = self._hass.async_create_background_task(
                async_revoke(client, self.entry.title),
                f"revoke a token of {self.entry.title}",
            )
            self._revocations.add(task)
            task.add_done_callback(self._revocations.discard)
        self._replaced.clear()

    def _save(self) -> None:
        self._store.async_delay_save(self._data, SAVE_DELAY)

    def _data(self) -> dict[str, Any]:
        return {
            CONF_TOKEN: None,
            CONF_SIGN_IN_REFUSED: self.is_refused,
            **(self.tokens.as_data() if self.tokens else {}),
        }
