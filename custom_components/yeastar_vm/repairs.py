"""The repair of a changed certificate."""

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
import voluptuous as vol

from .certificate_text import certificate_placeholders
from .const import CONF_CERTIFICATE_FINGERPRINT
from .entry import YeastarConfigEntry, async_create_entry_client
from .pbx import Certificate, YeastarError


class CertificateRepairFlow(RepairsFlow):
    """Show the certificate that the PBX has now, and pin it."""

    _certificate: Certificate

    def __init__(self, entry_id: str) -> None:
        """Initialize the flow."""
        self._entry_id = entry_id

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Fetch the certificate; skip confirmation if it is trusted by an authority."""
        client = await async_create_entry_client(self.hass, self._entry)
        try:
            self._certificate, trusted = await client.probe_certificate()
        except YeastarError:
            return self.async_abort(reason="cannot_connect")
        if trusted:
            return self._trust(None)
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Pin the certificate that was shown, once the user trusts it."""
        if user_input is not None:
            return self._trust(self._certificate.fingerprint)
        data = self._entry.data
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            description_placeholders=certificate_placeholders(
                data[CONF_URL], self._certificate, data[CONF_CERTIFICATE_FINGERPRINT]
            ),
        )

    @property
    def _entry(self) -> YeastarConfigEntry:
        return self.hass.config_entries.async_get_known_entry(self._entry_id)

    def _trust(self, fingerprint: str | None) -> RepairsFlowResult:
        """Pin a certificate; with None, trust any that an authority signed."""
        entries, entry = self.hass.config_entries, self._entry
        entries.async_update_entry(
            entry, data={**entry.data, CONF_CERTIFICATE_FINGERPRINT: fingerprint}
        )
        entries.async_schedule_reload(entry.entry_id)
        return self.async_create_entry(data={})


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str]
) -> RepairsFlow:
    """Create the fix flow."""
    return CertificateRepairFlow(data["entry_id"])
