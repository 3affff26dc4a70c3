"""What the tests of changes share."""

from collections.abc import AsyncIterator
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.services.greetings import box
from simulator import Names

from .home import Shelf
from .media import Serve, internet


@pytest.fixture
def shelf(hass: HomeAssistant, entry: MockConfigEntry, tmp_path: Path) -> Shelf:
    """Return the local media of Home Assistant, which has an entry."""
    hass.config.media_dirs["local"] = str(tmp_path)
    return Shelf(tmp_path)


@pytest.fixture(autouse=True)
def _lists_are_current(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for what a PBX lists late."""
    monkeypatch.setattr(box, "LIST_TIME", 0)


@pytest.fixture
async def texts(names: Names, hass: HomeAssistant) -> None:
    """Let Home Assistant know the integration, for its texts."""
    assert await async_setup_component(hass, "yeastar_vm", {})


@pytest.fixture
async def serve(names: Names) -> AsyncIterator[Serve]:
    """Return what lets a server of the internet answer with something."""
    async with internet(names) as serve:
        yield serve
