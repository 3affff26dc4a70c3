"""The Yeastar Voicemail integration."""

import asyncio
from functools import partial
import logging
from typing import Final

from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN
from .coordinator import MailboxCoordinator
from .directory import Directory
from .entry import (
    YeastarConfigEntry,
    YeastarData,
    async_create_entry_client,
    async_load_tokens,
)
from .exceptions import translate, translated
from .issues import (
    async_create_mailbox_issue,
    async_delete_issues,
    async_delete_url_issue,
    async_handle_error,
    async_watch_url,
)
from .listener import EventListener
from .mailbox import entry_mailboxes
from .message_store import async_remove_message_store
from .pbx import ConnectionFailure, InvalidCredentials, YeastarError
from .relay import Relay, RelayView
from .services import async_setup_services
from .token_store import async_remove_token_store

_LOGGER = logging.getLogger(__name__)

# Seconds; a PBX that does not answer must not delay the start or the removal.
SETUP_TIMEOUT: Final = 10
REVOKE_TIMEOUT: Final = 10

PLATFORMS: Final = [Platform.EVENT, Platform.SELECT, Platform.SENSOR]

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up the actions and the relay view."""
    async_setup_services(hass)
    hass.http.register_view(RelayView)
    return True


async def async_migrate_entry(hass: HomeAssistant, entry: YeastarConfigEntry) -> bool:
    """Migrate an entry of 1.0.0: its tokens move to the token store."""
    if entry.version > 1:
        return False
    await async_load_tokens(hass, entry)
    hass.config_entries.async_update_entry(entry, minor_version=2)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: YeastarConfigEntry) -> bool:
    """Set up Yeastar Voicemail from a config entry."""
    client = await async_create_entry_client(hass, entry)
    directory = Directory()
    on_error = partial(async_handle_error, hass, entry)
    relay = Relay(hass, entry, client, on_error, directory.names)

    async def stop(_: Event) -> None:
        relay.close()
        await client.close()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    try:
        async with asyncio.timeout(SETUP_TIMEOUT):
            info = await client.get_information()
    except TimeoutError as err:
        await client.close()
        raise translated(ConfigEntryNotReady, ConnectionFailure.TIMEOUT) from err
    except InvalidCredentials as err:
        raise translate(err, ConfigEntryAuthFailed) from err
    except YeastarError as err:
        async_handle_error(hass, entry, err)
        raise translate(err, ConfigEntryNotReady) from err
    except asyncio.CancelledError:
        # Let a token renewal in progress finish, so that its result is not lost.
        await client.close()
        raise
    async_delete_issues(hass, entry, greetings=False)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        entry_type=dr.DeviceEntryType.SERVICE,
        identifiers={(DOMAIN, info.serial_number)},
        manufacturer="Yeastar",
        name=info.name,
        model=info.model,
        serial_number=info.serial_number,
        sw_version=info.firmware,
        configuration_url=client.base_url,
    )
    entry.async_on_unload(async_watch_url(hass, entry))
    mailboxes = None
    if entry_mailboxes(entry):
        mailboxes = MailboxCoordinator(
            hass,
            entry,
            client,
            info,
            device.id,
            on_error=on_error,
            on_missing=partial(async_create_mailbox_issue, hass, entry),
        )
        directory.add(mailbox.box for mailbox in mailboxes.mailboxes.values())
        await mailboxes.async_load()
    else:
        await async_remove_message_store(hass, entry.entry_id)
    entry.runtime_data = YeastarData(client, relay, info, mailboxes, directory)
    if mailboxes:
        await EventListener(hass, entry, client, mailboxes, on_error).async_start()
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
        await mailboxes.async_start_reporting()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: YeastarConfigEntry) -> bool:
    """Unload a config entry. The access token is kept for the next start."""
    if entry.runtime_data.mailboxes and not (
        await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    ):
        return False
    entry.runtime_data.relay.close()
    await entry.runtime_data.client.close()
    return True


async def async_remove_entry(hass: HomeAssistant, entry: YeastarConfigEntry) -> None:
    """Remove a config entry: revoke its access token and delete its repair issues."""
    async_delete_issues(hass, entry, greetings=True)
    async_delete_url_issue(hass, entry)
    client = await async_create_entry_client(hass, entry)
    await async_remove_token_store(hass, entry.entry_id)
    await async_remove_message_store(hass, entry.entry_id)
    try:
        async with asyncio.timeout(REVOKE_TIMEOUT):
            await client.revoke()
    except (YeastarError, TimeoutError) as err:
        _LOGGER.info(
            "The access token of %s could not be revoked (%s) and expires by itself",
            entry.title,
            str(err) or ConnectionFailure.TIMEOUT,
        )
