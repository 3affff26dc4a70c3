"""How long an action waits for the PBX."""

import asyncio
from collections.abc import Awaitable, Callable

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.const import DOMAIN
from simulator import PbxSimulator
from simulator.lines import Delay, Line
from tests.clock import Clock
from tests.common import Player, call, endpoints, play
from tests.gate import Gate

from .calls import refusal

TOO_SLOW = (
    "The PBX was too slow: it took more than {} seconds. Check how busy the PBX is, "
    "and the connection to it."
)
INTERRUPTED = (
    "This was interrupted, because the integration was reloaded or Home Assistant is "
    "stopping. Run it again once the PBX is connected."
)
LIST, LINK = "extension_vm_greeting/list", "extension_vm_greeting/play"


async def test_look_ups_have_one_limit(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    clock: Clock,
) -> None:
    """Each request would still be in time; all of them are not."""
    pbx.faults["*"] = Delay(25)
    start = hass.loop.time()

    with clock.running():
        message = await refusal(hass, extension="0042")

    assert message == TOO_SLOW.format(40)
    assert endpoints(pbx) == [LIST, LINK]
    assert 40 <= hass.loop.time() - start < 45
    assert player.played == []


@pytest.mark.usefixtures("entry")
async def test_a_list_has_the_same_limit(
    hass: HomeAssistant, pbx: PbxSimulator, clock: Clock
) -> None:
    """An extension without greetings takes two requests."""
    pbx.faults["*"] = Delay(25)

    with clock.running(), pytest.raises(HomeAssistantError, match="too slow"):
        await call(hass, "list_greetings", extension="3201")


async def test_a_slow_answer_is_in_time(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    player: Player,
    clock: Clock,
) -> None:
    """A single one is waited for."""
    http_pbx.faults["*"] = Delay(20)

    with clock.running():
        await play(hass, extension="0042", file="hello.wav")

    assert len(player.played) == 1


async def test_the_delivery_has_a_limit(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    clock: Clock,
) -> None:
    """A download may take longer than a request, but not forever."""
    pbx.faults["download"] = Line(bytes_per_second=100)
    start = hass.loop.time()

    with clock.running():
        message = await refusal(hass, extension="0042", file="hello.wav")

    assert message == (
        "The audio could not be fetched from the PBX and converted within "
        "120 seconds. Check the connection to the PBX and the "
        "processor load of the system that runs Home Assistant."
    )
    assert hass.loop.time() - start < 120 + 40
    assert player.played == []


async def test_waiting_ends_when_home_assistant_stops(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """The automations are told so, and nobody waits for the PBX."""
    gate = Gate(pbx, LINK)
    calls = [
        asyncio.create_task(refusal(hass, extension="0042", file="hello.wav"))
        for _ in range(5)
    ]
    await gate.arrived(5)

    async with asyncio.timeout(10):  # less than a request may take
        await hass.async_stop(force=True)
        messages = await asyncio.gather(*calls)

    assert set(messages) == {INTERRUPTED}
    assert player.played == []


async def unload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Unload a PBX."""
    await hass.config_entries.async_unload(entry.entry_id)


async def reload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Reload a PBX, as after its options changed."""
    await hass.config_entries.async_reload(entry.entry_id)


async def disable(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Disable a PBX."""
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )


async def remove(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Remove a PBX."""
    await hass.config_entries.async_remove(entry.entry_id)


@pytest.mark.parametrize("end", [unload, reload, disable, remove])
@pytest.mark.parametrize(
    ("endpoint", "delivery"),
    [(LIST, "auto"), (LINK, "auto"), ("download", "direct"), ("download", "relay")],
)
async def test_waiting_ends_when_the_pbx_is_no_longer_loaded(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    end: Callable[[HomeAssistant, MockConfigEntry], Awaitable[None]],
    endpoint: str,
    delivery: str,
) -> None:
    """The automation is told that it was Home Assistant, and not the PBX."""
    gate = Gate(pbx, endpoint)
    call = asyncio.create_task(refusal(hass, extension="0042", delivery=delivery))
    await gate.arrived()

    async with asyncio.timeout(10):  # less than a request may take
        await end(hass, entry)
        message = await call

    assert message == INTERRUPTED
    assert player.played == []
    assert DOMAIN not in {domain for domain, _ in ir.async_get(hass).issues}
