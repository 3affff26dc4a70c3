"""The address of a PBX."""

from dataclasses import dataclass
from typing import Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_URL

from ..const import CONF_CERTIFICATE_FINGERPRINT
from ..pbx import BaseUrl


@dataclass(frozen=True, slots=True)
class Address:
    """Where a PBX is reached, and the certificate that is pinned there, if any."""

    base_url: BaseUrl
    fingerprint: str | None

    @classmethod
    def of(cls, entry: ConfigEntry) -> Self:
        """Return the address that a config entry has."""
        return cls(
            BaseUrl(entry.data[CONF_URL]), entry.data[CONF_CERTIFICATE_FINGERPRINT]
        )

    def is_same_server(self, other: Address) -> bool:
        """Return whether both lead to one server.

        They do if the URL is the same, whose certificate the user may have accepted
        since. A pinned certificate is the same server at any URL.
        """
        return self.base_url == other.base_url or (
            self.fingerprint is not None and self.fingerprint == other.fingerprint
        )
