"""The presences of many extensions: few requests, and custom ones keep their names."""

from collections.abc import Iterable

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator
from simulator.many import many_extensions
from tests.common import HOUR, MINUTE, asked
from tests.gate import Gate

from .common import load_with_mailboxes, mailbox, pass_time

GARDEN = "In the garden"
# On the first page of the extensions, and behind it.
FIRST = [str(number) for number in range(1000, 1004)]
LATER = [str(number) for number in range(1550, 1554)]


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
    http_pbx.switches.monitored = frozenset()
    return http_pbx


async def test_the_first_page_is_enough(
    hass: HomeAssistant, large: PbxSimulator, freezer: FrozenDateTimeFactory
) -> None:
    """Its list names custom presences, and has no passwords."""
    large.set_presence(FIRST[0], "away", GARDEN)
    entry = await load_with_mailboxes(hass, large, *mailboxes(large, FIRST))
    assert presence(hass, FIRST[0]) == GARDEN
    large.set_presence(FIRST[1], "lunch", "Canteen")
    large.set_presence(FIRST[0], "away")
    large.requests.clear()

    await pass_time(freezer, 35 * MINUTE)

    assert presence(hass, FIRST[0]) == "away"
    assert presence(hass, FIRST[1]) == "Canteen"
    assert asked(large)["extension/list"] <= 2
    assert asked(large)["extension/query"] == 0
    await unload(hass, entry)


@pytest.mark.parametrize("named", [True, False])
async def test_extensions_behind_the_first_page(
    hass: HomeAssistant,
    large: PbxSimulator,
    freezer: FrozenDateTimeFactory,
    *,
    named: bool,
) -> None:
    """One request for details is enough, except for the names of custom presences.

    All pages are read once: not with the start, but half an hour later.
    """
    large.switches.detail_custom_presence = named
    large.set_presence(LATER[0], "away", GARDEN)
    entry = await load_with_mailboxes(hass, large, *mailboxes(large, FIRST + LATER))
    await pass_time(freezer, 2)
    assert presence(hass, LATER[0]) == (GARDEN if named else "away")
    assert presence(hass, LATER[1]) == "available"
    large.set_presence(LATER[1], "business_trip")

    await pass_time(freezer, 35 * MINUTE)
    assert presence(hass, LATER[0]) == GARDEN
    assert presence(hass, LATER[1]) == "business_trip"
    large.requests.clear()

    await pass_time(freezer, 35 * MINUTE)
    assert presence(hass, LATER[0]) == GARDEN
    assert asked(large)["extension/list"] == asked(large)["extension/query"] <= 2
    await unload(hass, entry)


async def test_setup_waits_for_the_first_page_alone(
    hass: HomeAssistant, large: PbxSimulator, freezer: FrozenDateTimeFactory
) -> None:
    """What it does not tell follows, with one request."""
    gate = Gate(large, "extension/query")
    entry = await load_with_mailboxes(hass, large, *mailboxes(large, FIRST + LATER))
    await gate.arrived()
    assert presence(hass, FIRST[0]) == "available"
    assert presence(hass, LATER[0]) == "unavailable"

    gate.open()
    await pass_time(freezer, 2)

    assert presence(hass, LATER[0]) == "available"
    assert asked(large)["extension/list"] == asked(large)["extension/query"] == 1
    await unload(hass, entry)


async def test_ids_of_extensions_that_were_deleted(
    hass: HomeAssistant, large: PbxSimulator, freezer: FrozenDateTimeFactory
) -> None:
    """The list of all is read once; the IDs that it has are used from then on."""
    large.set_presence(LATER[0], "away")
    stale = [
        mailbox(
            number, f"Person {number}", extension_id=large.extension_id(number) + 10
        )
        for number in LATER
    ]
    entry = await load_with_mailboxes(hass, large, *stale)
    await pass_time(freezer, 2)
    assert presence(hass, LATER[0]) == "away"
    large.set_presence(LATER[0], "lunch")
    large.requests.clear()

    await pass_time(freezer, 35 * MINUTE)

    assert presence(hass, LATER[0]) == "lunch"
    assert asked(large)["extension/list"] == 0
    assert asked(large)["extension/query"] <= 2
    await unload(hass, entry)


@pytest.mark.parametrize("named", [True, False])
async def test_a_custom_presence_that_is_known_stays(
    hass: HomeAssistant,
    large: PbxSimulator,
    freezer: FrozenDateTimeFactory,
    *,
    named: bool,
) -> None:
    """An answer that does not name it, but what it stands for, takes nothing away."""
    large.switches.detail_custom_presence = named
    large.switches.monitored = None
    entry = await load_with_mailboxes(hass, large, *mailboxes(large, LATER))
    large.set_presence(LATER[0], "away", GARDEN)
    await pass_time(freezer, 10)
    assert presence(hass, LATER[0]) == GARDEN
    large.switches.monitored = frozenset()

    await pass_time(freezer, HOUR)
    assert presence(hass, LATER[0]) == GARDEN

    large.set_presence(LATER[0], "lunch")
    await pass_time(freezer, 35 * MINUTE)
    assert presence(hass, LATER[0]) == "lunch"
    await unload(hass, entry)


async def test_a_custom_presence_that_is_replaced_here(
    hass: HomeAssistant, large: PbxSimulator, freezer: FrozenDateTimeFactory
) -> None:
    """It does not come back, though it stood for what was selected."""
    large.switches.monitored = None
    entry = await load_with_mailboxes(hass, large, *mailboxes(large, LATER))
    large.set_presence(LATER[0], "away", GARDEN)
    await pass_time(freezer, 10)
    large.switches.monitored = frozenset()
    large.switches.api_change_announced = False

    await hass.services.async_call(
        "select",
        "select_option",
        {
            "entity_id": select(LATER[0]),
            "option": "away",
        },
        blocking=True,
    )
    await pass_time(freezer, HOUR)

    assert presence(hass, LATER[0]) == "away"
    await unload(hass, entry)


@pytest.mark.parametrize(
    ("endpoint", "errcode"),
    [
        ("extension/list", 10005),
        ("extension/list", 10001),
        ("extension/query", 10005),
        ("extension/query", 10001),
        ("extension/query", 60001),
        ("extension/query", 40002),
    ],
)
async def test_an_endpoint_that_is_refused(
    hass: HomeAssistant,
    large: PbxSimulator,
    freezer: FrozenDateTimeFactory,
    endpoint: str,
    errcode: int,
) -> None:
    """The others are enough, and the messages are there all the same."""
    large.set_presence(FIRST[0], "lunch")
    large.set_presence(LATER[0], "away")
    large.errcodes[endpoint] = errcode

    entry = await load_with_mailboxes(hass, large, *mailboxes(large, FIRST + LATER))
    await pass_time(freezer, 10)

    assert presence(hass, FIRST[0]) == "lunch"
    assert presence(hass, LATER[0]) == "away"
    state = hass.states.get(f"sensor.person_{LATER[0]}_{LATER[0]}_unread_messages")
    assert state
    assert state.state == "0"
    await unload(hass, entry)


async def test_extensions_that_are_all_denied(
    hass: HomeAssistant,
    large: PbxSimulator,
    freezer: FrozenDateTimeFactory,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log says so once, also where many requests could tell."""
    expected_warnings.append("denies access to extensions")
    large.errcodes |= dict.fromkeys(["extension/list", "extension/query"], 10005)

    entry = await load_with_mailboxes(hass, large, *mailboxes(large, FIRST + LATER))
    await pass_time(freezer, HOUR)

    assert presence(hass, FIRST[0]) == presence(hass, LATER[0]) == "unavailable"
    assert caplog.text.count("denies access to extensions") == 1
    await unload(hass, entry)
