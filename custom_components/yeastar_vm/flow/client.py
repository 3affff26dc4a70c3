"""The client of a config flow: it looks first, and gives back what no entry keeps."""

import asyncio
from dataclasses import dataclass
import time
from types import TracebackType
from typing import Final, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.setup import async_setup_component

from ..const import DOMAIN
from ..pbx import (
    BaseUrl,
    CannotConnect,
    ConnectionFailure,
    Credentials,
    Pause,
    SignIn,
    YeastarClient,
    YeastarError,
)
from ..sign_in.account import FINISH_TIMEOUT, Account
from ..sign_in.address import Address
from ..sign_in.clients import async_close_at_stop, async_revoke, create_client
from ..sign_in.tokens import IssuedTokens
from .pasted import PastedTokens, async_forget, async_remember, async_tokens_of

# Failures of a server that speaks TLS.
_SPEAKS_TLS: Final = (
    ConnectionFailure.CLIENT_CERTIFICATE,
    ConnectionFailure.TLS_OUTDATED,
)
LOOK_TIMEOUT: Final = 5  # seconds; a server without TLS may wait for more


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a flow tries: an address, and a sign-in.

    `sign_in` is the account of an entry for its own tokens. `must_confirm` says that a
    secret of the entry would be sent to an address for which it was not entered.
    `changed_from` is the certificate that was pinned before. `replaced_by` is the
    serial number of the PBX that the user wants in the place of the one of the entry.
    """

    address: Address
    sign_in: Credentials | PastedTokens | Account
    must_confirm: bool = False
    changed_from: str | None = None
    replaced_by: str | None = None


class FlowClient:
    """The client of an attempt, as a context manager.

    A person's own try is made whatever pause is in force, so the client has its own.
    At the end it closes in the background, and a token that it obtained is revoked
    unless it is kept: none is left wherever a step ends, also if it is cancelled.
    """

    client: YeastarClient

    def __init__(self, hass: HomeAssistant, attempt: Attempt) -> None:
        self._hass = hass
        self._attempt = attempt
        self._is_kept = False
        self.pause = Pause()

    def __enter__(self) -> Self:
        """Create the client; nothing is sent yet."""
        match self._attempt.sign_in:
            case Credentials() as credentials:
                sign_in = SignIn(credentials)
            case PastedTokens() as pasted:
                sign_in = SignIn(None, async_tokens_of(self._hass, pasted))
            case Account(tokens=tokens):
                sign_in = SignIn(None, tokens.pair if tokens else None)
        self._before = sign_in.tokens
        self.client = create_client(
            self._hass, self._attempt.address, sign_in, self.pause
        )
        self.client.add_sign_in_listener(self._save)
        self._stop_listening = async_close_at_stop(self._hass, self.client)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give back what is not kept, in the background."""
        self._stop_listening()
        if not self._is_kept:
            self._hass.async_create_background_task(
                self._async_give_back(), "close the client of a config flow"
            )

    @property
    def has_new_tokens(self) -> bool:
        """Return whether the PBX has given tokens to the client."""
        return self.client.sign_in.tokens not in (None, self._before)

    @callback
    def keep(self) -> IssuedTokens:
        """Return the tokens, which an entry keeps from now on."""
        self._is_kept = True
        if isinstance(pasted := self._attempt.sign_in, PastedTokens):
            async_forget(self._hass, pasted)
        return self._issued_tokens()

    def _issued_tokens(self) -> IssuedTokens:
        pair = self.client.sign_in.tokens
        assert pair
        return IssuedTokens(pair, self._attempt.address, time.time())

    @callback
    def _save(self, sign_in: SignIn) -> None:
        """Save what has taken the place of tokens that can be used once.

        A refusal is no reason to forget those: another host may have answered.
        """
        if sign_in.tokens is None:
            return
        match self._attempt.sign_in:
            case PastedTokens() as pasted:
                async_remember(self._hass, pasted, sign_in.tokens)
            case Account() as account:
                account.async_renewed(self._issued_tokens())

    async def _async_give_back(self) -> None:
        await self.client.close(FINISH_TIMEOUT)
        match self._attempt.sign_in:
            case Credentials():
                await async_revoke(self.client, "a PBX")
            case Account(entry=entry) if self.has_new_tokens:
                # The client of the entry does not know them.
                is_there = self._hass.config_entries.async_get_entry(entry.entry_id)
                if is_there and self._attempt.address.is_same_server(Address.of(entry)):
                    self._hass.config_entries.async_schedule_reload(entry.entry_id)


async def async_set_up_integration(hass: HomeAssistant) -> None:
    """Set up the integration before it has an entry.

    If the browser goes away while Home Assistant does that for the first entry, it can
    do so again only after a restart.
    """
    if DOMAIN not in hass.config.components:
        setup = async_setup_component(hass, DOMAIN, {})
        await asyncio.shield(hass.async_create_task(setup))


async def async_speaks_tls(hass: HomeAssistant, base_url: BaseUrl) -> bool:
    """Return whether the server of an http URL speaks TLS. Nothing secret is sent."""
    address = Address(base_url.as_https(), None)
    client = create_client(hass, address, SignIn(None), Pause())
    try:
        async with asyncio.timeout(LOOK_TIMEOUT):
            await client.probe_certificate()
    except CannotConnect as err:
        return err.reason in _SPEAKS_TLS
    except YeastarError, TimeoutError:
        return False
    return True
