"""The actions of messages: list them, mark them as read, and delete them."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
import voluptuous as vol
from yarl import URL

from simulator import Fault, PbxSimulator
from simulator.many import many_extensions
from tests.common import KITCHEN, Player, asked, call, endpoints
from tests.gate import Gate

from .common import (
    ANN_MESSAGE,
    MESSAGE,
    UNREAD,
    ann_empty,
    device_of,
    leo_ball,
    load_with_mailboxes,
    mailbox,
    message_ids,
    poll,
    unread,
)


async def test_list_messages(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """All of them, the newest one first, as the PBX has them now."""
    old = http_pbx.leave_message("3200", "15550123", "Anna Weber", duration=42)
    http_pbx.read_at_phone(old.msg_id)
    new = http_pbx.leave_message("3200", "15550124")

    answer = await call(hass, "list_messages", mailbox="3200")

    assert answer["total"] == 2
    assert message_ids(answer) == [new.msg_id, old.msg_id]
    assert answer["messages"][1] == {
        "message_id": old.msg_id,
        "time": answer["messages"][1]["time"],
        "caller_number": "15550123",
        "caller_name": "Anna Weber",
        "duration": 42,
        "unread": False,
        "media_content_id": (
            f"media-source://yeastar_vm/{http_pbx.serial_number}/messages/3200/"
            f"{old.msg_id}"
        ),
        "transcript": None,
    }


async def test_list_unread_messages_up_to_a_limit(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """The newest ones; the total counts all unread ones."""
    left = [http_pbx.leave_message("3200", str(i)).msg_id for i in range(4)]
    http_pbx.read_at_phone(left[3])

    answer = await call(hass, "list_messages", mailbox="3200", unread=True, limit=2)

    assert answer["total"] == 3
    assert message_ids(answer) == [left[2], left[1]]


async def test_a_mailbox_is_named_by_its_device(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """Its ID is no number."""
    left = http_pbx.leave_message("3200", "1")
    named = device_of(hass, leo, "3200").id

    answer = await call(hass, "list_messages", mailbox=named)

    assert answer["messages"][0]["message_id"] == left.msg_id


@pytest.mark.parametrize(
    "name",
    [
        "3200",
        MESSAGE,
        UNREAD,
        "Leo Ball (3200)",
        "leo ball",
        " Leo  Ball ",
        3200,
        "3200.0",
    ],
)
async def test_a_mailbox_is_named_as_people_know_it(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, name: Any
) -> None:
    """By its number, one of its entities, or its name."""
    left = http_pbx.leave_message("3200", "1")

    answer = await call(hass, "list_messages", mailbox=name)

    assert message_ids(answer) == [left.msg_id]


async def test_a_mailbox_that_was_renamed_in_home_assistant(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """It has that name, too."""
    named = device_of(hass, leo, "3200").id
    dr.async_get(hass).async_update_device(named, name_by_user="Reception")

    assert (await call(hass, "list_messages", mailbox="reception"))["total"] == 0


async def test_two_mailboxes_of_the_same_name(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """The name does not say which one."""
    http_pbx.extensions["3201"].name = "Leo Ball"
    await load_with_mailboxes(hass, http_pbx, leo_ball(), mailbox("3201", "Leo Ball"))

    with pytest.raises(ServiceValidationError, match=r"3200 \(PBX\), 3201 \(PBX\)"):
        await call(hass, "list_messages", mailbox="Leo Ball")


@pytest.mark.parametrize("action", ["mark_message_read", "delete_message"])
async def test_what_cannot_be_undone_needs_its_pbx(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, action: str
) -> None:
    """One that is named and not there is not replaced by the only one."""
    left = http_pbx.leave_message("3200", "1")

    with pytest.raises(ServiceValidationError, match="no longer set up"):
        await call(
            hass,
            action,
            mailbox="3200",
            config_entry_id="gone",
            message_id=left.msg_id,
        )

    assert not left.is_read
    assert http_pbx.mailboxes.listed("3200") == [left]


async def test_a_mailbox_is_the_target(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """As the automation editor has it for a device."""
    mailbox_device = device_of(hass, leo, "3200").id

    answer = await call(hass, "list_messages", device_id=[mailbox_device])

    assert answer["total"] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"hidden_by": er.RegistryEntryHider.USER},
        {"disabled_by": er.RegistryEntryDisabler.USER},
    ],
    ids=["hidden", "disabled"],
)
async def test_a_mailbox_without_entities_is_the_target(
    hass: HomeAssistant, leo: MockConfigEntry, change: dict[str, Any]
) -> None:
    """The device is the mailbox: whoever uses the card alone hides the entities."""
    registry = er.async_get(hass)
    for each in er.async_entries_for_config_entry(registry, leo.entry_id):
        registry.async_update_entity(each.entity_id, **change)
    mailbox_device = device_of(hass, leo, "3200").id

    answer = await call(hass, "list_messages", device_id=[mailbox_device])

    assert answer["total"] == 0


async def test_a_target_without_a_mailbox_or_with_several(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """The error says to select one."""
    await load_with_mailboxes(hass, http_pbx, leo_ball(), ann_empty())
    both = [MESSAGE, ANN_MESSAGE]

    with pytest.raises(ServiceValidationError, match="several mailboxes: 3200"):
        await call(hass, "list_messages", entity_id=both)
    with pytest.raises(ServiceValidationError, match="Select a mailbox"):
        await call(hass, "list_messages", entity_id="light.kitchen")
    with pytest.raises(vol.Invalid, match="at least one of"):
        await call(hass, "list_messages")


@pytest.mark.parametrize(("given", "shown"), [(None, "PBX"), ("Office", "Office")])
async def test_a_device_that_is_not_a_mailbox(
    hass: HomeAssistant, leo: MockConfigEntry, given: str | None, shown: str
) -> None:
    """The error has its name, which the user may have given."""
    pbx = device_of(hass, leo).id
    dr.async_get(hass).async_update_device(pbx, name_by_user=given)

    with pytest.raises(ServiceValidationError, match=f"^{shown} is not a mailbox"):
        await call(hass, "list_messages", mailbox=pbx)


async def test_the_device_of_a_pbx_that_is_not_connected(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """The error says so, and why."""
    named = device_of(hass, leo, "3200").id
    http_pbx.faults["system/information"] = Fault.HTML
    await hass.config_entries.async_reload(leo.entry_id)

    with pytest.raises(ServiceValidationError, match="is not connected"):
        await call(hass, "list_messages", mailbox=named)


@pytest.mark.parametrize("named", ["3200", "Leo Ball"])
async def test_a_pbx_that_was_never_connected(
    hass: HomeAssistant, http_pbx: PbxSimulator, named: str
) -> None:
    """Its mailboxes have no devices yet: the error is the same."""
    http_pbx.faults["system/information"] = Fault.HTML
    await load_with_mailboxes(hass, http_pbx, leo_ball(), ann_empty())

    with pytest.raises(ServiceValidationError, match="is not connected"):
        await call(hass, "list_messages", mailbox=named)


@pytest.mark.parametrize(
    ("mailbox", "message"),
    [
        ("3201", "3201 is not a mailbox. Messages are private.*Leo Ball \\(3200\\)"),
        ("Ann Empty", "Ann Empty is not a mailbox.*Leo Ball \\(3200\\)"),
        ("light.kitchen", "light.kitchen is not a mailbox.*Leo Ball \\(3200\\)"),
        ("", "Select a mailbox"),
    ],
)
async def test_a_box_that_is_not_a_mailbox(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    mailbox: str,
    message: str,
) -> None:
    """Its messages are private: the PBX is not asked."""
    http_pbx.leave_message("3201", "1")

    with pytest.raises(ServiceValidationError, match=message):
        await call(hass, "list_messages", mailbox=mailbox)

    assert "vm/query" not in endpoints(http_pbx)


async def test_mark_a_message_as_read(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """Once; a second time is no error and no request."""
    left = http_pbx.leave_message("3200", "1")

    for _ in range(2):
        await call(
            hass,
            "mark_message_read",
            mailbox="3200",
            message_id=left.msg_id,
        )

    assert asked(http_pbx)["vm/update"] == 1
    assert unread(hass) == "0"


async def test_delete_a_message(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """That one and no other."""
    gone = http_pbx.leave_message("3200", "1")
    kept = http_pbx.leave_message("3200", "2")

    await call(hass, "delete_message", mailbox="3200", message_id=gone.msg_id)

    answer = await call(hass, "list_messages", mailbox="3200")
    assert message_ids(answer) == [kept.msg_id]
    assert unread(hass) == "1"


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("action", ["mark_message_read", "delete_message"])
async def test_a_message_that_the_pbx_does_not_find(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    action: str,
    *,
    is_there: bool,
) -> None:
    """It is not said to be gone while the PBX lists it."""
    left = http_pbx.leave_message("3200", "1")
    await poll(leo)
    http_pbx.errcodes |= {"vm/update": 40002, "vm/delete": 40002}
    if not is_there:
        http_pbx.mailboxes.remove(left)

    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, action, mailbox="3200", message_id=left.msg_id)

    assert ("did not find" in str(caught.value)) is is_there
    assert unread(hass) == ("1" if is_there else "0")


@pytest.mark.parametrize(
    ("action", "endpoint"),
    [("mark_message_read", "vm/update"), ("delete_message", "vm/delete")],
)
async def test_a_message_that_is_deleted_just_then(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    action: str,
    endpoint: str,
) -> None:
    """The error says that it is gone, because nothing was done here."""
    left = http_pbx.leave_message("3200", "1")
    gate = Gate(http_pbx, endpoint, busy=True)
    data = {"mailbox": "3200", "message_id": left.msg_id}
    changing = asyncio.create_task(call(hass, action, **data))
    await gate.arrived()

    http_pbx.mailboxes.remove(left)
    gate.open()

    with pytest.raises(ServiceValidationError, match="no longer"):
        await changing
    assert unread(hass) == "0"


@pytest.mark.parametrize("where", ["here", "at a phone", "with its mailbox"])
async def test_the_link_of_a_message_that_is_gone(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    player: Player,
    hass_client_no_auth: ClientSessionGenerator,
    where: str,
) -> None:
    """It gives nothing any longer to the player that has it."""
    gone = http_pbx.leave_message("3200", "1").msg_id
    http_pbx.leave_message("3200", "2")
    both: tuple[dict[str, Any], ...] = (
        {"message_id": gone},
        {"selection": "all_unread"},
    )
    answers = [
        await call(hass, "play_message", mailbox="3200", **KITCHEN, **which)
        for which in both
    ]
    client = await hass_client_no_auth()
    links = [URL(answer["url"]).relative() for answer in answers]
    assert [(await client.get(link)).status for link in links] == [200, 200]

    if where == "here":
        await call(hass, "delete_message", mailbox="3200", message_id=gone)
    elif where == "at a phone":
        http_pbx.mailboxes.remove(http_pbx.mailboxes.get(gone))
        await call(hass, "list_messages", mailbox="3200")
    else:
        hass.config_entries.async_remove_subentry(leo, "mailbox_3200")
        await hass.async_block_till_done()

    assert [(await client.get(link)).status for link in links] == [404, 404]


@pytest.mark.parametrize("errcode", [40003, 40004, 60002, 70091])
@pytest.mark.parametrize(
    ("action", "endpoint"),
    [("mark_message_read", "vm/update"), ("delete_message", "vm/delete")],
)
async def test_a_message_that_the_pbx_does_not_change(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    action: str,
    endpoint: str,
    errcode: int,
) -> None:
    """The error is not that of a greeting."""
    left = http_pbx.leave_message("3200", "1")
    http_pbx.errcodes[endpoint] = errcode

    with pytest.raises(HomeAssistantError, match=f"answered with error {errcode}"):
        await call(hass, action, mailbox="3200", message_id=left.msg_id)


@pytest.mark.parametrize("action", ["mark_message_read", "delete_message"])
async def test_a_message_that_is_not_there(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, action: str
) -> None:
    """Neither is anything of another box, which is not a mailbox."""
    other = http_pbx.leave_message("3201", "1")

    with pytest.raises(ServiceValidationError, match="has no such message"):
        await call(hass, action, mailbox="3200", message_id=other.msg_id)

    assert "vm/delete" not in endpoints(http_pbx)


@pytest.mark.parametrize(("count", "more"), [(20, ""), (21, ", …")])
async def test_an_error_lists_a_few_mailboxes(
    hass: HomeAssistant, http_pbx: PbxSimulator, count: int, more: str
) -> None:
    """It is to be read."""
    http_pbx.extensions = many_extensions(count, 1)
    boxes = [mailbox(n, each.name) for n, each in http_pbx.extensions.items()]
    entry = await load_with_mailboxes(hass, http_pbx, *boxes)

    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "list_messages", mailbox="Nobody")

    shown = ", ".join(each.title for each in boxes[:20])
    assert str(caught.value).endswith(f" These are the mailboxes: {shown}{more}")
    await hass.config_entries.async_unload(entry.entry_id)
