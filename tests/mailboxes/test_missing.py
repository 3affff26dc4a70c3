"""Boxes that were deleted on the PBX: a repair issue, and the others keep working."""

from collections.abc import AsyncIterator, Callable

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.const import DOMAIN
from simulator import (
    EmptyBox,
    EmptyList,
    Fault,
    GroupMode,
    PbxSimulator,
    UnknownBox,
    default_groups,
)
from simulator.many import many_extensions
from tests.clock import Clock
from tests.common import HOUR, MINUTE, asked, call, issues, shown

from .common import (
    ANN_UNREAD,
    PRESENCE,
    UNREAD,
    Arrivals,
    ann_empty,
    leo_ball,
    load_with_mailboxes,
    mailbox,
    poll,
)


@pytest.fixture
async def both(hass: HomeAssistant, http_pbx: PbxSimulator) -> MockConfigEntry:
    """Return the entry of a PBX with the mailboxes of Leo Ball and Ann Empty."""
    return await load_with_mailboxes(hass, http_pbx, leo_ball(), ann_empty())


@pytest.mark.parametrize("unknown", UnknownBox)
async def test_an_extension_that_is_deleted_and_created_again(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    both: MockConfigEntry,
    unknown: UnknownBox,
) -> None:
    """The issue goes when the extension is back."""
    http_pbx.switches.unknown_box = unknown
    ann = http_pbx.extensions["3201"]
    arrivals = Arrivals(hass)

    http_pbx.delete_extension("3201")
    await clock.pass_time(MINUTE)
    left = http_pbx.leave_message("3200", "15550123")
    await arrivals.wait_for(1)

    assert issues(hass) == ["mailbox_gone"]
    assert shown(hass, ANN_UNREAD) == "unavailable"
    assert shown(hass, UNREAD) == "1"
    assert arrivals.ids == [left.msg_id]

    http_pbx.add_extension(ann)
    await clock.pass_time(MINUTE)

    assert issues(hass) == []
    assert shown(hass, ANN_UNREAD) == "0"


@pytest.mark.parametrize("unknown", UnknownBox)
async def test_the_poll_that_finds_a_box_missing(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    both: MockConfigEntry,
    unknown: UnknownBox,
) -> None:
    """It has the messages of the others."""
    http_pbx.switches.unknown_box = unknown
    arrivals = Arrivals(hass)
    del http_pbx.extensions["3201"]
    left = http_pbx.leave_message("3200", "15550123", announced=False)

    await poll(both)

    assert arrivals.ids == [left.msg_id]


@pytest.mark.parametrize("unknown", UnknownBox)
async def test_without_events_it_is_noticed_later(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    both: MockConfigEntry,
    unknown: UnknownBox,
) -> None:
    """A box that is missing is looked for with the presences, not with each poll."""
    http_pbx.switches.unknown_box = unknown
    http_pbx.switches.event_endpoint = False
    http_pbx.drop_sockets()
    ann = http_pbx.extensions.pop("3201")
    await clock.pass_time(10 * MINUTE)
    assert issues(hass) == ["mailbox_gone"]
    http_pbx.requests.clear()

    await clock.pass_time(HOUR)

    assert issues(hass) == ["mailbox_gone"]
    assert asked(http_pbx)["extension/search"] <= 2 * 13
    http_pbx.extensions["3201"] = ann
    await clock.pass_time(70 * MINUTE)
    assert issues(hass) == []
    assert shown(hass, ANN_UNREAD) == "0"


@pytest.fixture
async def group(hass: HomeAssistant, http_pbx: PbxSimulator) -> AsyncIterator[str]:
    """Return the number of the only group of a PBX, which is a mailbox like Leo's."""
    shared = next(each for each in default_groups().values() if each.mode == "share")
    http_pbx.groups = {shared.number: shared}
    entry = await load_with_mailboxes(
        hass,
        http_pbx,
        leo_ball(),
        mailbox(shared.number, shared.name, "group"),
    )
    assert issues(hass) == []
    yield shared.number
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("unknown", UnknownBox)
@pytest.mark.parametrize("others", [True, False])
@pytest.mark.parametrize("empty", EmptyList)
async def test_a_group_that_is_deleted(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    group: str,
    unknown: UnknownBox,
    empty: EmptyList,
    *,
    others: bool,
) -> None:
    """No event tells of it: it is noticed at the latest after two presence checks."""
    http_pbx.switches.unknown_box = unknown
    http_pbx.switches.empty_list = empty
    http_pbx.groups = default_groups() if others else {}
    http_pbx.groups.pop(group, None)

    await clock.pass_time(65 * MINUTE)

    assert issues(hass) == ["mailbox_gone"]
    assert shown(hass, UNREAD) == "0"


async def test_a_group_that_copies_its_messages_to_its_members(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    group: str,
) -> None:
    """It has none of its own until its members share them again."""
    [entry] = hass.config_entries.async_loaded_entries(DOMAIN)
    [sensor] = (
        each for each in hass.states.async_entity_ids("sensor") if group in each
    )
    http_pbx.leave_message(group, "15550123", announced=False)
    await clock.pass_time(6 * MINUTE)
    assert shown(hass, sensor) == "1"

    http_pbx.groups[group].mode = GroupMode.BROADCAST
    await clock.pass_time(35 * MINUTE)
    assert issues(hass) == ["mailbox_broadcast"]
    assert shown(hass, sensor) == "unavailable"
    with pytest.raises(ServiceValidationError, match="copies the messages"):
        await call(hass, "list_messages", mailbox=group)
    await hass.config_entries.async_reload(entry.entry_id)
    await clock.pass_time(2)
    assert issues(hass) == ["mailbox_broadcast"]
    assert shown(hass, sensor) == "unavailable"

    http_pbx.groups[group].mode = GroupMode.SHARE
    await clock.pass_time(70 * MINUTE)
    assert issues(hass) == []
    assert shown(hass, sensor) == "1"


async def test_a_group_that_is_deleted_after_it_copied_its_messages(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    group: str,
) -> None:
    """The issue says what is true last."""
    http_pbx.groups[group].mode = GroupMode.BROADCAST
    await clock.pass_time(35 * MINUTE)
    assert issues(hass) == ["mailbox_broadcast"]

    del http_pbx.groups[group]
    await clock.pass_time(70 * MINUTE)

    assert issues(hass) == ["mailbox_gone"]


@pytest.mark.parametrize("errcode", [0, 10005, 10009, 10001])
async def test_the_only_group_is_deleted(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    group: str,
    errcode: int,
) -> None:
    """Also where the application may not see extensions."""
    http_pbx.switches.unknown_box = UnknownBox.EMPTY
    http_pbx.errcodes["extension/list"] = errcode
    http_pbx.groups.clear()

    await clock.pass_time(65 * MINUTE)

    assert issues(hass) == ["mailbox_gone"]


def _deny(pbx: PbxSimulator) -> None:
    pbx.errcodes["vm_group/list"] = 10005


def _fail(pbx: PbxSimulator) -> None:
    pbx.errcodes["vm_group/list"] = -1


def _old_firmware(pbx: PbxSimulator) -> None:
    pbx.switches.group_endpoints = False


def _list_nothing(pbx: PbxSimulator) -> None:
    pbx.groups.clear()
    pbx.faults["extension/list"] = Fault.NO_FIELDS


@pytest.mark.parametrize("spoil", [_deny, _fail, _old_firmware, _list_nothing])
async def test_groups_that_are_not_told(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    group: str,
    spoil: Callable[[PbxSimulator], None],
) -> None:
    """Nothing is said to be deleted that may be there."""
    http_pbx.switches.unknown_box = UnknownBox.EMPTY
    spoil(http_pbx)

    await clock.pass_time(65 * MINUTE)

    assert issues(hass) == []
    assert shown(hass, UNREAD) == "0"


async def test_extensions_that_are_not_told(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    both: MockConfigEntry,
    expected_warnings: list[str],
) -> None:
    """A box that is missing may exist and be empty; the others are there as well."""
    expected_warnings.append("denies access to extensions")
    http_pbx.errcodes["extension/search"] = 10005
    del http_pbx.extensions["3201"]

    await poll(both)

    assert issues(hass) == []
    assert shown(hass, ANN_UNREAD) == "0"
    assert shown(hass, UNREAD) == "0"


async def test_many_missing_boxes_are_looked_up_together(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """Two requests for the lists of all, whatever the number of mailboxes."""
    gone = [mailbox(str(number)) for number in range(5000, 5100)]
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball(), *gone)

    assert issues(hass) == ["mailbox_gone"] * 100
    assert asked(http_pbx).total() < 12
    http_pbx.requests.clear()
    await poll(entry)
    assert asked(http_pbx).total() == 1


@pytest.mark.parametrize(
    ("fault", "empty"),
    [
        (Fault.NO_FIELDS, EmptyBox.LISTED),
        (Fault.NO_FIELDS, EmptyBox.OMITTED),
        (Fault.BAD_GATEWAY_502, EmptyBox.LISTED),
    ],
)
@pytest.mark.parametrize("numbers", [{"3200"}, {"3200", "3201", "3202", "0042"}])
async def test_a_pbx_that_lists_no_extension_at_all(
    hass: HomeAssistant,
    clock: Clock,
    http_pbx: PbxSimulator,
    numbers: set[str],
    fault: Fault,
    empty: EmptyBox,
) -> None:
    """They are taken for deleted only where the PBX tells of others."""
    http_pbx.switches.empty_box = empty
    http_pbx.faults["extension/list"] = fault
    http_pbx.faults["extension/search"] = fault

    entry = await load_with_mailboxes(hass, http_pbx, *map(mailbox, numbers))
    http_pbx.announce_extension("3200", "UPDATE")
    await clock.pass_time(HOUR)

    assert issues(hass) == []
    assert entry.runtime_data.mailboxes.messages.data.keys() == numbers


async def test_an_extension_that_only_a_search_does_not_find(
    hass: HomeAssistant, clock: Clock, http_pbx: PbxSimulator
) -> None:
    """The list of all has it."""
    http_pbx.faults["extension/search"] = Fault.NO_FIELDS
    http_pbx.extensions["3200"].presence = "lunch"

    await load_with_mailboxes(hass, http_pbx, leo_ball())
    await clock.pass_time(HOUR)

    assert issues(hass) == []
    assert shown(hass, PRESENCE) == "lunch"


async def test_the_issue_goes_with_the_mailbox_and_with_the_entry(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """Nothing is left of either."""
    del http_pbx.extensions["3201"]
    entry = await load_with_mailboxes(
        hass,
        http_pbx,
        leo_ball(),
        ann_empty(),
        mailbox("5555", "Nobody"),
    )
    assert issues(hass) == ["mailbox_gone"] * 2

    hass.config_entries.async_remove_subentry(entry, "mailbox_3201")
    await hass.async_block_till_done()
    assert issues(hass) == ["mailbox_gone"]
    assert entry.runtime_data.mailboxes.boxes.data.keys() == {"3200", "5555"}
    assert hass.states.get(ANN_UNREAD) is None
    assert er.async_get(hass).async_get(ANN_UNREAD) is None
    assert not any(
        "3201" in str(device.identifiers)
        for device in dr.async_entries_for_config_entry(
            dr.async_get(hass), entry.entry_id
        )
    )

    await hass.config_entries.async_remove(entry.entry_id)
    assert issues(hass) == []


@pytest.mark.parametrize("ids", [True, False])
async def test_200_mailboxes(
    hass: HomeAssistant, http_pbx: PbxSimulator, *, ids: bool
) -> None:
    """At most three requests beside the sign-in and the socket, then one a poll."""
    http_pbx.extensions = many_extensions(200, 1)
    http_pbx.switches.max_page_size = None
    boxes = [
        mailbox(
            number,
            f"Person {number}",
            extension_id=http_pbx.extension_id(number) if ids else None,
        )
        for number in http_pbx.extensions
    ]

    entry = await load_with_mailboxes(hass, http_pbx, *boxes)

    start = asked(http_pbx)
    assert start.pop("get_token") == 1
    assert start.pop("subscribe") == 1
    assert start.total() <= 3
    http_pbx.requests.clear()
    await poll(entry)
    assert asked(http_pbx) == {"vm/query": 1}
    assert http_pbx.events.opened == 1
    assert len(hass.states.async_entity_ids("sensor")) == 200


async def test_the_name_of_a_box_is_no_markdown(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """Whoever may name an extension does not put a link into a repair."""
    name = "[Sign in](https://evil.example) <img src=x> `Ann`"
    await load_with_mailboxes(hass, http_pbx, mailbox("3299", name))

    [issue] = (
        each
        for each in ir.async_get(hass).issues.values()
        if each.translation_key == "mailbox_gone"
    )
    assert issue.translation_placeholders
    assert issue.translation_placeholders["mailbox"] == (
        "Sign in(https://evil.example) img src=x Ann (3299)"
    )
