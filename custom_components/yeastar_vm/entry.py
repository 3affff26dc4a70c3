"""What a config entry stores, and what it carries while it is loaded."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_TOKEN,
    CONF_URL,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util.hass_dict import HassKey

from .clips import ClipStore
from .const import CONF_CERTIFICATE_FINGERPRINT, CONF_SIGN_IN_REFUSED, DOMAIN
from .pbx import Credentials, Pause, PbxInfo, SignIn, TokenPair, YeastarClient

# By base URL, so that a flow, a retried setup and an entry respect the same pause.
PAUSES: HassKey[dict[str, Pause]] = HassKey(f"{DOMAIN}_pauses")


@dataclass(frozen=True, slots=True)
class YeastarData:
    """What a loaded entry works with.

    `names` are those of the extensions that were met while browsing, by number.
    """

    client: YeastarClient
    clips: ClipStore
    info: PbxInfo
    names: dict[str, str] = field(default_factory=dict)


type YeastarConfigEntry = ConfigEntry[YeastarData]


def sign_in_to_data(sign_in: SignIn) -> dict[str, Any]:
    """Return a sign-in as it is stored."""
    data: dict[str, Any] = {
        CONF_TOKEN: asdict(sign_in.tokens) if sign_in.tokens else None,
        CONF_SIGN_IN_REFUSED: sign_in.refused,
    }
    if sign_in.credentials:
        data[CONF_CLIENT_ID] = sign_in.credentials.client_id
        data[CONF_CLIENT_SECRET] = sign_in.credentials.client_secret
    return data


def sign_in_from_data(data: Mapping[str, Any]) -> SignIn:
    """Return the sign-in that an entry's data holds."""
    return SignIn(
        Credentials(data[CONF_CLIENT_ID], data[CONF_CLIENT_SECRET])
        if CONF_CLIENT_ID in data
        else None,
        TokenPair(**data[CONF_TOKEN]) if data[CONF_TOKEN] else None,
        data[CONF_SIGN_IN_REFUSED],
    )


@callback
def create_client(
    hass: HomeAssistant,
    base_url: str,
    fingerprint: str | None,
    sign_in: SignIn,
    on_change: Callable[[SignIn], None],
) -> YeastarClient:
    """Return a client on Home Assistant's own HTTP session."""
    return YeastarClient(
        async_get_clientsession(hass),
        base_url,
        fingerprint=fingerprint,
        sign_in=sign_in,
        on_change=on_change,
        pause=hass.data.setdefault(PAUSES, {}).setdefault(base_url, Pause()),
    )


@callback
def create_entry_client(
    hass: HomeAssistant, entry: YeastarConfigEntry
) -> YeastarClient:
    """Return a client for an entry, which keeps the client's tokens across restarts."""

    @callback
    def keep(sign_in: SignIn) -> None:
        hass.config_entries.async_update_entry(
            entry, data={**entry.data, **sign_in_to_data(sign_in)}
        )

    return create_client(
        hass,
        entry.data[CONF_URL],
        entry.data[CONF_CERTIFICATE_FINGERPRINT],
        sign_in_from_data(entry.data),
        keep,
    )
