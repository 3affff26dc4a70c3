"""What Home Assistant has stored for a config entry."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.kept import async_get_kept
from custom_components.yeastar_vm.pbx import TokenPair
from custom_components.yeastar_vm.sign_in.account import Account
from simulator import PbxSimulator

from .common import entry_for


async def stored_account(hass: HomeAssistant, entry: ConfigEntry) -> Account:
    """Return the account of an entry, as it is in the file beside the entry."""
    account = async_get_kept(hass, entry).account
    await account.async_load()
    return account


async def stored_tokens(hass: HomeAssistant, entry: ConfigEntry) -> TokenPair | None:
    """Return the tokens of an entry."""
    tokens = (await stored_account(hass, entry)).tokens
    return tokens.pair if tokens else None


async def stored_access_token(hass: HomeAssistant, entry: ConfigEntry) -> str:
    """Return the access token, of which there is one."""
    tokens = await stored_tokens(hass, entry)
    assert tokens
    return tokens.access_token


async def is_sign_in_refused(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Return whether it is stored that the PBX refused the sign-in."""
    return (await stored_account(hass, entry)).is_refused


def file_of(entry: ConfigEntry) -> str:
    """Return the name of the file with the tokens of an entry."""
    return f"{DOMAIN}.{entry.entry_id}"


def as_stored(pbx: PbxSimulator) -> dict[str, Any]:
    """Return new tokens of a PBX, as every version stores them."""
    answer = pbx.tokens.issue(pbx.clock())
    return {
        "access_expires_at": pbx.clock() + 1800,
        "access_token": answer["access_token"],
        "refresh_expires_at": pbx.clock() + 86400,
        "refresh_token": answer["refresh_token"],
    }


def write_file(
    hass_storage: dict[str, Any], entry: ConfigEntry, **data: Any
) -> dict[str, Any]:
    """Write the file with the tokens of an entry as version 2.0.0 did; return it."""
    file = {
        "version": 1,
        "minor_version": 1,
        "key": file_of(entry),
        "data": {"token": None, "sign_in_refused": False, "obtained_at": None, **data},
    }
    hass_storage[file_of(entry)] = file
    return file


def token_entry_for(hass_storage: dict[str, Any], pbx: PbxSimulator) -> MockConfigEntry:
    """Return the entry of a PBX that has tokens only."""
    data = dict(entry_for(pbx).data)
    del data["client_id"], data["client_secret"]
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=pbx.name,
        unique_id=pbx.serial_number,
        minor_version=3,
        data=data,
    )
    write_file(hass_storage, entry, token=as_stored(pbx))
    return entry
