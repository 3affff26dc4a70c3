"""The client of a config flow: it looks first, and gives back what no entry keeps."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
import time
from types import TracebackType
from typing import Final, Self

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.setup import async_setup_component
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..entry import YeastarConfigEntry
from ..pbx import (
    BaseUrl,
    CannotConnect,
    ConnectionFailure,
    Credentials,
    Pause,
    SignIn,
    TokenPair,
    YeastarClient,
    YeastarError,
)
from ..sign_in.clients import FINISH_TIMEOUT, async_revoke, create_client
from ..sign_in.tokens import async_load_tokens

# Failures of a server that speaks TLS.
_SPEAKS_TLS: Final = (
    ConnectionFailure.CLIENT_CERTIFICATE,
    ConnectionFailure.TLS_OUTDATED,
)
LOOK_TIMEOUT: Final = 5  # seconds; a server without TLS may wait for more


@dataclass(frozen=True, slots=True)
class PastedTokens:
    """The tokens that a user pasted."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a flow tries: an address, the certificate that is pinned, and a sign-in.

    `sign_in` may be an entry, for its own tokens. `must_confirm` says that a secret of
    the entry would be sent to an address for which it was not entered. `changed_from`
    is the certificate that was pinned before. `replaced_by` is the serial number of the
    PBX that the user wants in the place of the one of the entry.
    """

    base_url: BaseUrl
    fingerprint: str | None
    sign_in: Credentials | PastedTokens | YeastarConfigEntry
    must_confirm: bool = False
    changed_from: str | None = None
    replaced_by: str | None = None


# What took the place of pasted tokens. A refresh token can be used once: if the PBX
# failed after that, the user would have nothing left to paste.
_RENEWED: HassKey[dict[PastedTokens, TokenPair]] = HassKey(f"{DOMAIN}_renewed_tokens")


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

    async def __aenter__(self) -> Self:
        """Create the client; nothing is sent yet."""
        hass, attempt = self._hass, self._attempt
        save: Callable[[TokenPair], None] | None = None
        match attempt.sign_in:
            case Credentials() as credentials:
                sign_in = SignIn(credentials)
            case PastedTokens() as pasted:
                sign_in = SignIn(None, _tokens_of(hass, pasted))
                save = partial(_remember, hass, pasted)
            case entry:
                store = await async_load_tokens(hass, entry)
                sign_in, save = SignIn(None, store.tokens), store.async_replace
        self._before = sign_in.tokens
        self.client = create_client(
            hass, attempt.base_url, attempt.fingerprint, sign_in, self.pause
        )

        @callback
        def changed(sign_in: SignIn) -> None:
            # A refusal is no reason to forget tokens: another host may have answered.
            if save and sign_in.tokens:
                save(sign_in.tokens)

        self.client.add_sign_in_listener(changed)

        async def stop(_: Event) -> None:
            await self.client.close()

        self._stop_listening = hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, stop)
        return self

    async def __aexit__(
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
    def keep(self) -> SignIn:
        """Return the sign-in, which an entry keeps from now on."""
        self._is_kept = True
        if isinstance(pasted := self._attempt.sign_in, PastedTokens):
            self._hass.data.get(_RENEWED, {}).pop(pasted, None)
        return self.client.sign_in

    async def _async_give_back(self) -> None:
        await self.client.close(FINISH_TIMEOUT)
        match self._attempt.sign_in:
            case Credentials():
                await async_revoke(self.client, "a PBX")
            case PastedTokens():
                pass
            case entry:
                # The client of the entry does not know the tokens that are new.
                entries = self._hass.config_entries
                if self.has_new_tokens and entries.async_get_entry(entry.entry_id):
                    entries.async_schedule_reload(entry.entry_id)


@callback
def _tokens_of(hass: HomeAssistant, pasted: PastedTokens) -> TokenPair:
    """Return the tokens that a user pasted, or what took their place since."""
    if renewed := hass.data.get(_RENEWED, {}).get(pasted):
        return renewed
    return TokenPair.of_unknown_age(
        pasted.access_token, pasted.refresh_token, time.time()
    )


@callback
def _remember(hass: HomeAssistant, pasted: PastedTokens, tokens: TokenPair) -> None:
    hass.data.setdefault(_RENEWED, {})[pasted] = tokens


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
    client = create_client(hass, base_url.as_https(), None, SignIn(None), Pause())
    try:
        async with asyncio.timeout(LOOK_TIMEOUT):
            await client.probe_certificate()
    except CannotConnect as err:
        return err.reason in _SPEAKS_TLS
    except YeastarError, TimeoutError:
        return False
    return True
