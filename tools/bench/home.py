"""A real Home Assistant in this process, started as in production."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
import logging
from pathlib import Path
import sys
import time
from typing import Any, override

from homeassistant.bootstrap import async_setup_hass
from homeassistant.components.media_player import (
    DATA_COMPONENT,
    MediaPlayerEntity,
    MediaPlayerEntityFeature,
    MediaPlayerState,
)
from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.runner import RuntimeConfig

from tools.demo.audio import find_ffmpeg
from tools.demo.errors import DemoError
from tools.demo.processes import HOST, free_port

from .pbx import Pbx

PLAYER = "media_player.kitchen"

_REPOSITORY = Path(__file__).parents[2]

_CONFIGURATION = """\
homeassistant:
  name: Bench
  internal_url: http://{host}:{port}
  media_dirs:
    local: {media}
media_source:
ffmpeg:
  ffmpeg_bin: {ffmpeg}
"""


class Player(MediaPlayerEntity):
    """A media player that notes what it is told to play, and when."""

    _attr_name = "kitchen"
    _attr_should_poll = False
    _attr_state = MediaPlayerState.IDLE
    _attr_supported_features = MediaPlayerEntityFeature.PLAY_MEDIA
    _attr_unique_id = "kitchen"

    def __init__(self) -> None:
        """Begin with nothing."""
        self.urls: list[str] = []
        self.called_at = 0.0

    @override
    async def async_play_media(
        self, media_type: str, media_id: str, **kwargs: Any
    ) -> None:
        """Note URL and time."""
        self.called_at = time.perf_counter()
        self.urls.append(media_id)


@asynccontextmanager
async def home_assistant(
    folder: Path, configuration: str = ""
) -> AsyncIterator[HomeAssistant]:
    """Run Home Assistant with this repository's integration in a folder.

    `configuration` is added to its configuration.yaml.
    """
    port = free_port()
    (folder / ".storage").mkdir(parents=True)
    (folder / "media").mkdir()
    (folder / "custom_components").symlink_to(_REPOSITORY / "custom_components")
    (folder / "configuration.yaml").write_text(
        _CONFIGURATION.format(
            host=HOST, port=port, ffmpeg=find_ffmpeg(), media=folder / "media"
        )
        + configuration
    )
    http = {"server_host": [HOST], "server_port": port}
    (folder / ".storage" / "http").write_text(
        json.dumps({"version": 1, "minor_version": 1, "key": "http", "data": http})
    )
    # Home Assistant logs into its file; the terminal is for the results.
    logging.getLogger().addHandler(logging.NullHandler())
    hass = await async_setup_hass(RuntimeConfig(str(folder), skip_pip=True))
    sys.excepthook = sys.__excepthook__  # which it redirects into its log
    if hass is None or hass.config.recovery_mode:
        log = folder / "home-assistant.log"
        raise DemoError(f"Home Assistant does not start: {log.read_text()}")
    await hass.async_start()
    await hass.async_block_till_done()
    try:
        yield hass
    finally:
        await hass.async_stop()


async def add_player(hass: HomeAssistant) -> Player:
    """Add the player `media_player.kitchen`."""
    player = Player()
    await hass.data[DATA_COMPONENT].async_add_entities([player])
    return player


@asynccontextmanager
async def added_pbx(hass: HomeAssistant, pbx: Pbx) -> AsyncIterator[ConfigEntry[Any]]:
    """Add a PBX, and remove it at the end."""
    entry = await add_pbx(hass, pbx)
    yield entry
    await hass.config_entries.async_remove(entry.entry_id)


async def add_pbx(hass: HomeAssistant, pbx: Pbx) -> ConfigEntry[Any]:
    """Add a PBX as a user does."""
    flow = hass.config_entries.flow
    shown = await flow.async_init("yeastar_vm", context={"source": SOURCE_USER})
    credentials = {
        "url": pbx.base_url,
        "client_id": pbx.client_id,
        "client_secret": pbx.client_secret,
    }
    answers: list[dict[str, str]] = [{"next_step_id": "credentials"}, credentials]
    if pbx.fingerprint:
        answers.append({})  # trust the certificate
    for answer in answers:
        shown = await flow.async_configure(shown["flow_id"], answer)
    if shown["type"] is not FlowResultType.CREATE_ENTRY:
        raise DemoError(f"the PBX could not be added: {shown}")
    entry: ConfigEntry[Any] = shown["result"]
    await hass.async_block_till_done()
    if entry.state is not ConfigEntryState.LOADED:
        raise DemoError(f"the PBX could not be set up: {entry.reason}")
    return entry
