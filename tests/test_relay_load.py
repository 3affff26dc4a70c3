"""The relay under load: many players, slow ones, ones that leave, and the end.

What a player sees when an entry is unloaded or reloaded: a greeting that is on its way
arrives whole, one that is still being fetched is a 502, and one that is asked for
meanwhile a 404. When Home Assistant stops, a greeting that is being fetched is a 502,
too, and its web server waits ten seconds for what is on its way.
"""

import asyncio
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.components.media_source import Unresolvable, async_resolve_media
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
)

from custom_components.yeastar_vm.clips import ClipStore
from custom_components.yeastar_vm.const import DOMAIN

from .conftest import Player
from .gate import Gate
from .pbx_simulator import PbxSimulator
from .test_init import our_tasks

LINK = "extension_vm_greeting/play"
MB = 1024 * 1024
NOT_SIGNED = "Login attempt or request with invalid authentication"

# Without ffmpeg, WAV passes as it is: large clips that cost no time.
without_ffmpeg = pytest.mark.usefixtures("ffmpeg_that_is_missing")


@pytest.fixture
def ffmpeg_that_is_missing(hass: HomeAssistant) -> None:
    """Let Home Assistant's ffmpeg be gone since it started."""
    get_ffmpeg_manager(hass)._bin = "/nowhere/ffmpeg"


# --- many ----------------------------------------------------------------------------


# --- slow ones, and ones that leave --------------------------------------------------


# --- memory --------------------------------------------------------------------------


# --- the end -------------------------------------------------------------------------


async def test_a_play_outlives_its_entry(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """An unload between the PBX's link and its audio is an error for the automation."""
    gate = Gate(pbx, LINK)
    data = {
        "extension": "3200",
        "file": "closed.WAV",
        "entity_id": "media_player.kitchen",
    }
    playing = asyncio.create_task(
        hass.services.async_call(DOMAIN, "play_greeting", data, blocking=True)
    )
    await gate.arrived()

    assert await hass.config_entries.async_unload(entry.entry_id)
    gate.open()

    with pytest.raises(HomeAssistantError, match="broke off the connection"):
        await playing
    assert player.played == []
    assert our_tasks() == []


async def test_a_media_item_outlives_its_entry(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """So it is for who chose the greeting in the Media panel; nothing is kept."""
    assert await async_setup_component(hass, "media_source", {})
    store: ClipStore = entry.runtime_data.clips
    gate = Gate(pbx, LINK)
    media = f"media-source://{DOMAIN}/{entry.entry_id}/greetings/3200/closed.WAV"
    resolving = asyncio.create_task(async_resolve_media(hass, media, None))
    await gate.arrived()

    assert await hass.config_entries.async_unload(entry.entry_id)
    gate.open()

    with pytest.raises(Unresolvable, match="broke off the connection"):
        await resolving
    assert store.size == 0
    assert our_tasks() == []


@without_ffmpeg
async def test_a_fetch_ends_before_the_token_is_waited_for(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A clip that arrives while an unload waits would stay when all else is gone."""
    store: ClipStore = entry.runtime_data.clips
    download = Gate(pbx, "download")
    fetching = asyncio.create_task(store.get("3200", "vm_welcome.wav"))
    await download.arrived()
    freezer.tick(timedelta(minutes=31))
    refresh = Gate(pbx, "refresh_token")
    renewing = asyncio.create_task(entry.runtime_data.client.get_information())
    await refresh.arrived()

    unloading = asyncio.create_task(hass.config_entries.async_unload(entry.entry_id))
    download.open()
    await asyncio.wait([fetching])
    refresh.open()
    assert await unloading

    await asyncio.gather(fetching, renewing, return_exceptions=True)
    assert store.size == 0


# --- who gets nothing ----------------------------------------------------------------
