"""Play the voicemail greetings of a Yeastar P-Series PBX on media players."""

import asyncio
import logging
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType

from .clips import ClipStore
from .const import DOMAIN
from .entry import YeastarConfigEntry, YeastarData, create_entry_client
from .errors import failed
from .issues import (
    async_report_error,
    async_settle,
    async_settle_url,
    async_watch_url,
)
from .pbx import ConnectionFailure, InvalidCredentials, YeastarError
from .services import async_setup_services
from .views import GreetingView

_LOGGER = logging.getLogger(__name__)

REVOKE_TIMEOUT: Final = 10  # seconds that a user waits for it who removes an entry

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions and the relay, which outlast every entry."""
    async_setup_services(hass)
    hass.http.register_view(GreetingView)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: YeastarConfigEntry) -> bool:
    """Connect to a PBX."""
    client = create_entry_client(hass, entry)
    try:
        info = await client.get_information()
    except InvalidCredentials as err:
        raise failed(err, ConfigEntryAuthFailed) from err
    except YeastarError as err:
        async_report_error(hass, entry, err)
        raise failed(err, ConfigEntryNotReady) from err
    except asyncio.CancelledError:
        # Home Assistant gave up; a renewal under way may still finish.
        await client.close()
        raise
    async_settle(hass, entry, greetings=False)
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        entry_type=dr.DeviceEntryType.SERVICE,
        identifiers={(DOMAIN, info.serial_number)},
        manufacturer="Yeastar",
        name=info.name,
        model=info.model,
        sw_version=info.firmware,
        configuration_url=client.base_url,
    )
    entry.async_on_unload(async_watch_url(hass, entry))
    entry.runtime_data = YeastarData(client, ClipStore(hass, entry, client), info)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: YeastarConfigEntry) -> bool:
    """Leave nothing running; the token stays, for the next start."""
    entry.runtime_data.clips.close()
    await entry.runtime_data.client.close()
    return True


async def async_remove_entry(hass: HomeAssistant, entry: YeastarConfigEntry) -> None:
    """Give the token's place back to the PBX; what was wrong does not matter now."""
    async_settle(hass, entry, greetings=True)
    async_settle_url(hass, entry)
    try:
        async with asyncio.timeout(REVOKE_TIMEOUT):
            await create_entry_client(hass, entry).revoke()
    except (YeastarError, TimeoutError) as err:
        _LOGGER.info(
            "The access token of %s could not be revoked (%s) and expires by itself",
            entry.title,
            str(err) or ConnectionFailure.TIMEOUT,
        )
