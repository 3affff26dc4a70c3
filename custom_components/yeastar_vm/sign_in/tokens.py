"""Tokens and credentials, as they are stored."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_URL

from ..const import CONF_CERTIFICATE_FINGERPRINT
from ..pbx import BaseUrl, Credentials, TokenPair
from .address import Address

CONF_OBTAINED_AT: Final = "obtained_at"
CONF_SIGN_IN_REFUSED: Final = "sign_in_refused"
CONF_TOKEN: Final = "token"

# What entries have in their data that older versions wrote.
FORMER_KEYS: Final = {CONF_OBTAINED_AT, CONF_SIGN_IN_REFUSED, CONF_TOKEN}


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """Tokens, and the address that they came from: they are sent there only.

    `obtained_at` is in seconds since the epoch. It is None for tokens of version 1.0.0.
    """

    pair: TokenPair
    address: Address
    obtained_at: float | None

    @classmethod
    def from_data(cls, data: Mapping[str, Any], address: Address) -> Self | None:
        """Read stored tokens, or return None if there are none.

        `address` is where those came from that version 2.0.0 or 1.0.0 stored.
        """
        if not (pair := data[CONF_TOKEN]):
            return None
        if url := data.get(CONF_URL):
            address = Address(BaseUrl(url), data[CONF_CERTIFICATE_FINGERPRINT])
        return cls(TokenPair(**pair), address, data.get(CONF_OBTAINED_AT))

    def is_same(self, other: IssuedTokens) -> bool:
        """Return whether the access token is the same."""
        return self.pair.access_token == other.pair.access_token

    def as_data(self) -> dict[str, Any]:
        """Return the tokens as they are stored."""
        return {
            CONF_TOKEN: asdict(self.pair),
            CONF_OBTAINED_AT: self.obtained_at,
            CONF_URL: str(self.address.base_url),
            CONF_CERTIFICATE_FINGERPRINT: self.address.fingerprint,
        }


def entry_credentials(data: Mapping[str, Any]) -> Credentials | None:
    """Return the credentials in the data of an entry, or None."""
    if CONF_CLIENT_ID not in data:
        return None
    return Credentials(data[CONF_CLIENT_ID], data[CONF_CLIENT_SECRET])


def credentials_data(credentials: Credentials) -> dict[str, str]:
    """Return credentials as the data of an entry has them."""
    return {
        CONF_CLIENT_ID: credentials.client_id,
        CONF_CLIENT_SECRET: credentials.client_secret,
    }
