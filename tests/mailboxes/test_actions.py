"""The actions of messages: list, play, mark as read, and delete them."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.yeastar_vm.audio import to_speech
from custom_components.yeastar_vm.const import DOMAIN
from tests.common import Player, asked, endpoints
from tests.pbx_simulator import Fault, PbxSimulator

from .common import KITCHEN, UNREAD, call


def unread(hass: HomeAssistant) -> str:
    """Return what the sensor of the mailbox shows."""
    state = hass.states.get(UNREAD)
    assert state
    return state.state


async def test_list_messages(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """All of them, the newest one first, as the PBX has them now."""
    old = http_pbx.leave_message("3200", "15550123", "Anna Weber", duration=42)
    http_pbx.read_at_phone(old.msg_id)
    new = http_pbx.leave_message("3200", "15550124")

    answer = await call(hass, "list_messages", mailbox="3200")

    assert answer["total"] == 2
    assert [each["message_id"] for each in answer["messages"]] == [
        new.msg_id,
        old.msg_id,
    ]
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
    }


async def test_list_unread_messages_up_to_a_limit(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """The newest ones; the total counts all unread ones."""
    left = [http_pbx.leave_message("3200", str(i)).msg_id for i in range(4)]
    http_pbx.read_at_phone(left[3])

    answer = await call(hass, "list_messages", mailbox="3200", unread=True, limit=2)

    assert answer["total"] == 3
    assert [each["message_id"] for each in answer["messages"]] == [left[2], left[1]]


def device_id(hass: HomeAssistant, entry: MockConfigEntry, identifier: str) -> str:
    """Return the ID of a device, which is what Home Assistant offers."""
    [device] = [
        each
        for each in dr.async_entries_for_config_entry(
            dr.async_get(hass), entry.entry_id
        )
        if (DOMAIN, identifier) in each.identifiers
    ]
    return device.id


async def test_a_mailbox_is_named_by_its_device(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """Its ID is no number."""
    left = http_pbx.leave_message("3200", "1")
    mailbox = device_id(hass, leo, f"{http_pbx.serial_number}_3200")

    answer = await call(hass, "list_messages", mailbox=mailbox)

    assert answer["messages"][0]["message_id"] == left.msg_id


async def test_a_device_that_is_not_a_mailbox(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """The error has its name."""
    pbx = device_id(hass, leo, http_pbx.serial_number)

    with pytest.raises(ServiceValidationError, match=r"^PBX is not a mailbox"):
        await call(hass, "list_messages", mailbox=pbx)


async def test_the_device_of_a_pbx_that_is_not_connected(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """The error says so, and why."""
    mailbox = device_id(hass, leo, f"{http_pbx.serial_number}_3200")
    http_pbx.faults["system/information"] = Fault.HTML
    await hass.config_entries.async_reload(leo.entry_id)

    with pytest.raises(ServiceValidationError, match="is not connected"):
        await call(hass, "list_messages", mailbox=mailbox)


@pytest.mark.parametrize(
    ("mailbox", "message"),
    [
        ("3201", "3201 is not a mailbox. Messages are private"),
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


async def test_play_the_newest_message(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, player: Player
) -> None:
    """Through Home Assistant, since the PBX's link needs the token; it stays unread."""
    http_pbx.leave_message("3200", "1")
    new = http_pbx.leave_message("3200", "2")

    answer = await call(hass, "play_message", mailbox="3200", **KITCHEN)

    assert [each["message_id"] for each in answer["messages"]] == [new.msg_id]
    assert (answer["delivery"], answer["reason"]) == ("relay", "link")
    [(_, url, _)] = player.played
    assert url == answer["url"]
    assert url.startswith("http://homeassistant.test:8123/api/yeastar_vm/")
    assert unread(hass) == "2"


async def test_play_a_message_and_mark_it_as_read(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, player: Player
) -> None:
    """The number of unread messages goes down."""
    old = http_pbx.leave_message("3200", "1")
    http_pbx.leave_message("3200", "2")

    await call(
        hass,
        "play_message",
        response=False,
        mailbox="3200",
        message_id=old.msg_id,
        mark_as_read=True,
        **KITCHEN,
    )

    assert len(player.played) == 1
    assert asked(http_pbx)["vm/update"] == 1
    assert unread(hass) == "1"


async def test_nothing_is_marked_as_read_that_no_player_took(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, player: Player
) -> None:
    """The error of the player reaches the automation."""
    http_pbx.leave_message("3200", "1")
    player.error = HomeAssistantError("The player is on fire")

    with pytest.raises(HomeAssistantError, match="on fire"):
        await call(hass, "play_message", mailbox="3200", mark_as_read=True, **KITCHEN)

    assert "vm/update" not in endpoints(http_pbx)
    assert unread(hass) == "1"


async def test_mark_a_message_as_read(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """Once; a second time is no error and no request."""
    left = http_pbx.leave_message("3200", "1")

    for _ in range(2):
        await call(
            hass,
            "mark_message_read",
            response=False,
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

    await call(
        hass, "delete_message", response=False, mailbox="3200", message_id=gone.msg_id
    )

    answer = await call(hass, "list_messages", mailbox="3200")
    assert [each["message_id"] for each in answer["messages"]] == [kept.msg_id]
    assert unread(hass) == "1"


@pytest.mark.parametrize("action", ["mark_message_read", "delete_message"])
async def test_a_message_that_is_not_there(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, action: str
) -> None:
    """Neither is anything of another box, which is not a mailbox."""
    other = http_pbx.leave_message("3201", "1")

    with pytest.raises(ServiceValidationError, match="has no message"):
        await call(
            hass, action, response=False, mailbox="3200", message_id=other.msg_id
        )

    assert "vm/delete" not in endpoints(http_pbx)


@pytest.mark.parametrize(
    ("selection", "message"),
    [("newest", "has no messages"), ("all_unread", "has no unread messages")],
)
async def test_an_empty_mailbox(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    player: Player,
    selection: str,
    message: str,
) -> None:
    """The error says that there is nothing to play."""
    with pytest.raises(ServiceValidationError, match=message):
        await call(hass, "play_message", mailbox="3200", selection=selection, **KITCHEN)

    assert player.played == []


async def test_hours_of_unread_messages(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    player: Player,
) -> None:
    """Half an hour at once: who has heard that can play the others."""
    left = [http_pbx.leave_message("3200", "1") for _ in range(6)]
    for message, minutes in zip(left, (10, 19, 2, 40, 1, 1), strict=True):
        message.duration = minutes * 60
    numbers = {message.msg_id: number for number, message in enumerate(left)}

    played = []
    while not all(message.is_read for message in left):
        answer = await call(
            hass,
            "play_message",
            mailbox="3200",
            selection="all_unread",
            mark_as_read=True,
            **KITCHEN,
        )
        played.append([numbers[each["message_id"]] for each in answer["messages"]])

    assert played == [[0, 1], [2], [3], [4, 5]]
    assert len(player.played) == 4


async def test_all_unread_messages_are_one_clip(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    player: Player,
    ffmpeg_binary: str,
) -> None:
    """The oldest one first, on any player, with a pause between two of them."""
    first = http_pbx.leave_message("3200", "1", duration=2)
    http_pbx.read_at_phone(http_pbx.leave_message("3200", "2", duration=5).msg_id)
    second = http_pbx.leave_message("3200", "3", duration=3)

    answer = await call(
        hass, "play_message", mailbox="3200", selection="all_unread", **KITCHEN
    )

    assert [each["message_id"] for each in answer["messages"]] == [
        first.msg_id,
        second.msg_id,
    ]
    client = await hass_client_no_auth()
    path = answer["url"].removeprefix("http://homeassistant.test:8123")
    response = await client.get(path)
    wav = await to_speech(ffmpeg_binary, await response.read(), 8000)
    seconds = (len(wav) - 44) / 16_000
    assert 5.6 < seconds < 6.0
