"""Files of config entries, beside the configuration."""

from collections.abc import Callable, Mapping
from typing import Any, Final, override

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.storage import Store

STORAGE_VERSION: Final = 1


class EntryStore[Data: Mapping[str, Any]](Store[Data]):
    """A file of a config entry. What was saved last is in it after a stop.

    Home Assistant cancels a write that still waits for a thread when it stops, after
    that write has taken its data. So the data is written once more then.
    """

    _latest: Callable[[], Data]
    _stop_listening: CALLBACK_TYPE | None = None

    def __init__(
        self, hass: HomeAssistant, key: str, *, minor_version: int = 1
    ) -> None:
        super().__init__(
            hass, STORAGE_VERSION, key, minor_version=minor_version, private=True
        )

    @callback
    @override
    def async_delay_save(self, data_func: Callable[[], Data], delay: float = 0) -> None:
        """Save data after a delay in seconds."""
        self._async_keep_latest(data_func)
        super().async_delay_save(data_func, delay)

    async def async_save_now(self, data_func: Callable[[], Data]) -> None:
        """Save data, and wait until it is written."""
        self._async_keep_latest(data_func)
        await self.async_save(data_func())

    @override
    async def async_remove(self) -> None:
        """Delete the file."""
        if self._stop_listening:
            self._stop_listening()
            self._stop_listening = None
        # Otherwise, a write that has begun would create the file again.
        await self.async_save({})  # type: ignore[arg-type]
        await super().async_remove()

    @callback
    def _async_keep_latest(self, data_func: Callable[[], Data]) -> None:
        self._latest = data_func
        if self._stop_listening is None:
            self._stop_listening = self.hass.bus.async_listen(
                EVENT_HOMEASSISTANT_STOP, self._async_stop
            )

    @callback
    def _async_stop(self, _: Event) -> None:
        super().async_delay_save(self._latest)
