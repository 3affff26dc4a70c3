"""Home Assistant as it stops, or crashes, and starts again with the same files."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any
from unittest.mock import AsyncMock, patch

from homeassistant.bootstrap import async_load_base_functionality
from homeassistant.components.http.server import HomeAssistantHTTP
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from custom_components.yeastar_vm.const import DOMAIN


class House:
    """A folder in which one Home Assistant runs after the other."""

    def __init__(
        self,
        folder: str,
        configuration: dict[str, Any],
        watch: Callable[[HomeAssistant], None],
    ) -> None:
        """Begin with a folder.

        `configuration` is what `configuration.yaml` says. `watch` is called with each
        Home Assistant before it sets anything up.
        """
        self._folder = folder
        self._configuration = configuration
        self._watch = watch
        self._hass: HomeAssistant | None = None
        self._ends = AsyncExitStack()

    async def start(self) -> HomeAssistant:
        """Start Home Assistant as in production: from the files, in the usual order."""
        hass = self._hass = await self._ends.enter_async_context(
            async_test_home_assistant(
                load_registries=False,
                config_dir=self._folder,
                initial_state=CoreState.not_running,
            )
        )
        hass.data.pop(DATA_CUSTOM_COMPONENTS)
        self._watch(hass)
        assert await async_load_base_functionality(hass)
        with patch.object(HomeAssistantHTTP, "start"):
            for domain in (*self._configuration, DOMAIN):
                assert await async_setup_component(hass, domain, self._configuration)
            await hass.async_block_till_done()
            await hass.async_start()
        await hass.async_block_till_done()
        return hass

    async def stop(self) -> None:
        """Stop Home Assistant, which writes what is not yet written."""
        if self._hass:
            hass, self._hass = self._hass, None
            await hass.async_stop()
        await self._ends.aclose()

    def cut_power(self) -> None:
        """Let nothing be written from now on; `stop` is still to be called."""
        self._ends.enter_context(
            patch.object(Store, "_async_write_data", AsyncMock(name="no power"))
        )

    async def crash(self) -> None:
        """End Home Assistant, which no longer writes anything."""
        self.cut_power()
        await self.stop()
