"""The forms of the config flow."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from homeassistant.const import (
    CONF_ACCESS_TOKEN,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_URL,
)
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from ..const import CONF_REFRESH_TOKEN

EXAMPLE_URL: Final = "https://192.168.5.150:8088"
MAX_LENGTH: Final = 1024  # of a field; the PBX has 32 characters in each

CONF_ADDRESS: Final = "address"
KEEP_ADDRESS: Final = "keep_address"

_TEXT = TextSelector()
_SECRET = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)
_SELECTORS: Final = {
    CONF_URL: _TEXT,
    CONF_CLIENT_ID: _TEXT,
    CONF_CLIENT_SECRET: _SECRET,
    CONF_ACCESS_TOKEN: _SECRET,
    CONF_REFRESH_TOKEN: _SECRET,
}
_SECRETS: Final = {CONF_CLIENT_SECRET, CONF_ACCESS_TOKEN, CONF_REFRESH_TOKEN}

CREDENTIALS: Final = (CONF_CLIENT_ID, CONF_CLIENT_SECRET)
TOKENS: Final = (CONF_ACCESS_TOKEN, CONF_REFRESH_TOKEN)


def form_schema(fields: Iterable[str], optional: Iterable[str]) -> vol.Schema:
    """Return the schema of a form."""
    return vol.Schema(
        {
            (vol.Optional if field in optional else vol.Required)(field): (
                _SELECTORS[field]
            )
            for field in fields
        }
    )


def suggested_values(
    typed: Mapping[str, Any], stored: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what a form is filled in with, and nothing endless.

    That is what the user has typed in this window, secrets too: a typing error is not
    to be found in an empty field. No stored secret is ever shown.
    """
    shown = typed or {k: v for k, v in stored.items() if k not in _SECRETS}
    return {
        field: value
        for field, value in shown.items()
        if field in _SELECTORS and len(value) <= MAX_LENGTH
    }


def input_errors(
    user_input: Mapping[str, str], fields: Iterable[str], optional: Iterable[str]
) -> dict[str, str]:
    """Return an error for each field that is empty or too long."""
    errors: dict[str, str] = {}
    for field in fields:
        value = user_input.get(field, "").strip()
        if len(value) > MAX_LENGTH:
            errors[field] = "too_long"
        elif not value and field not in optional:
            errors[field] = "empty"
    return errors


def address_schema(urls: list[str]) -> vol.Schema:
    """Return the schema of a form that offers other addresses of a server.

    Home Assistant would select the first one if the field was required.
    """
    selector = SelectSelector(
        SelectSelectorConfig(
            options=[
                *(SelectOptionDict(value=url, label=url) for url in urls),
                SelectOptionDict(value=KEEP_ADDRESS, label=KEEP_ADDRESS),
            ],
            translation_key=CONF_ADDRESS,
            mode=SelectSelectorMode.LIST,
        )
    )
    return vol.Schema({vol.Optional(CONF_ADDRESS): selector})
