"""A PBX with a name that only Home Assistant's resolver knows, at several addresses.

The fault matrix has names whose other addresses refuse connections.
"""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.yeastar_vm.pbx.http.transport import CONNECT_TIMEOUT
from simulator import DeadAddress, PbxSimulator, Resolve
from tests.clock import Clock
from tests.common import Player, call, entry_for, load
from tests.window import Window


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["127.0.0.9", "127.0.0.1"], ["127.0.0.1", "127.0.0.9"]]
)
async def test_a_pbx_is_added_under_its_name(
    clock: Clock,
    hass: HomeAssistant,
    resolve: Resolve,
    pbx: PbxSimulator,
    addresses: list[str],
) -> None:
    """The user sees its certificate and trusts it; another address does not answer.

    The other address is waited for only once, and its failure looked into once.
    """
    resolve("pbx.local", addresses)
    window = Window(hass, pbx)
    started = hass.loop.time()
    with DeadAddress("127.0.0.9", pbx.port), clock.running():
        await window.open()
        shown = await window.sign_in(url=f"https://pbx.local:{pbx.port}")
        assert shown["step_id"] == "certificate"
        created = await window.submit()

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert created["data"]["certificate_fingerprint"] == pbx.fingerprint
    assert hass.loop.time() - started < 2 * CONNECT_TIMEOUT


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.9", "127.0.0.1"],
        pytest.param(["::1", "127.0.0.1"], marks=pytest.mark.ipv6),
    ],
)
async def test_a_greeting_is_played_from_the_address_that_answers(
    hass: HomeAssistant,
    resolve: Resolve,
    pbx: PbxSimulator,
    player: Player,
    addresses: list[str],
) -> None:
    """Also if the one before it does not answer at all."""
    resolve("pbx.local", addresses)
    pbx.base_url = f"https://pbx.local:{pbx.port}"
    with DeadAddress(addresses[0], pbx.port):
        await load(hass, entry_for(pbx))
        await call(
            hass,
            "play_greeting",
            extension="0042",
            file="hello.wav",
            entity_id="media_player.kitchen",
        )

    assert len(player.played) == 1
