"""The config flow: add a PBX, sign in again, and reconfigure."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import ConfigFlowResult, ConfigSubentryFlow
from homeassistant.const import (
    CONF_ACCESS_TOKEN,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_URL,
)
from homeassistant.core import callback

from .const import CONF_CERTIFICATE_FINGERPRINT, CONF_REFRESH_TOKEN, DOMAIN
from .entry import YeastarConfigEntry
from .flow.client import Attempt
from .flow.connect import ConnectFlow
from .flow.forms import (
    CREDENTIALS,
    EXAMPLE_URL,
    TOKENS,
    form_schema,
    input_errors,
    suggested_values,
)
from .flow.mailbox import MailboxSubentryFlow
from .flow.options import YeastarOptionsFlow
from .flow.pasted import PastedTokens
from .kept import async_get_kept
from .mailboxes.mailbox import SUBENTRY_MAILBOX
from .pbx import BaseUrl, Credentials, InvalidUrl
from .sign_in.account import Account
from .sign_in.address import Address
from .sign_in.tokens import entry_credentials


class YeastarConfigFlow(ConnectFlow, domain=DOMAIN):
    """Handle the forms of the config flow."""

    VERSION = 1
    MINOR_VERSION = 3

    _form = ""

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: YeastarConfigEntry) -> YeastarOptionsFlow:
        """Return the options flow."""
        return YeastarOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: YeastarConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flow that adds a mailbox."""
        return {SUBENTRY_MAILBOX: MailboxSubentryFlow}

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how to sign in."""
        return self.async_show_menu(
            step_id="user", menu_options=["credentials", "access_token"]
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how to sign in from now on."""
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=["reconfigure_credentials", "reconfigure_access_token"],
            description_placeholders={"name": self._name},
        )

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Start to sign in again."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Sign in again, with what the entry has: credentials or tokens."""
        return await self._async_form("reauth_confirm", user_input)

    async def async_step_credentials(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Sign in with Client ID and Client Secret."""
        return await self._async_form("credentials", user_input)

    async def async_step_access_token(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Sign in with tokens that the user obtained."""
        return await self._async_form("access_token", user_input)

    async def async_step_reconfigure_credentials(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the address, the Client ID or the Client Secret."""
        return await self._async_form("reconfigure_credentials", user_input)

    async def async_step_reconfigure_access_token(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the address or the tokens."""
        return await self._async_form("reconfigure_access_token", user_input)

    async def _async_form(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Show a form, or check what was entered and connect."""
        self._form = step_id
        self._typed = user_input or {}
        if user_input is None:
            return self._show_form({})
        entry = self._entry
        fields, optional = self._fields()
        if errors := input_errors(user_input, fields, optional):
            return self._show_form(errors)
        typed = {field: user_input.get(field, "").strip() for field in fields}
        known_url = BaseUrl(entry.data[CONF_URL]) if entry else None
        base_url = known_url
        if CONF_URL in typed:
            try:
                base_url = BaseUrl.from_typed(typed[CONF_URL])
            except InvalidUrl as err:
                return self._show_form({CONF_URL: err.key})
        secret = (
            CONF_CLIENT_SECRET if CONF_CLIENT_SECRET in fields else CONF_ACCESS_TOKEN
        )
        is_kept = not typed[secret]
        sign_in = self._kept_sign_in(typed) if is_kept else _typed_sign_in(typed)
        if sign_in is None:
            return self._show_form({secret: "empty"})
        assert base_url
        fingerprint = self._trusted.get(base_url)
        if entry and base_url.is_https:
            # The same certificate is the same PBX, also at another address.
            fingerprint = fingerprint or entry.data[CONF_CERTIFICATE_FINGERPRINT]
        is_elsewhere = known_url is not None and base_url.origin != known_url.origin
        return await self._async_connect(
            Attempt(
                Address(base_url, fingerprint),
                sign_in,
                must_confirm=is_kept and is_elsewhere,
            )
        )

    @override
    def _show_form(
        self, errors: dict[str, str], placeholders: Mapping[str, str] | None = None
    ) -> ConfigFlowResult:
        entry = self._entry
        fields, optional = self._fields()
        return self.async_show_form(
            step_id=self._form,
            data_schema=self.add_suggested_values_to_schema(
                form_schema(fields, optional),
                suggested_values(self._typed, entry.data if entry else {}),
            ),
            errors=errors,
            description_placeholders={
                "example_url": EXAMPLE_URL,
                "name": self._name,
                **(placeholders or {}),
            },
        )

    def _fields(self) -> tuple[tuple[str, ...], set[str]]:
        """Return the fields of the form, and which of them may be empty."""
        entry = self._entry
        has_credentials = entry is None or CONF_CLIENT_ID in entry.data
        optional = {CONF_REFRESH_TOKEN}
        if self._form == "reauth_confirm":
            return CREDENTIALS if has_credentials else TOKENS, optional
        with_credentials = self._form.endswith("credentials")
        if entry and with_credentials == has_credentials:
            # The entry keeps what it has.
            optional |= {CONF_CLIENT_SECRET, CONF_ACCESS_TOKEN}
        return (CONF_URL, *(CREDENTIALS if with_credentials else TOKENS)), optional

    def _kept_sign_in(self, typed: Mapping[str, str]) -> Credentials | Account | None:
        """Return the sign-in of the entry, or None if a part of another was entered."""
        entry = self._entry
        assert entry  # Only its forms let a secret be empty.
        if credentials := entry_credentials(entry.data):
            is_same = typed[CONF_CLIENT_ID] == credentials.client_id
            return credentials if is_same else None
        if typed[CONF_REFRESH_TOKEN]:
            return None
        return async_get_kept(self.hass, entry).account


def _typed_sign_in(typed: Mapping[str, str]) -> Credentials | PastedTokens:
    if CONF_CLIENT_ID in typed:
        return Credentials(typed[CONF_CLIENT_ID], typed[CONF_CLIENT_SECRET])
    return PastedTokens(typed[CONF_ACCESS_TOKEN], typed[CONF_REFRESH_TOKEN])
