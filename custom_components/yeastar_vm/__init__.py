"""The Yeastar Voicemail integration."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN
from .entry import YeastarConfigEntry
from .flow.records import RecordView
from .frontend.card import async_setup_card
from .frontend.commands import async_setup_commands
from .kept import async_get_kept
from .lifecycle import (
    async_remove_pbx,
    async_remove_stale_mailbox,
    async_set_up_pbx,
    async_unload_pbx,
    async_watch_entries,
)
from .playback.relay import RelayView
from .services import async_setup_services
from .sign_in.tokens import FORMER_KEYS

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up the actions, the views, and the card."""
    async_setup_services(hass)
    async_watch_entries(hass)
    hass.http.register_view(RelayView)
    hass.http.register_view(RecordView)
    async_setup_commands(hass)
    await async_setup_card(hass)
    return True


async def async_migrate_entry(hass: HomeAssistant, entry: YeastarConfigEntry) -> bool:
    """Migrate an entry of an older version: its tokens move to a file of their own."""
    if entry.version > 1:
        return False
    account = async_get_kept(hass, entry).account
    await account.async_load()
    await account.async_save()
    hass.config_entries.async_update_entry(
        entry,
        data={k: v for k, v in entry.data.items() if k not in FORMER_KEYS},
        minor_version=3,
    )
    return True


async def async_setup_entry(hass: HomeAssistant, entry: YeastarConfigEntry) -> bool:
    """Set up Yeastar Voicemail from a config entry."""
    await async_set_up_pbx(hass, entry)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: YeastarConfigEntry) -> bool:
    """Unload a config entry. The access token is kept for the next start."""
    return await async_unload_pbx(hass, entry)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: YeastarConfigEntry, device: DeviceEntry
) -> bool:
    """Remove the mailbox of a device that the user deletes, if its box is gone."""
    return async_remove_stale_mailbox(hass, entry, device)


async def async_remove_entry(hass: HomeAssistant, entry: YeastarConfigEntry) -> None:
    """Remove a config entry: revoke its access token and delete what it left."""
    await async_remove_pbx(hass, entry)
