"""Set up, unload and remove a PBX, and what happens around it."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
    OperationNotAllowed,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ConfigEntryError,
    ConfigEntryNotReady,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .entry import Pbx, YeastarConfigEntry
from .errors.home_url import async_watch_url
from .errors.issues import (
    ANOTHER_PBX,
    Feature,
    async_create_issue,
    async_delete_all_issues,
    async_handle_error,
    async_note_success,
)
from .errors.translated import translate, translated
from .kept import async_get_kept, async_remove_kept
from .mailboxes.issues import async_delete_mailbox_issues
from .mailboxes.mailbox import entry_mailboxes, mailbox_identifier
from .mailboxes.mailboxes import Mailboxes
from .pbx import (
    CannotConnect,
    CertificateChanged,
    ConnectionFailure,
    InvalidCredentials,
    NotSupported,
    PbxInfo,
    Redirected,
    YeastarClient,
    YeastarError,
)
from .playback.directory import Directory
from .playback.playback import Playback
from .registries import (
    async_forget_states,
    async_remove_other_devices,
    async_rename_device,
    async_update_device,
    pbx_title,
)
from .sign_in.account import Account
from .transcription import Transcriber

SETUP_TIMEOUT: Final = 10  # seconds; a silent PBX must not delay the start

PLATFORMS: Final = [Platform.EVENT, Platform.SELECT, Platform.SENSOR]


async def async_set_up_pbx(hass: HomeAssistant, entry: YeastarConfigEntry) -> None:
    """Set up the PBX of a config entry; raise ConfigEntryNotReady and the like."""
    await _async_finish(hass, _async_set_up(hass, entry))


async def async_unload_pbx(hass: HomeAssistant, entry: YeastarConfigEntry) -> bool:
    """Unload a PBX; return whether that was possible."""
    return await _async_finish(hass, _async_unload(hass, entry))


async def async_remove_pbx(hass: HomeAssistant, entry: YeastarConfigEntry) -> None:
    """Remove a PBX: revoke its access token and delete what it left."""
    async_delete_all_issues(hass, entry)
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    async_forget_states(hass, [each.entity_id for each in entities])
    await async_remove_kept(hass, entry)


async def _async_finish[Result](
    hass: HomeAssistant, work: Coroutine[Any, Any, Result]
) -> Result:
    """Do what must not be left half done, also when Home Assistant cancels it.

    It does so if the browser that asked for a reload is gone. The entry would stay
    between loaded and unloaded until a restart.
    """
    task = hass.async_create_task(work)
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:
        await asyncio.wait([task])
    return task.result()


async def _async_set_up(hass: HomeAssistant, entry: YeastarConfigEntry) -> None:
    """Connect to the PBX, then load what plays and the mailboxes."""
    account = async_get_kept(hass, entry).account
    started = dt_util.utcnow()
    # Home Assistant calls this after a failure, too.
    entry.async_on_unload(account.async_close)
    try:
        async with asyncio.timeout(SETUP_TIMEOUT):
            client = await account.async_open()
            info = await client.system.information()
    except TimeoutError as err:
        timed_out = CannotConnect(ConnectionFailure.TIMEOUT)
        raise translate(timed_out, ConfigEntryNotReady) from err
    except InvalidCredentials as err:
        raise translate(err, ConfigEntryAuthFailed) from err
    except YeastarError as err:
        async_handle_error(hass, entry, err, Feature.GREETINGS)
        if _is_final(err, account, started):
            raise translate(err, ConfigEntryError) from err
        raise translate(err, ConfigEntryNotReady) from err
    if info.serial_number != entry.unique_id:
        async_create_issue(
            hass,
            entry,
            ANOTHER_PBX,
            {"new_name": pbx_title(info), "new_serial_number": info.serial_number},
        )
        raise translated(ConfigEntryError, ANOTHER_PBX, name=entry.title)
    async_note_success(hass, entry, started)
    await _async_load(hass, entry, client, info)


def _is_final(err: YeastarError, account: Account, started: datetime) -> bool:
    """Return whether only the user can change what is wrong.

    A certificate that is not trusted may be renewed without the user. A PBX that is
    updating has no API for a while; one that has just issued a token lacks a part.
    """
    if isinstance(err, NotSupported):
        obtained_at = account.tokens.obtained_at if account.tokens else None
        return obtained_at is not None and obtained_at >= started.timestamp()
    return isinstance(err, CertificateChanged | Redirected)


async def _async_unload(hass: HomeAssistant, entry: YeastarConfigEntry) -> bool:
    pbx = entry.runtime_data
    mailboxes = pbx.mailboxes
    mailboxes.reporter.async_stop()
    await pbx.transcriber.async_stop()
    if mailboxes.has_entities and not await hass.config_entries.async_unload_platforms(
        entry, PLATFORMS
    ):
        mailboxes.reporter.async_start()
        pbx.transcriber.async_start()
        return False
    # What waits for the PBX ends now.
    async_get_kept(hass, entry).account.async_close()
    await mailboxes.async_stop()
    return True


async def _async_load(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    client: YeastarClient,
    info: PbxInfo,
) -> None:
    """Load what plays and the mailboxes of a PBX that answers."""
    directory = Directory()
    playback = Playback(hass, entry, client, directory.names)

    @callback
    def stop(_: Event) -> None:
        playback.close()

    entry.async_on_unload(hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, stop))
    entry.async_on_unload(playback.close)
    entry.async_on_unload(async_watch_url(hass, entry))
    device = async_update_device(hass, entry, client, info)
    reported = async_get_kept(hass, entry).messages
    if async_remove_other_devices(hass, entry, info):
        await reported.async_remove()
    await reported.async_keep(
        {each.subentry_id for each in entry_mailboxes(entry).values()}
    )
    mailboxes = Mailboxes(hass, entry, client, info, reported)
    transcriber = Transcriber(hass, entry, client, mailboxes, reported)
    entry.runtime_data = Pbx(
        hass,
        entry,
        client,
        info,
        directory,
        playback,
        mailboxes,
        transcriber,
        device.id,
    )
    loaded = _connection(entry)

    async def entry_updated(hass: HomeAssistant, entry: YeastarConfigEntry) -> None:
        """Follow what the user changes. Only another connection needs a reload."""
        if entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS:
            return  # The setup that follows reads what changed since.
        if _connection(entry) != loaded:
            await hass.config_entries.async_reload(entry.entry_id)
        else:
            await _async_follow_mailboxes(hass, entry)

    entry.async_on_unload(entry.add_update_listener(entry_updated))
    await _async_follow_mailboxes(hass, entry)


def _connection(entry: YeastarConfigEntry) -> tuple[Any, ...]:
    """Return what a loaded entry depends on: options are read when they are used."""
    return entry.data, entry.unique_id


async def _async_follow_mailboxes(
    hass: HomeAssistant, entry: YeastarConfigEntry
) -> None:
    """Add, rename and remove mailboxes as the user did. The first one has entities."""
    pbx = entry.runtime_data
    mailboxes = pbx.mailboxes
    for mailbox in mailboxes.async_follow():
        async_rename_device(hass, entry, pbx.info, mailbox)
    pbx.transcriber.async_follow()
    pbx.directory.add(mailbox.box for mailbox in mailboxes.values())
    pbx.forget_messages()
    async with mailboxes.setup_lock:
        if not mailboxes or mailboxes.has_entities:
            return
        # If the entry is unloaded meanwhile, its next setup adds them.
        with suppress(OperationNotAllowed):
            await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
            mailboxes.has_entities = True
            entry.async_on_unload(
                mailboxes.messages.async_add_listener(pbx.forget_messages)
            )
            mailboxes.reporter.async_start()
            pbx.transcriber.async_start()


@callback
def async_remove_stale_mailbox(
    hass: HomeAssistant, entry: YeastarConfigEntry, device: DeviceEntry
) -> bool:
    """Remove the mailbox of a device if its box is gone; return whether it is."""
    if entry.state is not ConfigEntryState.LOADED:
        return False  # It is not known what the PBX has.
    pbx = entry.runtime_data
    for number, mailbox in pbx.mailboxes.items():
        identifier = DOMAIN, mailbox_identifier(pbx.info.serial_number, number)
        if identifier in device.identifiers:
            if pbx.mailboxes.boxes.absence(number) is None:
                return False
            hass.config_entries.async_remove_subentry(entry, mailbox.subentry_id)
            return True
    return False


@callback
def async_watch_entries(hass: HomeAssistant) -> None:
    """Settle what is over once an entry is unloaded or its mailboxes change.

    The pause is over because a person reloads the entry: a retry of setup does not
    unload it first. If the entry was disabled, all its issues are over.
    """

    @callback
    def entry_changed(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain != DOMAIN or change is not ConfigEntryChange.UPDATED:
            return
        async_delete_mailbox_issues(hass, entry)
        if entry.state is ConfigEntryState.NOT_LOADED:
            async_get_kept(hass, entry).account.pause.end()
            if entry.disabled_by:
                async_delete_all_issues(hass, entry)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, entry_changed)
