"""Lists that grow while a test waits for them."""

import asyncio
from collections.abc import Callable
from typing import Any, override

from homeassistant.core import Event, HomeAssistant, callback


class Growing[T](list[T]):
    """A list for which a test can wait until it is long enough."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self._grown = asyncio.Event()

    @override
    def append(self, item: T) -> None:
        super().append(item)
        self._grown.set()

    async def wait_for(self, count: int) -> None:
        """Wait until there is so much."""
        await self.wait_until(lambda: len(self) >= count)

    async def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until there is what a condition asks for."""
        while not condition():
            self._grown.clear()
            await self._grown.wait()


type Events = Growing[dict[str, Any]]
"""The data of events, in order."""


def fired(hass: HomeAssistant, event_type: str) -> Events:
    """Return the data of the events of a type that are fired from now on."""
    events: Events = Growing()

    @callback
    def note(event: Event) -> None:
        events.append(dict(event.data))

    hass.bus.async_listen(event_type, note)
    return events
