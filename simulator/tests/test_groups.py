"""The list of group voicemails."""

import pytest

from simulator import (
    GroupMode,
    GroupType,
    PbxSimulator,
    SimulatedGroup,
    default_groups,
    leave_default_messages,
)

from .common import SUCCESS, Client

LIST = "vm_group/list"


async def test_group(client: Client) -> None:
    """Members are extensions and groups of them; the counts are those of its box."""
    client.pbx.groups["6300"] = SimulatedGroup(
        "6300", "Sales", ["3201"], extension_groups={"Night": ("0042",)}, id=5
    )
    heard = client.pbx.leave_message("6300", "1")
    client.pbx.leave_message("6300", "2")
    client.pbx.read_at_phone(heard.msg_id)

    answer = await client.get(LIST)

    assert answer == {
        **SUCCESS,
        "total_number": 1,
        "vm_group_list": [
            {
                "id": 5,
                "type": "ring_group",
                "number": "6300",
                "name": "Sales",
                "mode": "share",
                "member_list": [
                    {
                        "value": "2",
                        "type": "extension",
                        "text": "Ann Empty",
                        "text2": "3201",
                    },
                    {
                        "value": "1",
                        "type": "ext_group",
                        "text": "Night",
                        "text2": "Night",
                    },
                ],
                "messages": {"total": 2, "unread": 1},
            }
        ],
    }


@pytest.mark.parametrize(
    ("sort_by", "order_by", "numbers"),
    [
        ("id", "asc", ["6300", "6400", "6100"]),
        ("number", "desc", ["6400", "6300", "6100"]),
        ("name", "asc", ["6100", "6300", "6400"]),
        ("type", "asc", ["6100", "6400", "6300"]),
        ("mode", "asc", ["6100", "6300", "6400"]),
    ],
)
async def test_order(
    client: Client, sort_by: str, order_by: str, numbers: list[str]
) -> None:
    """The documents name five fields."""
    client.pbx.groups = default_groups()

    answer = await client.get(LIST, sort_by=sort_by, order_by=order_by)

    assert [row["number"] for row in answer["vm_group_list"]] == numbers


async def test_unknown_order(client: Client) -> None:
    """There is no other field."""
    assert (await client.get(LIST, sort_by="messages"))["errcode"] == 40002


async def test_pages(client: Client) -> None:
    """As in the other lists."""
    client.pbx.groups = default_groups()

    answer = await client.get(LIST, page="2", page_size="2")

    assert answer["total_number"] == 3
    assert [row["number"] for row in answer["vm_group_list"]] == ["6100"]


async def test_member_that_is_gone(client: Client) -> None:
    """A deleted extension is a member no longer."""
    client.pbx.groups["6300"] = SimulatedGroup("6300", "Sales", ["3200", "3201"])
    client.pbx.delete_extension("3200")

    row = (await client.get(LIST))["vm_group_list"][0]

    assert [member["text2"] for member in row["member_list"]] == ["3201"]


async def test_default_data(client: Client) -> None:
    """A simulator that runs alone has groups of each kind, and messages."""
    pbx: PbxSimulator = client.pbx
    pbx.groups = default_groups()
    leave_default_messages(pbx)

    groups = (await client.get(LIST))["vm_group_list"]
    mailbox = await client.get("vm/get", number="3200")

    assert {row["type"] for row in groups} == set(GroupType)
    assert {row["mode"] for row in groups} == set(GroupMode)
    assert [row["is_read"] for row in mailbox["data"]] == [0, 0, 1]
    assert mailbox["data"][2]["name"] == "Anna Weber"
