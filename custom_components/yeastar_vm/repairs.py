"""The repair of a changed certificate."""

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
import voluptuous as vol

from .config_flow import certificate_placeholders
from .const import CONF_CERTIFICATE_FINGERPRINT
from .entry import create_entry_client
from .pbx import Certificate, YeastarError


class CertificateRepairFlow(RepairsFlow):
    """Show the certificate that the PBX has now, and pin it."""

    _certificate: Certificate

    def __init__(self, entry_id: str) -> None:
        """Mend the entry with this ID."""
        self._entry_id = entry_id

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Look at the certificate."""
        entry = self.hass.config_entries.async_get_known_entry(self._entry_id)
        try:
            client = create_entry_client(self.hass, entry)
            self._certificate = await client.fetch_certificate()
        except YeastarError:
            return self.async_abort(reason="cannot_connect")
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Pin the certificate that was shown, once the user vouches for it."""
        entry = self.hass.config_entries.async_get_known_entry(self._entry_id)
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                data_schema=vol.Schema({}),
                description_placeholders=certificate_placeholders(
                    entry.data[CONF_URL],
                    self._certificate,
                    entry.data[CONF_CERTIFICATE_FINGERPRINT],
                ),
            )
        fingerprint = self._certificate.fingerprint
        self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_CERTIFICATE_FINGERPRINT: fingerprint}
        )
        self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return self.async_create_entry(data={})


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str]
) -> RepairsFlow:
    """Return the flow of the one issue that can be mended here."""
    return CertificateRepairFlow(data["entry_id"])
