"""Home Assistant as it stops, or crashes, and starts again with the same files."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock, patch

from homeassistant.bootstrap import async_load_base_functionality
from homeassistant.components.http.server import HomeAssistantHTTP
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import (
    CoreState,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.storage import Store
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from custom_components.yeastar_vm.const import DOMAIN


class House:
    """A folder in which one Home Assistant runs after the other."""

    hass: HomeAssistant
    """The one that runs, or did last."""

    def __init__(
        self,
        folder: Path,
        ffmpeg: str,
        configuration: dict[str, Any] | None = None,
    ) -> None:
        """Begin with a folder. `configuration` is what `configuration.yaml` says."""
        self.folder = folder
        self.configuration = {"ffmpeg": {"ffmpeg_bin": ffmpeg}, **(configuration or {})}
        self._ends = AsyncExitStack()
        self.is_running = False

    def watch(self, hass: HomeAssistant) -> None:
        """Look at a Home Assistant that has not set anything up yet."""

    @property
    def entry(self) -> ConfigEntry[Any]:
        """Return the entry of the PBX."""
        [entry] = self.hass.config_entries.async_entries(DOMAIN)
        return entry

    async def start(self) -> None:
        """Start Home Assistant as in production: from the files, in the usual order."""
        self.hass = hass = await self._ends.enter_async_context(
            async_test_home_assistant(
                load_registries=False,
                config_dir=str(self.folder),
                initial_state=CoreState.not_running,
            )
        )
        self.is_running = True
        hass.data.pop(DATA_CUSTOM_COMPONENTS)
        self.watch(hass)
        assert await async_load_base_functionality(hass)
        with patch.object(HomeAssistantHTTP, "start"):
            for domain in (*self.configuration, DOMAIN):
                assert await async_setup_component(hass, domain, self.configuration)
            await hass.async_block_till_done()
            await hass.async_start()
        await hass.async_block_till_done()

    async def stop(self) -> None:
        """Stop Home Assistant, which writes what is not yet written."""
        if self.is_running:
            self.is_running = False
            await self.hass.async_stop()
        await self._ends.aclose()

    async def restart(self) -> None:
        """Restart Home Assistant."""
        await self.stop()
        await self.start()

    def cut_power(self) -> None:
        """Let nothing be written from now on; `stop` is still to be called."""
        self._ends.enter_context(
            patch.object(Store, "_async_write_data", AsyncMock(name="no power"))
        )

    def cut_power_when_told(self, entity_id: str, event_type: str) -> None:
        """Let nothing be written from the moment on at which an event is told."""

        @callback
        def told(event: Event[EventStateChangedData]) -> None:
            new = event.data["new_state"]
            if new and new.attributes.get("event_type") == event_type:
                self.cut_power()

        async_track_state_change_event(self.hass, entity_id, told)

    async def crash(self) -> None:
        """End Home Assistant, which no longer writes anything."""
        self.cut_power()
        await self.stop()
