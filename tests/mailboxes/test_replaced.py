"""An extension that was created again, and a PBX that was replaced."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator
from simulator.many import many_extensions
from tests.clock import Clock
from tests.common import MINUTE, issues, shown

from .common import Arrivals, load_again, load_with_mailboxes, mailbox, select_presence

# Behind the first page of the extensions, where they are queried by their IDs.
NUMBERS = [str(number) for number in range(1550, 1554)]
NUMBER = NUMBERS[0]
UNREAD = f"sensor.person_{NUMBER}_{NUMBER}_unread_messages"
PRESENCE = f"select.person_{NUMBER}_{NUMBER}_presence"
MESSAGE = f"event.person_{NUMBER}_{NUMBER}_message"


@pytest.fixture
async def entry(hass: HomeAssistant, http_pbx: PbxSimulator) -> MockConfigEntry:
    """Return the entry of a large PBX with four mailboxes."""
    http_pbx.extensions = many_extensions(600, 1)
    boxes = [
        mailbox(number, f"Person {number}", extension_id=http_pbx.extension_id(number))
        for number in NUMBERS
    ]
    return await load_with_mailboxes(hass, http_pbx, *boxes)


async def check(hass: HomeAssistant, pbx: PbxSimulator, clock: Clock) -> None:
    """Check that messages arrive, and that the presence is set and seen."""
    arrivals = Arrivals(hass, MESSAGE)
    left = pbx.leave_message(NUMBER, "15550123")
    await arrivals.wait_for(1)
    assert arrivals.ids == [left.msg_id]
    assert pbx.serial_number in arrivals.events[0]["media_content_id"]

    await select_presence(hass, "lunch", PRESENCE)
    assert [n for n, each in pbx.extensions.items() if each.presence == "lunch"] == [
        NUMBER
    ]

    pbx.switches.monitored = frozenset()
    pbx.set_presence(NUMBER, "off_work")
    await clock.pass_time(35 * MINUTE)
    assert shown(hass, PRESENCE) == "off_work"
    assert issues(hass) == []


@pytest.mark.parametrize("noticed", [True, False])
async def test_an_extension_that_is_created_again(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    entry: MockConfigEntry,
    *,
    noticed: bool,
) -> None:
    """It has another ID; another extension may have the old one."""
    leo = http_pbx.extensions[NUMBER]
    http_pbx.delete_extension(NUMBER)
    if noticed:
        await clock.pass_time(MINUTE)
        assert issues(hass) == ["mailbox_gone"]
    http_pbx.add_extension(leo)
    await clock.pass_time(MINUTE)

    await check(hass, http_pbx, clock)


@pytest.mark.parametrize("new", ["3631A2124999", "3"])
async def test_a_pbx_that_was_replaced(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    entry: MockConfigEntry,
    new: str,
) -> None:
    """Its extensions have the same numbers and other IDs; its messages are not new.

    No device of the old one stays, whatever their serial numbers have in common.
    """
    assert http_pbx.serial_number.startswith("3")
    await hass.config_entries.async_unload(entry.entry_id)
    http_pbx.replace_device(new)
    for number in reversed(http_pbx.extensions):
        http_pbx.forget_extension_id(number)
    http_pbx.leave_message(NUMBER, "15550122")
    hass.config_entries.async_update_entry(entry, unique_id=new)
    arrivals = Arrivals(hass, MESSAGE)

    await load_again(hass, entry)
    await clock.pass_time(MINUTE)

    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert {identifier for each in devices for _, identifier in each.identifiers} == {
        new,
        *(f"{new}_{number}" for number in NUMBERS),
    }
    assert arrivals.ids == []
    assert shown(hass, UNREAD) == "1"
    await check(hass, http_pbx, clock)
