"""Sign in to a PBX: first, again, and elsewhere."""

from collections.abc import Mapping
import logging
import time
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import (
    CONF_ACCESS_TOKEN,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_URL,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import UnknownFlow
from homeassistant.helpers.selector import (
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .certificate_text import certificate_placeholders
from .const import (
    CONF_CERTIFICATE_FINGERPRINT,
    CONF_REFRESH_TOKEN,
    DOMAIN,
)
from .entry import (
    YeastarConfigEntry,
    async_load_tokens,
    create_client,
    entry_credentials,
    sign_in_to_data,
)
from .exceptions import error_placeholders
from .options_flow import YeastarOptionsFlow
from .pbx import (
    Certificate,
    CertificateChanged,
    CertificateNotTrusted,
    Credentials,
    InvalidUrl,
    PbxInfo,
    SignIn,
    TokenPair,
    YeastarClient,
    YeastarError,
    normalize_base_url,
)

_LOGGER = logging.getLogger(__name__)

EXAMPLE_URL: Final = "https://192.168.5.150:8088"
WAYS_TO_SIGN_IN: Final = ["credentials", "access_token"]

_TEXT = TextSelector()
_SECRET = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)
_FIELDS: Final[dict[str, dict[vol.Marker, TextSelector]]] = {
    "credentials": {
        vol.Required(CONF_CLIENT_ID): _TEXT,
        vol.Required(CONF_CLIENT_SECRET): _SECRET,
    },
    "access_token": {
        vol.Required(CONF_ACCESS_TOKEN): _SECRET,
        vol.Optional(CONF_REFRESH_TOKEN): _SECRET,
    },
}
_NOT_SUGGESTED: Final = {CONF_CLIENT_SECRET, CONF_ACCESS_TOKEN, CONF_REFRESH_TOKEN}


class YeastarConfigFlow(ConfigFlow, domain=DOMAIN):
    """One check of the connection for all ways to get here."""

    VERSION = 1
    MINOR_VERSION = 2

    _way = WAYS_TO_SIGN_IN[0]
    _typed: Mapping[str, Any] = {}
    _base_url = ""
    _fingerprint: str | None = None
    _sign_in = SignIn(None)
    _certificate: Certificate | None = None
    _changed_from: str | None = None
    _not_kept: YeastarClient | None = None

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: YeastarConfigEntry) -> YeastarOptionsFlow:
        """Return the flow of the options."""
        return YeastarOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Let the user choose how to sign in."""
        return self.async_show_menu(step_id="user", menu_options=WAYS_TO_SIGN_IN)

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Sign in again, because the PBX refused what there is."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Let the user choose how to sign in again."""
        return self.async_show_menu(
            step_id="reauth_confirm",
            menu_options=WAYS_TO_SIGN_IN,
            description_placeholders={"name": self._get_reauth_entry().title},
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Let the user choose how to sign in from now on."""
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=WAYS_TO_SIGN_IN,
            description_placeholders={"name": self._get_reconfigure_entry().title},
        )

    async def async_step_credentials(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Sign in with Client ID and Client Secret."""
        self._way = "credentials"
        if user_input is None:
            return self._show_form({})
        if empty := _empty(user_input):
            return self._show_form(empty, user_input)
        self._sign_in = SignIn(
            Credentials(
                user_input[CONF_CLIENT_ID].strip(),
                user_input[CONF_CLIENT_SECRET].strip(),
            )
        )
        return await self._async_check_url(user_input)

    async def async_step_access_token(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Sign in with tokens that the user obtained."""
        self._way = "access_token"
        if user_input is None:
            return self._show_form({})
        if empty := _empty(user_input):
            return self._show_form(empty, user_input)
        tokens = TokenPair.of_unknown_age(
            user_input[CONF_ACCESS_TOKEN].strip(),
            user_input.get(CONF_REFRESH_TOKEN, "").strip(),
            time.time(),
        )
        self._sign_in = SignIn(None, tokens)
        return await self._async_check_url(user_input)

    async def async_step_certificate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Let the user vouch for a certificate that no authority vouches for."""
        assert self._certificate
        if user_input is not None:
            self._fingerprint = self._certificate.fingerprint
            return await self._async_connect()
        return self.async_show_form(
            step_id="certificate_changed" if self._changed_from else "certificate",
            description_placeholders=certificate_placeholders(
                self._base_url, self._certificate, self._changed_from
            ),
        )

    async_step_certificate_changed = async_step_certificate

    @callback
    @override
    def async_remove(self) -> None:
        """Give back a token that no entry keeps, though it is only just arriving."""
        if self._not_kept:
            self.hass.async_create_task(self._async_give_back(self._not_kept))
            self._not_kept = None

    @property
    def _entry(self) -> YeastarConfigEntry | None:
        """Return the entry that is signed in anew; None for a new one."""
        if self.source == SOURCE_USER:
            return None
        if self.source == SOURCE_REAUTH:
            return self._get_reauth_entry()
        return self._get_reconfigure_entry()

    def _show_form(
        self,
        errors: dict[str, str],
        suggested: Mapping[str, Any] | None = None,
        placeholders: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        fields: dict[vol.Marker, TextSelector] = {**_FIELDS[self._way]}
        if self.source != SOURCE_REAUTH:
            fields = {vol.Required(CONF_URL): _TEXT, **fields}
        if suggested is None:
            suggested = self._entry.data if self._entry else {}
        return self.async_show_form(
            step_id=self._way,
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(fields),
                {k: v for k, v in suggested.items() if k not in _NOT_SUGGESTED},
            ),
            errors=errors,
            description_placeholders={
                "example_url": EXAMPLE_URL,
                **(placeholders or {}),
            },
        )

    async def _async_check_url(self, user_input: dict[str, Any]) -> ConfigFlowResult:
        """Connect to the URL that was typed, or that the entry has."""
        self._typed = user_input
        entry = self._entry
        known_url = entry.data[CONF_URL] if entry else ""
        try:
            base_url = normalize_base_url(user_input.get(CONF_URL, known_url))
        except InvalidUrl as err:
            return self._show_form({CONF_URL: err.key}, user_input)
        if base_url != self._base_url:
            self._base_url = base_url
            self._fingerprint = self._changed_from = None
            if entry and base_url == known_url:
                self._fingerprint = entry.data[CONF_CERTIFICATE_FINGERPRINT]
        return await self._async_connect()

    async def _async_connect(self) -> ConfigFlowResult:
        """Sign in and see who answers; ask about its certificate where necessary."""
        client = create_client(
            self.hass, self._base_url, self._fingerprint, self._sign_in
        )
        self._not_kept = client
        try:
            try:
                info = await client.get_information()
            except CertificateChanged:
                # An authority may vouch for the new one; else the user is asked.
                self._changed_from, self._fingerprint = self._fingerprint, None
                return await self._async_connect()
            except CertificateNotTrusted:
                self._certificate, _ = await client.probe_certificate()
                return await self.async_step_certificate()
        except YeastarError as err:
            self._not_kept = None
            await self._async_give_back(client)
            return self._show_form(
                {"base": err.key}, self._typed, error_placeholders(err)
            )
        if self._not_kept is not client:
            raise UnknownFlow  # The user closed the window meanwhile.
        return await self._async_finish(info, client)

    async def _async_finish(
        self, info: PbxInfo, client: YeastarClient
    ) -> ConfigFlowResult:
        """Keep what was found out, in a new entry or in the one that is there."""
        entry = self._entry
        await self.async_set_unique_id(
            info.serial_number, raise_on_progress=entry is None
        )
        data = {
            CONF_URL: self._base_url,
            CONF_CERTIFICATE_FINGERPRINT: self._fingerprint,
            **sign_in_to_data(client.sign_in),
        }
        if entry is None:
            self._abort_if_unique_id_configured()
            self._not_kept = None
            return self.async_create_entry(title=info.name, data=data)
        self._abort_if_unique_id_mismatch(
            reason="another_pbx", description_placeholders={"name": entry.title}
        )
        if entry.state is ConfigEntryState.LOADED:
            # It could renew the old token meanwhile.
            await self.hass.config_entries.async_unload(entry.entry_id)
        store = await async_load_tokens(self.hass, entry)
        old = create_client(
            self.hass,
            self._base_url,
            self._fingerprint,
            SignIn(entry_credentials(entry.data), store.tokens),
        )
        if not _same_token(old.sign_in, client.sign_in):
            await _async_revoke(old)
        self._not_kept = None
        return self.async_update_reload_and_abort(entry, data=data)

    async def _async_give_back(self, client: YeastarClient) -> None:
        """Revoke a token that this flow obtained, not one that the user brought."""
        await client.close()
        if not _same_token(client.sign_in, self._sign_in):
            await _async_revoke(client)


async def _async_revoke(client: YeastarClient) -> None:
    """Revoke a client's token as well as that is possible."""
    try:
        await client.revoke()
    except YeastarError as err:
        _LOGGER.debug("The access token could not be revoked: %s", err)


def _same_token(one: SignIn, other: SignIn) -> bool:
    return bool(
        one.tokens
        and other.tokens
        and one.tokens.access_token == other.tokens.access_token
    )


def _empty(user_input: Mapping[str, str]) -> dict[str, str]:
    """Return an error for each field with nothing but spaces in it."""
    return {
        field: "empty"
        for field, value in user_input.items()
        if not value.strip() and field != CONF_REFRESH_TOKEN
    }
