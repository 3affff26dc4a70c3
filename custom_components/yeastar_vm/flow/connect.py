"""The check that all ways through the config flow share: see who answers."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import CONF_URL
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow

from ..const import CONF_CERTIFICATE_FINGERPRINT
from ..entry import YeastarConfigEntry, async_update_and_reload
from ..errors.issues import async_delete_all_issues
from ..errors.translated import error_placeholders
from ..kept import async_get_kept, async_hand_over
from ..pbx import (
    BaseUrl,
    Certificate,
    CertificateChanged,
    CertificateNotTrusted,
    CertificateWrongName,
    Credentials,
    InvalidResponse,
    InvalidUrl,
    Pause,
    PbxFault,
    PbxInfo,
    SignInPaused,
    YeastarError,
)
from ..registries import pbx_title
from ..sign_in.address import Address
from ..sign_in.tokens import credentials_data
from .certificate_text import (
    MAX_NAMES,
    async_certificate_placeholders,
    is_of_the_factory,
    replacement_placeholders,
)
from .client import Attempt, FlowClient, async_set_up_integration, async_speaks_tls
from .forms import CONF_ADDRESS, KEEP_ADDRESS, address_schema

# The key of an error in the form.
HTTPS_REQUIRED: Final = "https_required"


class ConnectFlow(ConfigFlow):
    """The steps of a config flow that follow its forms."""

    _typed: Mapping[str, Any] = {}
    _attempt: Attempt
    _certificate: Certificate
    _found: PbxInfo

    def __init__(self) -> None:
        # The certificates that the user trusted in this flow, by base URL.
        self._trusted: dict[BaseUrl, str] = {}

    async def async_step_new_address(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Confirm that a secret of the entry is sent to another address."""
        if user_input is not None:
            return await self._async_connect(replace(self._attempt, must_confirm=False))
        assert self._entry
        return self.async_show_form(
            step_id="new_address",
            description_placeholders={
                "url": str(self._attempt.address.base_url),
                "old_url": self._entry.data[CONF_URL],
            },
        )

    async def async_step_certificate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Let the user trust a certificate that no trusted authority signed."""
        attempt, certificate = self._attempt, self._certificate
        url = attempt.address.base_url
        if user_input is not None:
            self._trusted[url] = certificate.fingerprint
            return await self._async_connect(
                replace(attempt, address=Address(url, certificate.fingerprint))
            )
        if attempt.changed_from:
            step_id = "certificate_changed"
        elif is_of_the_factory(certificate):
            step_id = "certificate_factory"
        else:
            step_id = "certificate"
        return self.async_show_form(
            step_id=step_id,
            description_placeholders=await async_certificate_placeholders(
                self.hass, str(url), certificate, attempt.changed_from
            ),
        )

    async_step_certificate_factory = async_step_certificate
    async_step_certificate_changed = async_step_certificate

    async def async_step_certificate_wrong_name(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer the addresses that the certificate of an authority is for."""
        attempt, certificate = self._attempt, self._certificate
        url = attempt.address.base_url
        errors: dict[str, str] = {}
        if user_input is not None:
            base_url = user_input.get(CONF_ADDRESS)
            if base_url == KEEP_ADDRESS:
                return await self.async_step_certificate()
            if base_url:
                address = Address(BaseUrl(base_url), None)
                return await self._async_connect(
                    replace(attempt, address=address, must_confirm=False)
                )
            errors = {CONF_ADDRESS: "empty"}
        if not (urls := list(_certified_urls(certificate, url))):
            return await self.async_step_certificate()
        return self.async_show_form(
            step_id="certificate_wrong_name",
            data_schema=address_schema(urls),
            errors=errors,
            description_placeholders=await async_certificate_placeholders(
                self.hass, str(url), certificate
            ),
        )

    async def async_step_replaced(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Confirm that another PBX takes the place of the one of the entry."""
        if user_input is not None:
            return await self._async_connect(
                replace(self._attempt, replaced_by=self._found.serial_number)
            )
        assert self._entry
        return self.async_show_form(
            step_id="replaced",
            description_placeholders=replacement_placeholders(
                self._entry, pbx_title(self._found), self._found.serial_number
            ),
        )

    @property
    def _entry(self) -> YeastarConfigEntry | None:
        """Return the entry that the flow changes, or None if it adds one."""
        if self.source == SOURCE_USER:
            return None
        entry = self.hass.config_entries.async_get_entry(self.context["entry_id"])
        if entry is None:
            raise AbortFlow("entry_removed")
        return entry

    @property
    def _name(self) -> str:
        """Return the name of the PBX that the flow changes."""
        return self._entry.title if self._entry else ""

    @abstractmethod
    def _show_form(
        self, errors: dict[str, str], placeholders: Mapping[str, str] | None = None
    ) -> ConfigFlowResult:
        """Show the form that the user filled in, with what is wrong."""

    async def _async_connect(self, attempt: Attempt) -> ConfigFlowResult:
        """Connect; what goes wrong is shown in the form."""
        await async_set_up_integration(self.hass)
        if self._entry:
            await async_get_kept(self.hass, self._entry).account.async_load()
        try:
            while isinstance(outcome := await self._async_try(attempt), Attempt):
                attempt = outcome
        except YeastarError as err:
            # The user may have selected another address since.
            self._typed = {**self._typed, CONF_URL: str(self._attempt.address.base_url)}
            key = PbxFault.key if isinstance(err, PbxFault) else err.key
            return self._show_form({"base": key}, error_placeholders(err))
        return outcome

    async def _async_try(self, attempt: Attempt) -> ConfigFlowResult | Attempt:
        """Sign in and see who answers.

        Return the next step, or another attempt if that is what follows.
        """
        self._attempt = attempt
        address = attempt.address
        if attempt.must_confirm and not address.fingerprint:
            return await self.async_step_new_address()
        base_url = address.base_url
        if not base_url.is_https and await async_speaks_tls(self.hass, base_url):
            return self._show_form({"base": HTTPS_REQUIRED})
        with FlowClient(self.hass, attempt) as flow_client:
            client = flow_client.client
            try:
                info = await client.system.information()
            except CertificateChanged:
                return self._without_pin(attempt)
            except CertificateNotTrusted as err:
                self._certificate, _ = await client.probe_certificate()
                if isinstance(err, CertificateWrongName):
                    return await self.async_step_certificate_wrong_name()
                return await self.async_step_certificate()
            except InvalidResponse:
                # It may be a page of the web portal, copied from a browser.
                if base_url == base_url.origin or flow_client.has_new_tokens:
                    raise
                address = replace(address, base_url=base_url.origin)
                return replace(attempt, address=address)
            except SignInPaused:
                self._include_pause(address, flow_client.pause)
                raise
            return await self._async_finish(attempt, info, flow_client)

    async def _async_finish(
        self, attempt: Attempt, info: PbxInfo, flow_client: FlowClient
    ) -> ConfigFlowResult:
        """Create an entry, or change the one that is there.

        Nothing is awaited between the check that the flow goes on and its end.
        """
        # Raises UnknownFlow if the user has closed the flow.
        self.hass.config_entries.flow.async_get(self.flow_id)
        entry = self._entry
        await self.async_set_unique_id(info.serial_number, raise_on_progress=False)
        is_other = entry is None or entry.unique_id != info.serial_number
        if is_other:
            self._abort_if_unique_id_configured()
        if entry and is_other and attempt.replaced_by != info.serial_number:
            self._found = info
            return await self.async_step_replaced()
        tokens = flow_client.keep()
        data = {
            CONF_URL: str(attempt.address.base_url),
            CONF_CERTIFICATE_FINGERPRINT: attempt.address.fingerprint,
        }
        if isinstance(credentials := attempt.sign_in, Credentials):
            data |= credentials_data(credentials)
        if entry is None:
            async_hand_over(self.hass, info.serial_number, tokens)
            return self.async_create_entry(title=pbx_title(info), data=data)
        if is_other:
            async_delete_all_issues(self.hass, entry)
        account = async_get_kept(self.hass, entry).account
        account.async_hand_over(tokens, is_same_pbx=not is_other)
        async_update_and_reload(
            self.hass,
            entry,
            data=data,
            title=pbx_title(info) if is_other else entry.title,
            unique_id=info.serial_number,
        )
        return self.async_update_and_abort(entry)

    def _without_pin(self, attempt: Attempt) -> Attempt:
        """Return the attempt for a certificate that is not the pinned one.

        An authority may have signed it; otherwise, the user is asked. A certificate
        that was pinned for another address has not changed.
        """
        url, changed_from = attempt.address.base_url, attempt.address.fingerprint
        if url not in self._trusted and (
            self._entry is None or str(url) != self._entry.data[CONF_URL]
        ):
            changed_from = None
        return replace(attempt, address=Address(url, None), changed_from=changed_from)

    @callback
    def _include_pause(self, address: Address, pause: Pause) -> None:
        """Let entries of this PBX respect the pause that the user met."""
        entries: list[YeastarConfigEntry] = self._async_current_entries()
        for entry in entries:
            if entry is self._entry or entry.data[CONF_URL] == str(address.base_url):
                async_get_kept(self.hass, entry).account.pause.include(pause)


def _certified_urls(certificate: Certificate, base_url: BaseUrl) -> Iterator[str]:
    """Yield the base URLs with the names of a certificate in place of the host."""
    for name in certificate.names[:MAX_NAMES]:
        with suppress(InvalidUrl):
            yield str(base_url.as_https(name))
