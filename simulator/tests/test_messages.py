"""Voicemail messages of extensions and groups: listing, hearing, reading, deleting."""

from datetime import UTC, datetime
import json
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from simulator import (
    DateFormat,
    EmptyBox,
    Encoding,
    GroupMode,
    MailboxFullError,
    MessageIds,
    SimulatedGroup,
    TimeFormat,
    UnknownBox,
)
from simulator.many import fill_mailboxes, many_extensions
from simulator.wav import tone

from .common import DATA_NOT_FOUND, SUCCESS, Client, Clock

AUDIO = tone(Encoding.PCM16, 650, 18.16)


async def messages(client: Client, number: str = "3200") -> list[dict[str, Any]]:
    """Return the rows of a mailbox."""
    answer = await client.get("vm/get", number=number, page_size="1000")
    rows: list[dict[str, Any]] = answer["data"]
    return rows


async def read(client: Client, **body: object) -> Any:
    """Mark a message as read."""
    return await client.call(
        "POST",
        "vm/update",
        params={"access_token": client.access_token},
        json={"vm_status": 1, **body},
    )


# Lists


async def test_messages_of_an_extension(client: Client, clock: Clock) -> None:
    """Size and duration are those of the documented example."""
    clock.now = datetime(2024, 4, 23, 2, 49, 15, tzinfo=UTC).timestamp()
    client.pbx.leave_message("3200", "15550123", "Anna Weber", AUDIO)
    await client.login()

    answer = await client.get("vm/get", number="3200")

    assert answer == {
        **SUCCESS,
        "total_number": 1,
        "data": [
            {
                "msg_id": "1713840555-00000619",
                "file_name": "msg0000.wav",
                "is_read": 0,
                "duration": 18,
                "size": 290_604,
                "group_voicemail_read_status": None,
                "name": "Anna Weber",
                "time": "2024/04/23 02:49:15",
                "number": "15550123",
            }
        ],
    }


async def test_audio_that_a_test_does_not_give(client: Client) -> None:
    """It is a tone of the wanted length, and the length can be said to differ."""
    pbx = client.pbx
    three = pbx.leave_message("3200", "1")
    five = pbx.leave_message("3200", "1", duration=5)
    other = pbx.leave_message("3200", "1", audio=AUDIO, duration=7)

    assert three.content == tone(Encoding.PCM16, 440, 3)
    assert five.content == tone(Encoding.PCM16, 440, 5)
    assert (three.duration, five.duration, other.duration) == (3, 5, 7)


@pytest.mark.parametrize(("newest_first", "files"), [(True, "210"), (False, "012")])
async def test_order_of_messages(
    client: Client, clock: Clock, newest_first: bool, files: str
) -> None:
    """It is not documented; the files are counted from the oldest on."""
    client.pbx.switches.newest_message_first = newest_first
    for caller in "012":
        client.pbx.leave_message("3200", caller)
        clock.now += 60

    rows = await messages(client)

    assert [row["number"] for row in rows] == list(files)
    assert [row["file_name"] for row in rows] == [f"msg000{n}.wav" for n in files]


async def test_files_are_counted_again_after_a_deletion(client: Client) -> None:
    """The file name is no identity."""
    first, second, third = (client.pbx.leave_message("3200", n) for n in "123")

    await client.get("vm/delete", id=second.msg_id)

    rows = {row["file_name"]: row["msg_id"] for row in await messages(client)}
    assert rows == {"msg0000.wav": first.msg_id, "msg0001.wav": third.msg_id}


async def test_pages(client: Client) -> None:
    """They are counted from 1."""
    for caller in range(5):
        client.pbx.leave_message("3200", str(caller))

    answer = await client.get("vm/get", number="3200", page="2", page_size="2")

    assert answer["total_number"] == 5
    assert [row["number"] for row in answer["data"]] == ["2", "1"]


async def test_several_mailboxes(client: Client) -> None:
    """Each has its own total, and pages are those of each."""
    client.pbx.groups["6300"] = SimulatedGroup("6300", "Sales", ["3200"])
    for caller in "123":
        client.pbx.leave_message("3200", caller)
    client.pbx.leave_message("6300", "4")

    answer = await client.get(
        "vm/query", number="3200,0042,6300", page="1", page_size="2"
    )

    found = [
        (box["number"], box["total_number"], [row["number"] for row in box["data"]])
        for box in answer["voicemail_list"]
    ]
    assert found == [("3200", 3, ["3", "2"]), ("0042", 0, []), ("6300", 1, ["4"])]


@pytest.mark.parametrize(
    ("unknown", "numbers"),
    [(UnknownBox.OMITTED, ["3200"]), (UnknownBox.EMPTY, ["3200", "9999"])],
)
async def test_mailbox_that_does_not_exist(
    client: Client, unknown: UnknownBox, numbers: list[str]
) -> None:
    """What ``vm/query`` makes of it is not documented."""
    client.pbx.switches.unknown_box = unknown

    answer = await client.get("vm/query", number="3200,9999")

    assert [box["number"] for box in answer["voicemail_list"]] == numbers
    assert await client.get("vm/get", number="9999") == DATA_NOT_FOUND


@pytest.mark.parametrize(
    ("unknown", "errcode"),
    [(UnknownBox.REFUSED, 60001), (UnknownBox.INTERNAL_ERROR, -2)],
)
async def test_mailbox_that_does_not_exist_is_an_error(
    client: Client, unknown: UnknownBox, errcode: int
) -> None:
    """It may spoil the whole request."""
    client.pbx.switches.unknown_box = unknown

    answer = await client.get("vm/query", number="3200,9999")

    assert answer["errcode"] == errcode
    assert (await client.get("vm/query", number="3200"))["errcode"] == 0


async def test_mailbox_without_messages(client: Client) -> None:
    """``vm/query`` may leave it out, or be spoiled by it."""
    client.pbx.leave_message("3200", "1")

    client.pbx.switches.empty_box = EmptyBox.OMITTED
    answer = await client.get("vm/query", number="3200,0042")
    assert [box["number"] for box in answer["voicemail_list"]] == ["3200"]

    client.pbx.switches.empty_box = EmptyBox.REFUSED
    assert await client.get("vm/query", number="3200,0042") == DATA_NOT_FOUND
    assert await client.get("vm/get", number="0042") == DATA_NOT_FOUND
    assert (await client.get("vm/query", number="3200"))["errcode"] == 0
    assert (await client.get("vm/get", number="3200"))["errcode"] == 0


@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        (MessageIds.DECIMAL, r"1755852280-\d{8}"),
        (MessageIds.HEXADECIMAL, r"1755852280-[0-9a-f]{8}"),
        (MessageIds.OPAQUE, r"[0-9A-Za-z]{24}"),
    ],
)
async def test_form_of_message_ids(
    client: Client, form: MessageIds, pattern: str
) -> None:
    """The examples begin with the time; nothing says that all do."""
    client.pbx.switches.message_ids = form
    for _ in range(10):
        client.pbx.leave_message("3200", "1")

    ids = [row["msg_id"] for row in await messages(client)]

    assert len(set(ids)) == 10
    assert all(re.fullmatch(pattern, msg_id) for msg_id in ids)
    assert any(re.search("-.*[a-f]", i) for i in ids) is (
        form is MessageIds.HEXADECIMAL
    )


async def test_message_ids_after_a_reboot(client: Client, clock: Clock) -> None:
    """They are counted from 0 on; messages stay."""
    client.pbx.leave_message("3200", "1")
    client.pbx.reboot()
    await client.login()

    client.pbx.leave_message("3200", "2")

    assert [row["msg_id"] for row in await messages(client)] == [
        "1755852280-00000000",
        "1755852280-00000619",
    ]


@pytest.mark.parametrize(
    ("date_format", "time_format", "shown"),
    [
        (DateFormat.YEAR_FIRST, TimeFormat.HOURS_24, "2025/08/22 17:44:40"),
        (DateFormat.DAY_FIRST, TimeFormat.HOURS_24, "22/08/2025 17:44:40"),
        (DateFormat.MONTH_FIRST, TimeFormat.HOURS_12, "08/22/2025 05:44:40 PM"),
        (DateFormat.DAY_FIRST, TimeFormat.HOURS_12_PM, "22/08/2025 05:44:40 PM"),
    ],
)
async def test_time_as_the_pbx_displays_it(
    client: Client,
    clock: Clock,
    date_format: DateFormat,
    time_format: TimeFormat,
    shown: str,
) -> None:
    """By the PBX's settings and in its time zone, as its own clock."""
    switches = client.pbx.switches
    switches.date_format, switches.time_format = date_format, time_format
    switches.time_zone = ZoneInfo("Asia/Tokyo")
    client.pbx.leave_message("3200", "1")

    rows = await messages(client)
    system = (await client.get("system/information"))["data"]

    assert rows[0]["time"] == shown
    assert system["system_time"] == shown
    assert system["system_date_format"] == date_format
    assert system["system_time_format"] == time_format


async def test_older_firmware_has_no_formats(client: Client) -> None:
    """Nor a time stamp."""
    client.pbx.switches.system_formats = False

    data = (await client.get("system/information"))["data"]

    assert list(data)[-1] == "up_time"


async def test_message_that_is_listed_later(client: Client, clock: Clock) -> None:
    """Until then it cannot be had, either."""
    client.pbx.switches.message_listed_after = 5
    message = client.pbx.leave_message("3200", "1")
    clock.now += 4.9
    before = await messages(client)
    refused = await client.get("vm/download", msg_id=message.msg_id)
    clock.now += 0.1

    assert before == []
    assert refused == DATA_NOT_FOUND
    assert len(await messages(client)) == 1


async def test_mailboxes_that_are_full_at_once(client: Client) -> None:
    """A large PBX costs little to make; a page of each box comes in one answer."""
    numbers = [str(number) for number in range(1000, 1200)]
    client.pbx.extensions = many_extensions(200, 1)

    fill_mailboxes(client.pbx, numbers, 500)

    answer = await client.get("vm/query", number=",".join(numbers), page_size="1")
    boxes = answer["voicemail_list"]
    assert [box["number"] for box in boxes] == numbers
    assert {(box["total_number"], len(box["data"])) for box in boxes} == {(500, 1)}
    assert len({row["msg_id"] for row in await messages(client, "1199")}) == 500


async def test_full_mailbox(client: Client) -> None:
    """The oldest message makes room."""
    for caller in range(101):
        client.pbx.leave_message("3200", str(caller))

    rows = await messages(client)

    assert len(rows) == 100
    assert rows[-1]["number"] == "1"


async def test_full_mailbox_takes_no_more(client: Client) -> None:
    """Without the clean-up a caller can leave nothing."""
    client.pbx.switches.full_mailbox_drops_oldest = False
    client.pbx.switches.mailbox_limit = 1
    client.pbx.leave_message("3200", "1")

    with pytest.raises(MailboxFullError):
        client.pbx.leave_message("3200", "2")

    assert [row["number"] for row in await messages(client)] == ["1"]


# Hearing


@pytest.mark.parametrize("by", ["msg_id", "uid"])
async def test_download(client: Client, by: str) -> None:
    """By the message or by the call; the link needs the token."""
    message = client.pbx.leave_message("3200", "1", audio=AUDIO)

    answer = await client.get("vm/download", **{by: getattr(message, by)})

    link = answer["download_resource_url"]
    refused = await client.send("GET", link)
    audio = await client.send("GET", link, params={"access_token": client.access_token})
    assert re.fullmatch(
        r"/api/download/PBX-Voicemail-37\.23\.0\.15-download-\d{14}-\w{16}\.wav", link
    )
    assert answer["file"] == link.rpartition("/")[2]
    assert json.loads(refused.body)["errcode"] == 10004
    assert audio.body == AUDIO


@pytest.mark.parametrize(("marks", "is_read"), [(False, 0), (True, 1)])
async def test_download_and_read(client: Client, marks: bool, is_read: int) -> None:
    """Whether the one is the other is not documented."""
    client.pbx.switches.download_marks_as_read = marks
    message = client.pbx.leave_message("3200", "1")

    await client.get("vm/download", msg_id=message.msg_id)

    assert (await messages(client))[0]["is_read"] == is_read


async def test_message_without_audio(client: Client) -> None:
    """Of a caller who hung up: it is listed, and its file is empty."""
    silent = client.pbx.leave_message("3200", "1", audio=b"")

    answer = await client.get("vm/download", msg_id=silent.msg_id)

    listed = (await messages(client))[0]
    assert (listed["msg_id"], listed["duration"]) == (silent.msg_id, 0)
    assert answer["errcode"] == 0


# Reading


@pytest.mark.parametrize(("field", "attribute"), [("id", "msg_id"), ("uid", "uid")])
@pytest.mark.parametrize("status", [1, "1"])
async def test_mark_as_read(
    client: Client, field: str, attribute: str, status: int | str
) -> None:
    """Only this message, and doing it twice is no error."""
    one, other = (client.pbx.leave_message("3200", n) for n in "12")

    body: dict[str, Any] = {field: getattr(one, attribute), "vm_status": status}
    answers = [await read(client, **body) for _ in range(2)]

    assert answers == [SUCCESS, SUCCESS]
    assert one.is_read
    assert not other.is_read


@pytest.mark.parametrize("status", [0, 2, None, "read"])
async def test_mark_as_something_else(client: Client, status: object) -> None:
    """There is no way back."""
    message = client.pbx.leave_message("3200", "1")

    answer = await read(client, id=message.msg_id, vm_status=status)

    assert answer["errcode"] == 40002


# Deleting


async def test_delete(client: Client) -> None:
    """What is gone cannot be deleted again."""
    message = client.pbx.leave_message("3200", "1")

    first = await client.get("vm/delete", id=message.msg_id)
    second = await client.get("vm/delete", id=message.msg_id)

    assert (first, second) == (SUCCESS, DATA_NOT_FOUND)
    assert await messages(client) == []


# People


async def test_phone(client: Client) -> None:
    """Messages are heard and deleted there, too."""
    heard, deleted = (client.pbx.leave_message("3200", n) for n in "12")

    client.pbx.read_at_phone(heard.msg_id)
    client.pbx.delete_at_phone(deleted.msg_id)

    rows = await messages(client)
    assert [(row["msg_id"], row["is_read"]) for row in rows] == [(heard.msg_id, 1)]
    with pytest.raises(KeyError):
        client.pbx.read_at_phone(deleted.msg_id)


async def test_extension_that_is_deleted(client: Client) -> None:
    """Its messages go with it; the IDs of the others stay."""
    client.pbx.leave_message("3200", "1")
    before = await client.get("extension/list", sort_by="number")

    client.pbx.delete_extension("3200")

    after = await client.get("extension/list", sort_by="number")
    assert await client.get("vm/get", number="3200") == DATA_NOT_FOUND
    assert after["data"] == [r for r in before["data"] if r["number"] != "3200"]


# Groups


async def test_messages_of_a_group(client: Client) -> None:
    """Each member has heard it or not."""
    pbx = client.pbx
    pbx.groups["6300"] = SimulatedGroup("6300", "Sales", ["3200", "3201"])
    message = pbx.leave_message("6300", "1")

    pbx.read_at_phone(message.msg_id, "3201")

    row = (await messages(client, "6300"))[0]
    assert row["is_read"] == 1
    assert row["group_voicemail_read_status"] == [
        {"name": "Leo Ball", "number": "3200", "is_read": 0},
        {"name": "Ann Empty", "number": "3201", "is_read": 1},
    ]
    assert await messages(client, "3200") == []


async def test_group_that_broadcasts(client: Client) -> None:
    """Its members get copies and it holds nothing."""
    pbx = client.pbx
    pbx.groups["6100"] = SimulatedGroup(
        "6100",
        "Everybody",
        ["3200"],
        mode=GroupMode.BROADCAST,
        extension_groups={"Night": ("3200", "0042")},
    )

    pbx.leave_message("6100", "15550123")

    copies = [*await messages(client, "3200"), *await messages(client, "0042")]
    group = await client.get("vm/get", number="6100")
    assert [row["number"] for row in copies] == ["15550123"] * 2
    assert copies[0]["msg_id"] != copies[1]["msg_id"]
    assert group == {**SUCCESS, "total_number": 0, "data": []}
