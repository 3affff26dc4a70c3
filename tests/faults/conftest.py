"""What the tests of faults share."""

from collections.abc import Iterator

import freezegun
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.yeastar_vm.const import DOMAIN
from tests.common import Player, entry_for, load
from tests.pbx_simulator import PbxSimulator, Resolve
from tests.window import Window

from .home import NAME, Home


@pytest.fixture
def clock() -> Iterator[FrozenDateTimeFactory]:
    """Return the clock, which stands still unless a test moves it.

    Whatever waits for a limit of time waits until the clock is moved.
    """
    with freezegun.freeze_time() as frozen:
        assert isinstance(frozen, FrozenDateTimeFactory)
        yield frozen


@pytest.fixture
async def home(
    clock: FrozenDateTimeFactory,
    resolve: Resolve,
    hass: HomeAssistant,
    pbx: PbxSimulator,
    player: Player,
    hass_client_no_auth: ClientSessionGenerator,
) -> Home:
    """Return a home with a PBX that has a name, in all respects as in production."""
    resolve(NAME, ["127.0.0.1"])
    pbx.base_url = f"https://{NAME}:{pbx.port}"
    assert await async_setup_component(hass, "media_source", {})
    assert await async_setup_component(hass, DOMAIN, {})
    speaker = await hass_client_no_auth()
    entry = await load(hass, entry_for(pbx))
    return Home(hass, pbx, resolve, clock, entry, Window(hass, pbx), player, speaker)
