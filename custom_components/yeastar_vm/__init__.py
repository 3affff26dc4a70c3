"""The Yeastar Voicemail integration."""

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ConfigEntryError,
    ConfigEntryNotReady,
)
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType
from homeassistant.helpers.update_coordinator import UpdateFailed

from .const import DOMAIN
from .entry import (
    YeastarConfigEntry,
    YeastarData,
    async_create_entry_client,
    async_load_tokens,
    async_take_tokens,
)
from .errors.exceptions import translate, translated
from .errors.issues import (
    ANOTHER_PBX,
    async_create_issue,
    async_create_mailbox_issue,
    async_delete_all_issues,
    async_delete_issues,
    async_delete_mailbox_issue,
    async_handle_error,
    async_watch_entries,
    async_watch_url,
    handled_errors,
)
from .mailboxes.coordinator import MailboxCoordinator
from .mailboxes.listener import EventListener
from .mailboxes.mailbox import entry_mailboxes
from .mailboxes.store import async_get_message_store, async_remove_message_store
from .pbx import (
    CertificateChanged,
    ConnectionFailure,
    InvalidCredentials,
    NotSupported,
    PbxInfo,
    Redirected,
    SignIn,
    YeastarClient,
    YeastarError,
)
from .playback.directory import Directory
from .playback.relay import Relay, RelayView
from .services import async_setup_services
from .sign_in.clients import (
    async_close_client,
    async_forget_pause,
    async_revoke,
    create_entry_client,
)

SETUP_TIMEOUT: Final = 10  # seconds; a silent PBX must not delay the start

# A retry does not help: only the user can change what is wrong. A certificate that is
# not trusted is no such error, because it may be renewed without the user.
_FATAL: Final = (CertificateChanged, NotSupported, Redirected)

PLATFORMS: Final = [Platform.EVENT, Platform.SELECT, Platform.SENSOR]

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up the actions and the relay view."""
    async_setup_services(hass)
    async_watch_entries(hass)
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
    client: YeastarClient | None = None
    started = hass.loop.time()
    try:
        async with asyncio.timeout(SETUP_TIMEOUT):
            client = await async_create_entry_client(hass, entry)
            info = await _async_identify(hass, entry, client)
        async_delete_issues(hass, entry, started, greetings=False)
        await _async_load(hass, entry, client, info)
    except BaseException as err:
        if isinstance(err, asyncio.CancelledError) and not hass.is_stopping:
            # Home Assistant cancels the request that sets up the entry if the browser
            # goes away. The entry would stay without a retry.
            hass.config_entries.async_schedule_reload(entry.entry_id)
        if client:
            await async_close_client(hass, entry, client)
        if isinstance(err, TimeoutError):
            raise translated(ConfigEntryNotReady, ConnectionFailure.TIMEOUT) from err
        raise
    return True


async def async_unload_entry(hass: HomeAssistant, entry: YeastarConfigEntry) -> bool:
    """Unload a config entry. The access token is kept for the next start."""
    return await _async_finish(hass, _async_unload(hass, entry))


async def _async_finish[Result](
    hass: HomeAssistant, work: Coroutine[Any, Any, Result]
) -> Result:
    """Do what must not be left half done, also when Home Assistant cancels it.

    It does so if the browser that asked for a reload is gone. The entry would stay
    between loaded and unloaded until a restart.
    """
    task = hass.async_create_task(work)
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            current = asyncio.current_task()
            assert current
            current.uncancel()
    return task.result()


async def _async_unload(hass: HomeAssistant, entry: YeastarConfigEntry) -> bool:
    """Unload a config entry."""
    if mailboxes := entry.runtime_data.mailboxes:
        mailboxes.reporter.async_stop()
        if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
            mailboxes.reporter.async_start()
            return False
    entry.runtime_data.relay.close()
    await async_close_client(hass, entry, entry.runtime_data.client)
    if listener := entry.runtime_data.listener:
        await listener.async_stop()
    return True


async def async_remove_entry(hass: HomeAssistant, entry: YeastarConfigEntry) -> None:
    """Remove a config entry: revoke its access token and delete what it left."""
    async_delete_all_issues(hass, entry)
    await async_remove_message_store(hass, entry.entry_id)
    for tokens in await async_take_tokens(hass, entry):
        client = create_entry_client(hass, entry, SignIn(None, tokens))
        await async_revoke(client, entry.title)
    async_forget_pause(hass, entry)


async def _async_identify(
    hass: HomeAssistant, entry: YeastarConfigEntry, client: YeastarClient
) -> PbxInfo:
    """Return the identity of the PBX, which must be that of the entry."""

    async def stop(_: Event) -> None:
        await client.close()

    entry.async_on_unload(hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, stop))
    try:
        info = await client.system.information()
    except InvalidCredentials as err:
        raise translate(err, ConfigEntryAuthFailed) from err
    except YeastarError as err:
        async_handle_error(hass, entry, err)
        fatal = isinstance(err, _FATAL)
        raise translate(
            err, ConfigEntryError if fatal else ConfigEntryNotReady
        ) from err
    if info.serial_number != entry.unique_id:
        async_create_issue(
            hass,
            entry,
            ANOTHER_PBX,
            new_name=info.name,
            new_serial_number=info.serial_number,
        )
        raise translated(ConfigEntryError, ANOTHER_PBX, name=entry.title)
    return info


async def _async_load(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    client: YeastarClient,
    info: PbxInfo,
) -> None:
    """Load the relay and the mailboxes of a PBX that answers."""
    directory = Directory()
    on_error = partial(async_handle_error, hass, entry)
    relay = Relay(hass, entry, client, on_error, directory.names)

    @callback
    def stop(_: Event) -> None:
        relay.close()

    entry.async_on_unload(hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, stop))
    entry.async_on_unload(async_watch_url(hass, entry))
    mailboxes = listener = None
    device = _async_update_device(hass, entry, client, info)
    if _async_remove_other_devices(hass, entry, info) or not entry_mailboxes(entry):
        await async_remove_message_store(hass, entry.entry_id)
    if entry_mailboxes(entry):
        mailboxes = MailboxCoordinator(
            hass,
            entry,
            client,
            info,
            device.id,
            store=await async_get_message_store(hass, entry.entry_id),
            errors=partial(handled_errors, hass, entry, UpdateFailed, greetings=False),
            on_missing=partial(async_create_mailbox_issue, hass, entry),
            on_found=partial(async_delete_mailbox_issue, hass, entry),
        )
        listener = EventListener(hass, entry, client, mailboxes, on_error)
        directory.add(mailbox.box for mailbox in mailboxes.mailboxes.values())
    entry.runtime_data = YeastarData(
        client, relay, info, mailboxes, listener, directory
    )
    entry.async_on_unload(entry.add_update_listener(_async_update_listener))
    if mailboxes and listener:
        await listener.async_start()
        await _async_finish(
            hass, hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
        )
        mailboxes.reporter.async_start()


async def _async_update_listener(
    hass: HomeAssistant, entry: YeastarConfigEntry
) -> None:
    """Reload a config entry whose data, options, or mailboxes changed.

    Many mailboxes may change at once: a reload that begins reads what changed since.
    """
    if entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS:
        return
    await hass.config_entries.async_reload(entry.entry_id)


@callback
def _async_update_device(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    client: YeastarClient,
    info: PbxInfo,
) -> dr.DeviceEntry:
    """Return the device of the PBX, which is up to date."""
    return dr.async_get(hass).async_get_or_create(
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


@callback
def _async_remove_other_devices(
    hass: HomeAssistant, entry: YeastarConfigEntry, info: PbxInfo
) -> bool:
    """Remove the devices of a PBX that was replaced; return whether there were any."""
    registry = dr.async_get(hass)
    others = [
        device.id
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
        if not any(
            identifier.startswith(info.serial_number)
            for _, identifier in device.identifiers
        )
    ]
    for device_id in others:
        registry.async_remove_device(device_id)
    return bool(others)
