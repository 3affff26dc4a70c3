"""The background tasks that keep the mailboxes of a PBX up to date."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback


class Tasks:
    """Background tasks of a config entry."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        self._hass = hass
        self._entry = entry
        self._tasks = set[asyncio.Task[None]]()

    @callback
    def async_create(
        self, target: Coroutine[Any, Any, None], what: str
    ) -> asyncio.Task[None]:
        """Run something in the background, from the next turn of the event loop on."""
        task = self._entry.async_create_background_task(
            self._hass, target, f"{what} of {self._entry.title}", eager_start=False
        )
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    async def async_cancel(self) -> None:
        """Cancel all tasks, and wait for their end.

        Home Assistant does so, too, but only after the unload: interrupted there, it
        leaves the entry between loaded and unloaded.
        """
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
