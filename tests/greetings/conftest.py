"""What the tests of changes share."""

from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.services.greetings import box

from .home import Shelf


@pytest.fixture
def shelf(hass: HomeAssistant, entry: MockConfigEntry, tmp_path: Path) -> Shelf:
    """Return the local media of Home Assistant, which has an entry."""
    hass.config.media_dirs["local"] = str(tmp_path)
    return Shelf(tmp_path)


@pytest.fixture(autouse=True)
def _lists_are_current(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for what a PBX lists late."""
    monkeypatch.setattr(box, "LIST_TIME", 0)
