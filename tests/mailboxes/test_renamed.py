"""Boxes that are renamed on the PBX: their mailboxes follow."""

import unicodedata

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator, default_groups
from simulator.many import many_extensions
from tests.clock import Clock
from tests.common import HOUR, MINUTE, asked

from .common import UNREAD, device_of, load_again, load_with_mailboxes, mailbox

INFORMATION = "system/information"  # asked once by each setup


def names(
    hass: HomeAssistant, entry: MockConfigEntry, number: str = "3200"
) -> tuple[str | None, str, str]:
    """Return the name of the device of a mailbox, its title and its stored name."""
    device = device_of(hass, entry, number)
    subentry = entry.subentries[f"mailbox_{number}"]
    return device.name, subentry.title, subentry.data["name"]


async def test_an_extension(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
) -> None:
    """An event tells of it; nothing is reloaded, and entities keep their IDs."""
    http_pbx.rename_extension("3200", "Leonie Ball")
    await clock.pass_time(10)

    title = "Leonie Ball (3200)"
    assert names(hass, leo) == (title, title, "Leonie Ball")
    state = hass.states.get(UNREAD)
    assert state
    assert state.name == f"{title} Unread messages"
    assert asked(http_pbx)[INFORMATION] == 0


async def test_names_that_the_user_gave(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
) -> None:
    """They stay."""
    device = device_of(hass, leo, "3200")
    dr.async_get(hass).async_update_device(device.id, name_by_user="The boss")
    subentry = leo.subentries["mailbox_3200"]
    hass.config_entries.async_update_subentry(leo, subentry, title="Reception")
    await hass.async_block_till_done()

    http_pbx.rename_extension("3200", "Leonie Ball")
    await clock.pass_time(10)

    assert names(hass, leo) == ("Reception", "Reception", "Leonie Ball")
    state = hass.states.get(UNREAD)
    assert state
    assert state.name == "The boss Unread messages"


async def test_a_name_that_is_only_spelled_otherwise(
    hass: HomeAssistant, http_pbx: PbxSimulator, clock: Clock
) -> None:
    """Nothing changes for what looks the same."""
    spelled = unicodedata.normalize("NFD", http_pbx.extensions["0042"].name)
    entry = await load_with_mailboxes(hass, http_pbx, mailbox("0042", spelled))
    mailboxes = entry.runtime_data.mailboxes

    await clock.pass_time(HOUR)

    assert names(hass, entry, "0042")[2] == spelled
    assert entry.runtime_data.mailboxes is mailboxes


@pytest.mark.parametrize("count", [2, 50])
async def test_many_while_home_assistant_was_off(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    count: int,
) -> None:
    """They follow with the start, without a reload."""
    http_pbx.extensions = many_extensions(count, 1)
    boxes = [mailbox(each, f"Person {each}") for each in http_pbx.extensions]
    entry = await load_with_mailboxes(hass, http_pbx, *boxes)
    await hass.config_entries.async_unload(entry.entry_id)
    for extension in http_pbx.extensions.values():
        extension.name = extension.name.replace("Person", "Guest")
    http_pbx.requests.clear()

    await load_again(hass, entry)

    for number in http_pbx.extensions:
        title = f"Guest {number} ({number})"
        assert names(hass, entry, number) == (title, title, f"Guest {number}")
    assert asked(http_pbx)[INFORMATION] == 1
    assert len(er.async_get(hass).entities) == 3 * count
    assert hass.states.get("sensor.person_1000_1000_unread_messages")


@pytest.mark.parametrize("told", [True, False])
async def test_an_extension_behind_the_first_page(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    *,
    told: bool,
) -> None:
    """An event tells of it, or the list of extensions after the next start."""
    http_pbx.extensions = many_extensions(600, 1)
    numbers = [str(number) for number in range(1550, 1554)]
    boxes = [
        mailbox(each, f"Person {each}", extension_id=http_pbx.extension_id(each))
        for each in numbers
    ]
    entry = await load_with_mailboxes(hass, http_pbx, *boxes)
    await clock.pass_time(10)

    if told:
        http_pbx.rename_extension("1552", "Leonie Ball")
    else:
        http_pbx.extensions["1552"].name = "Leonie Ball"
        await hass.config_entries.async_reload(entry.entry_id)
    await clock.pass_time(10)

    assert names(hass, entry, "1552")[2] == "Leonie Ball"
    assert names(hass, entry, "1553")[2] == "Person 1553"


async def test_a_group(
    hass: HomeAssistant, http_pbx: PbxSimulator, clock: Clock
) -> None:
    """No event tells of it: it is noticed within half an hour."""
    http_pbx.groups = default_groups()
    group = http_pbx.groups["6300"]
    entry = await load_with_mailboxes(
        hass, http_pbx, mailbox("6300", group.name, "group")
    )

    group.name = "Help desk"
    await clock.pass_time(35 * MINUTE)

    title = "Help desk (6300)"
    assert names(hass, entry, "6300") == (title, title, "Help desk")
