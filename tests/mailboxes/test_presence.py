"""The presence of an extension: set here and there, custom ones, not monitored."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Fault, PbxSimulator, Says, Spoiler
from tests.clock import Clock
from tests.common import HOUR, MINUTE, asked

from .common import PRESENCE, select_presence


def presence(hass: HomeAssistant) -> tuple[str, Any]:
    """Return what the select shows and offers."""
    state = hass.states.get(PRESENCE)
    assert state
    return state.state, state.attributes["options"]


async def test_what_is_set_here_is_seen_there(
    hass: HomeAssistant, http_pbx: PbxSimulator, clock: Clock, leo: MockConfigEntry
) -> None:
    """At once, and until it is set there."""
    await select_presence(hass, "lunch")

    assert http_pbx.extensions["3200"].presence == "lunch"
    assert presence(hass)[0] == "lunch"

    await clock.pass_time(10)
    http_pbx.set_presence("3200", "away")
    await clock.pass_time(10)

    assert presence(hass)[0] == "away"


async def test_what_is_set_there_is_seen_here(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
) -> None:
    """Through an event, at the cost of one request."""
    http_pbx.set_presence("3200", "away")
    await clock.pass_time(2)

    assert presence(hass)[0] == "away"
    assert asked(http_pbx) == {"extension/search": 1}


@pytest.mark.parametrize("named", [True, False])
async def test_a_custom_presence(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    *,
    named: bool,
) -> None:
    """It has the name that people gave it, and is offered only while it is set."""
    http_pbx.switches.presence_event_custom = named
    http_pbx.set_presence("3200", "away", "In the garden")
    await clock.pass_time(2)
    assert presence(hass)[0] == "In the garden"
    assert "In the garden" in presence(hass)[1]

    await select_presence(hass, "In the garden")
    assert http_pbx.extensions["3200"].custom_presence == "In the garden"
    await select_presence(hass, "available")
    await clock.pass_time(10)

    assert presence(hass)[0] == "available"
    assert "In the garden" not in presence(hass)[1]
    with pytest.raises(ServiceValidationError):
        await select_presence(hass, "In the garden")


@pytest.mark.parametrize("fault", [Says({"errcode": -1}), Fault.BAD_GATEWAY_502])
@pytest.mark.parametrize("announced", [True, False])
async def test_a_presence_that_the_pbx_does_not_tell(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    fault: Spoiler,
    *,
    announced: bool,
) -> None:
    """It is not known; the PBX is asked again soon."""
    http_pbx.faults["extension/search"] = fault
    http_pbx.switches.monitored = None if announced else frozenset()
    http_pbx.set_presence("3200", "away")
    if not announced:
        await leo.runtime_data.mailboxes.boxes.async_refresh()
    await clock.pass_time(2)
    assert presence(hass)[0] == "unavailable"

    del http_pbx.faults["extension/search"]
    await clock.pass_time(6 * MINUTE)

    assert presence(hass)[0] == "away"


async def test_an_extension_that_is_not_monitored(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
) -> None:
    """No event tells of it: it is seen within half an hour."""
    http_pbx.switches.monitored = frozenset()
    http_pbx.set_presence("3200", "business_trip")

    await clock.pass_time(HOUR - 20 * 60)

    assert presence(hass)[0] == "business_trip"


async def test_many_changes_are_few_requests(
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
) -> None:
    """An administrator who edits all extensions starts no storm."""
    for _ in range(30):
        http_pbx.announce_extension("3200", "UPDATE")
        await clock.pass_time(1)

    assert asked(http_pbx) == {"extension/search": 6}


async def test_a_presence_that_may_not_be_set(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """The error says so, and the select shows what the PBX has."""
    http_pbx.errcodes["extension/update"] = 10005

    with pytest.raises(HomeAssistantError):
        await select_presence(hass, "lunch")

    assert presence(hass)[0] == "available"


async def test_a_presence_that_the_pbx_does_not_take(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """That is not said to be an extension that does not exist: it was just found."""
    http_pbx.errcodes["extension/update"] = 40002

    with pytest.raises(HomeAssistantError, match="error 40002"):
        await select_presence(hass, "lunch")


async def test_a_presence_of_an_extension_that_was_just_deleted(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """The error says that it is not there."""
    del http_pbx.extensions["3200"]

    with pytest.raises(HomeAssistantError, match="has no extension"):
        await select_presence(hass, "lunch")

    assert asked(http_pbx) == {"extension/search": 1}
