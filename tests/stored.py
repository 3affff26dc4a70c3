"""What Home Assistant has stored for a config entry."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from custom_components.yeastar_vm.pbx import TokenPair
from custom_components.yeastar_vm.sign_in.store import async_get_token_store


async def stored_tokens(hass: HomeAssistant, entry: ConfigEntry) -> TokenPair | None:
    """Return the tokens in the file beside an entry."""
    return (await async_get_token_store(hass, entry.entry_id)).tokens


async def stored_access_token(hass: HomeAssistant, entry: ConfigEntry) -> str:
    """Return the access token, of which there is one."""
    tokens = await stored_tokens(hass, entry)
    assert tokens
    return tokens.access_token


async def is_sign_in_refused(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Return whether it is stored that the PBX refused the sign-in."""
    return (await async_get_token_store(hass, entry.entry_id)).sign_in_refused
