"""The repairs: trust a certificate, accept another PBX, and remove a mailbox."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import override

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
import voluptuous as vol

from .const import CONF_CERTIFICATE_FINGERPRINT, DOMAIN
from .entry import YeastarConfigEntry, async_update_and_reload
from .errors.issues import ANOTHER_PBX, async_delete_all_issues
from .flow.certificate_text import (
    async_certificate_placeholders,
    replacement_placeholders,
)
from .mailboxes.issues import CONF_SUBENTRY_ID
from .pbx import Certificate, Pause, SignIn, YeastarError
from .sign_in.address import Address
from .sign_in.clients import create_client

type IssueData = dict[str, str | int | float | None]


class _EntryRepairFlow(RepairsFlow):
    """A repair of a config entry."""

    def __init__(self, entry_id: str) -> None:
        self._entry_id = entry_id

    @property
    def _entry(self) -> YeastarConfigEntry:
        """Return the entry, which may be removed while the user looks at the flow."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None:
            raise AbortFlow("entry_removed")
        return entry

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Handle the first step."""
        return await self.async_step_confirm()

    @abstractmethod
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Repair the entry once the user confirms."""

    def _ask(self, placeholders: Mapping[str, str]) -> RepairsFlowResult:
        """Show the user what would be done."""
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            description_placeholders=placeholders,
        )


class CertificateRepairFlow(_EntryRepairFlow):
    """Show the certificate that the PBX has now, and pin it."""

    _certificate: Certificate

    @override
    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Fetch the certificate; skip confirmation if it is trusted by an authority."""
        client = create_client(
            self.hass, Address.of(self._entry), SignIn(None), Pause()
        )
        try:
            self._certificate, is_trusted = await client.probe_certificate()
        except YeastarError:
            return self.async_abort(reason="cannot_connect")
        if is_trusted:
            return self._trust(None)
        if (
            self._certificate.fingerprint
            == self._entry.data[CONF_CERTIFICATE_FINGERPRINT]
        ):
            return self._trust(self._certificate.fingerprint)
        return await self.async_step_confirm()

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Pin the certificate that was shown, once the user trusts it."""
        if user_input is not None:
            return self._trust(self._certificate.fingerprint)
        data = self._entry.data
        return self._ask(
            await async_certificate_placeholders(
                self.hass,
                data[CONF_URL],
                self._certificate,
                data[CONF_CERTIFICATE_FINGERPRINT],
            )
        )

    def _trust(self, fingerprint: str | None) -> RepairsFlowResult:
        """Pin a certificate; with None, trust any that an authority signed."""
        entry = self._entry
        async_update_and_reload(
            self.hass,
            entry,
            data={**entry.data, CONF_CERTIFICATE_FINGERPRINT: fingerprint},
        )
        return self.async_create_entry(data={})


class AnotherPbxRepairFlow(_EntryRepairFlow):
    """Let the PBX that setup found take the place of the one of the entry."""

    def __init__(self, entry_id: str, new_name: str, new_serial_number: str) -> None:
        super().__init__(entry_id)
        self._new_name = new_name
        self._new_serial_number = new_serial_number

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Change the entry once the user confirms that the PBX was replaced."""
        entries, entry = self.hass.config_entries, self._entry
        if user_input is None:
            return self._ask(
                replacement_placeholders(entry, self._new_name, self._new_serial_number)
            )
        serial_number = self._new_serial_number
        if entries.async_entry_for_domain_unique_id(DOMAIN, serial_number):
            return self.async_abort(reason="already_configured")
        async_delete_all_issues(self.hass, entry)
        # Setup checks who answers, and removes the device of the old PBX.
        async_update_and_reload(
            self.hass, entry, title=self._new_name, unique_id=serial_number
        )
        return self.async_create_entry(data={})


class MailboxRepairFlow(_EntryRepairFlow):
    """Remove a mailbox that has no messages on the PBX."""

    def __init__(self, entry_id: str, subentry_id: str, mailbox: str) -> None:
        super().__init__(entry_id)
        self._subentry_id = subentry_id
        self._mailbox = mailbox

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Remove the mailbox once the user confirms that it is not needed."""
        entry = self._entry
        if user_input is None:
            return self._ask({"name": entry.title, "mailbox": self._mailbox})
        if self._subentry_id in entry.subentries:
            self.hass.config_entries.async_remove_subentry(entry, self._subentry_id)
        return self.async_create_entry(data={})


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: IssueData | None
) -> RepairsFlow:
    """Create the fix flow of an issue."""
    assert data
    entry_id = str(data["entry_id"])
    if issue_id.startswith(ANOTHER_PBX):
        return AnotherPbxRepairFlow(
            entry_id, str(data["new_name"]), str(data["new_serial_number"])
        )
    if CONF_SUBENTRY_ID in data:
        return MailboxRepairFlow(
            entry_id, str(data[CONF_SUBENTRY_ID]), str(data["mailbox"])
        )
    return CertificateRepairFlow(entry_id)
