"""The presences of many extensions: few requests, without their passwords."""

import asyncio
from collections.abc import Iterable

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator
from simulator.many import many_extensions
from tests.clock import Clock
from tests.common import HOUR, MINUTE, asked, shown
from tests.gate import Gate

from .common import add_with_mailboxes, load_with_mailboxes, mailbox, select_presence

GARDEN = "In the garden"
# On the first page of the extensions, and behind it.
FIRST = [str(number) for number in range(1000, 1004)]
LATER = [str(number) for number in range(1550, 1554)]
DENIED = {10005, 10009}  # what the PBX says to whoever lacks a permission


def mailboxes(pbx: PbxSimulator, numbers: Iterable[str]) -> list[ConfigSubentry]:
    """Return mailboxes with the IDs of their extensions."""
    return [
        mailbox(number, f"Person {number}", extension_id=pbx.extension_id(number))
        for number in numbers
    ]


def select(number: str) -> str:
    """Return the ID of the select of an extension."""
    return f"select.person_{number}_{number}_presence"


def presence(hass: HomeAssistant, number: str) -> str:
    """Return what the select of an extension shows."""
    state = hass.states.get(select(number))
    assert state
    return state.state


async def unload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Unload an entry."""
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
def large(http_pbx: PbxSimulator) -> PbxSimulator:
    """Return a PBX with more extensions than a page has, none of them monitored."""
    http_pbx.extensions = many_extensions(600, 1)
    http_pbx.switches.max_page_size = None
    http_pbx.switches.monitored = frozenset()
    return http_pbx


async def test_the_first_page_is_enough(
    hass: HomeAssistant, large: PbxSimulator, clock: Clock
) -> None:
    """Its list names custom presences, and has no passwords."""
    large.set_presence(FIRST[0], "away", GARDEN)
    entry = await load_with_mailboxes(hass, large, *mailboxes(large, FIRST))
    assert presence(hass, FIRST[0]) == GARDEN
    large.set_presence(FIRST[1], "lunch", "Canteen")
    large.set_presence(FIRST[0], "away")
    large.requests.clear()

    await clock.pass_time(35 * MINUTE)

    assert presence(hass, FIRST[0]) == "away"
    assert presence(hass, FIRST[1]) == "Canteen"
    assert asked(large)["extension/list"] <= 4
    assert asked(large)["extension/query"] == 0
    await unload(hass, entry)


async def test_extensions_behind_the_first_page(
    hass: HomeAssistant, large: PbxSimulator, clock: Clock
) -> None:
    """The list is read as far as they are in it, with the start and half-hourly."""
    large.set_presence(LATER[0], "away", GARDEN)
    entry = await load_with_mailboxes(hass, large, *mailboxes(large, FIRST + LATER))
    assert presence(hass, LATER[0]) == GARDEN
    assert presence(hass, LATER[1]) == "available"
    assert asked(large)["extension/list"] == 2
    large.set_presence(LATER[1], "business_trip")
    large.requests.clear()

    await clock.pass_time(35 * MINUTE)

    assert presence(hass, LATER[0]) == GARDEN
    assert presence(hass, LATER[1]) == "business_trip"
    assert asked(large)["extension/list"] <= 8
    assert asked(large)["extension/query"] == asked(large)["extension/get"] == 0
    await unload(hass, entry)


@pytest.mark.parametrize(
    ("count", "endpoint"), [(3, "extension/search"), (4, "extension/list")]
)
async def test_few_extensions_and_more(
    hass: HomeAssistant, large: PbxSimulator, count: int, endpoint: str
) -> None:
    """A few are searched; more of them are read from the list of all."""
    entry = await load_with_mailboxes(hass, large, *mailboxes(large, FIRST[:count]))

    assert [each for each in asked(large) if each.startswith("extension")] == [endpoint]
    await unload(hass, entry)


async def test_the_messages_do_not_wait_for_the_presences(
    hass: HomeAssistant, large: PbxSimulator, clock: Clock
) -> None:
    """They are known before the PBX lists its extensions."""
    gate = Gate(large, "extension/list")
    entry = await add_with_mailboxes(hass, large, *mailboxes(large, FIRST))
    await hass.config_entries.async_setup(entry.entry_id)
    await gate.arrived()
    await clock.pass_time(1)
    assert shown(hass, f"sensor.person_{FIRST[0]}_{FIRST[0]}_unread_messages") == "0"
    assert presence(hass, FIRST[0]) == "unavailable"

    gate.open()
    await clock.pass_time(1)

    assert presence(hass, FIRST[0]) == "available"
    await unload(hass, entry)


async def test_a_custom_presence_that_is_replaced_here(
    hass: HomeAssistant, large: PbxSimulator, clock: Clock
) -> None:
    """It does not come back, though it stood for what was selected."""
    large.switches.monitored = None
    entry = await load_with_mailboxes(hass, large, *mailboxes(large, LATER))
    large.set_presence(LATER[0], "away", GARDEN)
    await clock.pass_time(10)
    large.switches.monitored = frozenset()
    large.switches.api_change_announced = False

    await select_presence(hass, "away", select(LATER[0]))
    await clock.pass_time(HOUR)

    assert presence(hass, LATER[0]) == "away"
    await unload(hass, entry)


@pytest.mark.parametrize(
    ("errcode", "is_asked_soon"),
    [
        *((errcode, False) for errcode in (10005, 10009, 10001)),
        *((errcode, True) for errcode in (60001, 40002, -2)),
    ],
)
async def test_a_list_that_is_refused(
    hass: HomeAssistant,
    large: PbxSimulator,
    clock: Clock,
    errcode: int,
    expected_warnings: list[str],
    *,
    is_asked_soon: bool,
) -> None:
    """Presences are not known, and the messages are there all the same.

    Where it may be otherwise soon, the PBX is asked again soon.
    """
    if errcode in DENIED:
        expected_warnings.append("denies access to extensions")
    large.errcodes["extension/list"] = errcode

    entry = await load_with_mailboxes(hass, large, *mailboxes(large, FIRST + LATER))
    large.requests.clear()
    await clock.pass_time(HOUR)

    assert presence(hass, FIRST[0]) == "unavailable"
    assert shown(hass, f"sensor.person_{LATER[0]}_{LATER[0]}_unread_messages") == "0"
    assert (asked(large)["extension/list"] > 10) is is_asked_soon
    await unload(hass, entry)


async def test_extensions_that_are_all_denied(
    hass: HomeAssistant,
    large: PbxSimulator,
    clock: Clock,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log says so once, also where many requests could tell, and when it ends."""
    expected_warnings.append("denies access to extensions")
    large.errcodes["extension/list"] = 10005

    entry = await load_with_mailboxes(hass, large, *mailboxes(large, FIRST + LATER))
    await clock.pass_time(HOUR)

    assert presence(hass, FIRST[0]) == presence(hass, LATER[0]) == "unavailable"
    assert caplog.text.count("denies access to extensions") == 1
    assert "grants access" not in caplog.text

    del large.errcodes["extension/list"]
    await clock.pass_time(HOUR)

    assert presence(hass, FIRST[0]) == presence(hass, LATER[0]) == "available"
    assert caplog.text.count("grants access to extensions again") == 1
    await unload(hass, entry)


async def test_a_presence_that_is_selected_while_the_pbx_is_asked(
    hass: HomeAssistant, large: PbxSimulator
) -> None:
    """What the PBX says of the time before does not bring the former one back."""
    large.switches.api_change_announced = False
    entry = await load_with_mailboxes(hass, large, *mailboxes(large, FIRST))
    gate = Gate(large, "extension/list")
    refreshed = asyncio.create_task(entry.runtime_data.mailboxes.boxes.async_refresh())
    await gate.arrived()

    data = {"entity_id": select(FIRST[0]), "option": "lunch"}
    await hass.services.async_call("select", "select_option", data, blocking=True)
    gate.open()
    await refreshed

    assert presence(hass, FIRST[0]) == "lunch"
    await unload(hass, entry)
