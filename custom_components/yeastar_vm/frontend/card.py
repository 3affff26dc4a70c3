"""The card as a resource of the dashboards.

It is a resource rather than an extra module of the frontend, because dashboards wait
for resources, and the shell of the frontend may replace the registry of custom elements
after its modules were loaded.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
import hashlib
from pathlib import Path
from typing import Any, Final

from homeassistant.components.http import StaticPathConfig
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.setup import async_when_setup

from ..const import DOMAIN

FILE: Final = Path(__file__).with_name("yeastar-vm-card.js")
PATH: Final = f"/{DOMAIN}/{FILE.name}"
DASHBOARDS: Final = "lovelace"
FRONTEND: Final = "frontend"
VERSION_DIGITS: Final = (
    12  # hex digits of the digest, so that browsers notice a new file
)


@dataclass(frozen=True, slots=True)
class Changes:
    """What has to change so that the dashboards load the card once, or not at all."""

    create: bool = False
    update: str | None = None
    delete: tuple[str, ...] = ()


def changes(items: Iterable[Mapping[str, Any]], url: str | None) -> Changes:
    """Return what has to change among the resources; without a URL, the card goes.

    A resource is the card's if it has its path, whatever its query is.
    """
    own = [item for item in items if item["url"].partition("?")[0] == PATH]
    if url is None:
        return Changes(delete=tuple(item["id"] for item in own))
    if not own:
        return Changes(create=True)
    kept, *others = own
    return Changes(
        update=kept["id"] if kept["url"] != url else None,
        delete=tuple(item["id"] for item in others),
    )


@dataclass(slots=True)
class _Card:
    """The card, which the dashboards load for as long as there is a config entry."""

    hass: HomeAssistant
    url: str
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _is_extra_module: bool = False

    async def async_update(self, *_: object) -> None:
        """Let the dashboards load the card, or no longer."""
        # The frontend may be missing altogether.
        from homeassistant.components.lovelace.const import (  # noqa: PLC0415
            LOVELACE_DATA,
            MODE_STORAGE,
        )

        async with self._lock:
            is_wanted = bool(self.hass.config_entries.async_entries(DOMAIN))
            dashboards = self.hass.data[LOVELACE_DATA]
            if dashboards.resource_mode == MODE_STORAGE:
                await self._update_resource(
                    dashboards.resources, self.url if is_wanted else None
                )
            else:
                self._update_extra_module(is_wanted=is_wanted)

    async def _update_resource(self, resources: Any, url: str | None) -> None:
        # Otherwise, the resources might not be loaded from their file yet.
        await resources.async_get_info()
        change = changes(resources.async_items(), url)
        for resource_id in change.delete:
            await resources.async_delete_item(resource_id)
        if change.update:
            await resources.async_update_item(change.update, {"url": url})
        if change.create:
            await resources.async_create_item({"res_type": "module", "url": url})

    def _update_extra_module(self, *, is_wanted: bool) -> None:
        """Load the card with the frontend: resources in YAML cannot be written."""
        from homeassistant.components import frontend  # noqa: PLC0415

        is_there = FRONTEND in self.hass.config.components
        if is_wanted is self._is_extra_module or not is_there:
            return
        change = (
            frontend.add_extra_js_url if is_wanted else frontend.remove_extra_js_url
        )
        change(self.hass, self.url)
        self._is_extra_module = is_wanted


async def async_setup_card(hass: HomeAssistant) -> None:
    """Serve the card, and let the dashboards load it while there is a config entry."""
    digest = await hass.async_add_executor_job(_digest)
    await hass.http.async_register_static_paths(
        [StaticPathConfig(PATH, str(FILE), cache_headers=True)]
    )
    card = _Card(hass, f"{PATH}?v={digest}")

    @callback
    def entry_changed(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if (
            entry.domain == DOMAIN
            and change is not ConfigEntryChange.UPDATED
            and DASHBOARDS in hass.config.components
        ):
            hass.async_create_task(card.async_update(), "update the card")

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, entry_changed)
    async_when_setup(hass, DASHBOARDS, card.async_update)
    # It is set up after the dashboards.
    async_when_setup(hass, FRONTEND, card.async_update)


def _digest() -> str:
    return hashlib.sha256(FILE.read_bytes()).hexdigest()[:VERSION_DIGITS]
