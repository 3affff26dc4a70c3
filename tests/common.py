"""What tests of everything need: entries, players, and what was asked and left."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from typing import Any, Final

from aiohttp.test_utils import TestClient
from homeassistant.components.media_player import (
    MediaPlayerEntity,
    MediaPlayerEntityFeature,
    MediaPlayerState,
)
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    setup_test_component_platform,
)

from custom_components.yeastar_vm.config_flow import YeastarConfigFlow
from custom_components.yeastar_vm.const import DOMAIN
from simulator import PbxSimulator
from simulator.model import RecordedRequest

MINUTE = 60
HOUR = 60 * MINUTE
LINK = "extension_vm_greeting/play"
KITCHEN: Final[dict[str, Any]] = {"entity_id": "media_player.kitchen"}

type Fetcher = TestClient[Any, Any]
"""What fetches URLs of Home Assistant, as a player does."""


def entry_for(simulator: PbxSimulator, **data: Any) -> MockConfigEntry:
    """Return the entry of a simulator, signed in with credentials, without a token."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=simulator.name,
        unique_id=simulator.serial_number,
        minor_version=YeastarConfigFlow.MINOR_VERSION,
        data={
            "url": simulator.base_url,
            "certificate_fingerprint": simulator.fingerprint or None,
            "client_id": simulator.client_id,
            "client_secret": simulator.client_secret,
            **data,
        },
    )


async def load(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Set an entry up."""
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    return entry


def state_of(entry: ConfigEntry[Any]) -> ConfigEntryState:
    """Return the state of an entry, which may be another one later."""
    return entry.state


def shown(hass: HomeAssistant, entity_id: str) -> str:
    """Return the state that an entity shows."""
    state = hass.states.get(entity_id)
    assert state
    return state.state


class Player(MediaPlayerEntity):
    """A media player that remembers what it was told to play."""

    _attr_should_poll = False
    _attr_state = MediaPlayerState.IDLE

    def __init__(
        self,
        name: str,
        features: MediaPlayerEntityFeature = MediaPlayerEntityFeature.PLAY_MEDIA,
        *,
        available: bool = True,
    ) -> None:
        """Make a player whose entity ID is `media_player.<name>`."""
        self._attr_name = name
        self._attr_unique_id = name
        self._attr_supported_features = features
        self._attr_available = available
        self.played: list[tuple[str, str, dict[str, Any]]] = []
        self.error: Exception | None = None

    async def async_play_media(
        self, media_type: str, media_id: str, **kwargs: Any
    ) -> None:
        """Remember type, URL and options."""
        if self.error:
            raise self.error
        self.played.append((media_type, media_id, kwargs))


async def add_players(hass: HomeAssistant, *players: Player) -> None:
    """Set players up in Home Assistant."""
    setup_test_component_platform(hass, "media_player", players)
    assert await async_setup_component(
        hass, "media_player", {"media_player": {"platform": "test"}}
    )
    await hass.async_block_till_done()


async def call(hass: HomeAssistant, action: str, **data: Any) -> dict[str, Any]:
    """Call an action, and return its response if it has one."""
    supports_response = hass.services.supports_response(DOMAIN, action)
    response = await hass.services.async_call(
        DOMAIN,
        action,
        data,
        blocking=True,
        return_response=supports_response is not SupportsResponse.NONE,
    )
    return dict(response or {})


async def told(failing: Awaitable[Any]) -> str:
    """Return what the user is told by something that fails."""
    with pytest.raises(HomeAssistantError) as caught:
        await failing
    assert caught.value.translation_domain in (DOMAIN, "homeassistant")
    # Home Assistant leaves the full stop of a text out.
    return f"{str(caught.value).removesuffix('.')}."


async def play(hass: HomeAssistant, **data: Any) -> dict[str, Any]:
    """Play a greeting in the kitchen, that of the start unless another one is named."""
    if not data.keys() & {"extension", "file", "media"}:
        data = {"extension": "3200", "file": "vm_welcome.wav", **data}
    if not data.keys() & {"entity_id", "area_id", "label_id", "device_id"}:
        data |= KITCHEN
    return await call(hass, "play_greeting", **data)


def endpoints(pbx: PbxSimulator) -> list[str]:
    """Return what the PBX was asked, in order."""
    return [request.endpoint for request in pbx.requests]


def newly_asked(pbx: PbxSimulator) -> list[str]:
    """Return what the PBX was asked since the last time, in order."""
    new = endpoints(pbx)
    pbx.requests.clear()
    return new


def asked(pbx: PbxSimulator) -> Counter[str]:
    """Return how often the PBX was asked what."""
    return Counter(request.endpoint for request in pbx.requests)


def issues(hass: HomeAssistant) -> list[str | None]:
    """Return the repair issues that the user sees, by their texts."""
    return [
        issue.translation_key
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active
    ]


def reauth_flows(hass: HomeAssistant) -> list[Any]:
    """Return the reauthentications that wait for the user."""
    return [
        flow
        for flow in hass.config_entries.flow.async_progress()
        if flow["context"]["source"] == "reauth"
    ]


def arrival(pbx: PbxSimulator, endpoint: str) -> asyncio.Event:
    """Return what is set when the next request for an endpoint arrives."""
    arrived = asyncio.Event()

    class Requests(list[RecordedRequest]):
        def append(self, request: RecordedRequest) -> None:
            super().append(request)
            if request.endpoint == endpoint:
                arrived.set()

    pbx.requests = Requests(pbx.requests)
    return arrived


def our_tasks() -> list[str]:
    """Return the tasks that run code of the integration."""
    return [
        repr(task)
        for task in asyncio.all_tasks()
        if "yeastar_vm" in repr(task.get_coro())
    ]
