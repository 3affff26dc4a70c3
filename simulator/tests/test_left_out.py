"""What the PBX leaves out of its answers, because it is empty."""

import pytest

from simulator import EmptyList, ErrMsg, SimulatedGroup

from .common import DATA_NOT_FOUND, LIST, SUCCESS, Client
from .websocket import connected, subscribe


@pytest.fixture
def sparse(client: Client) -> Client:
    """Return a client of a PBX whose only group has no members, and some messages."""
    client.pbx.groups["6300"] = SimulatedGroup("6300", "Sales")
    client.pbx.leave_message("3200", "")
    client.pbx.leave_message("6300", "15550123", "Anna")
    return client


@pytest.mark.parametrize(
    ("endpoint", "query", "rows"),
    [
        ("extension/search", {"search_value": "nobody"}, "data"),
        (LIST, {"extension": "3201"}, "greeting_list"),
        ("vm_greeting/list", {"extension": "6300"}, "greeting_list"),
        ("vm_group/list", {}, "vm_group_list"),
        ("vm/get", {"number": "3201"}, "data"),
        ("extension/list", {"page": "2", "page_size": "500"}, "data"),
    ],
)
@pytest.mark.parametrize("form", EmptyList)
async def test_a_list_without_rows(
    sparse: Client, form: EmptyList, endpoint: str, query: dict[str, str], rows: str
) -> None:
    """Of every endpoint."""
    sparse.pbx.switches.empty_list = form
    if endpoint == "vm_group/list":
        sparse.pbx.groups.clear()

    answer = await sparse.get(endpoint, **query)

    total = answer.get("total_number", 0)
    assert (
        answer
        == {
            EmptyList.ARRAY: {**SUCCESS, "total_number": total, rows: []},
            EmptyList.NULL: {**SUCCESS, "total_number": total, rows: None},
            EmptyList.MISSING: {**SUCCESS, "total_number": total},
            EmptyList.BARE: SUCCESS,
        }[form]
    )


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        (EmptyList.ARRAY, {"total_number": 0, "data": []}),
        (EmptyList.NULL, {"total_number": 0, "data": None}),
        (EmptyList.MISSING, {"total_number": 0}),
        (EmptyList.BARE, {}),
    ],
)
async def test_an_empty_box_among_others(
    sparse: Client, form: EmptyList, fields: dict[str, object]
) -> None:
    """Its own list is left out, and no other."""
    sparse.pbx.switches.empty_list = form

    answer = await sparse.get("vm/query", number="3200,3201")

    full, empty = answer["voicemail_list"]
    assert (full["total_number"], len(full["data"])) == (1, 1)
    assert empty == {"number": "3201", **fields}


@pytest.mark.parametrize("form", EmptyList)
async def test_lists_inside_rows(sparse: Client, form: EmptyList) -> None:
    """The members of a group that has none, and which of them heard a message."""
    sparse.pbx.switches.empty_list = form

    (group,) = (await sparse.get("vm_group/list"))["vm_group_list"]
    (message,) = (await sparse.get("vm/get", number="6300"))["data"]

    for row, field in (
        (group, "member_list"),
        (message, "group_voicemail_read_status"),
    ):
        assert row.get(field, ...) == {
            EmptyList.ARRAY: [],
            EmptyList.NULL: None,
        }.get(form, ...)


async def test_no_box_at_all(sparse: Client) -> None:
    """The answer is nothing but a success."""
    sparse.pbx.switches.empty_list = EmptyList.BARE

    assert await sparse.get("vm/query", number="9998,9999") == SUCCESS


async def test_fields_without_a_value(sparse: Client) -> None:
    """A row has those that say something: numbers are never empty."""
    sparse.pbx.switches.empty_fields = False

    rows = (await sparse.get("extension/list"))["data"]
    (message,) = (await sparse.get("vm/get", number="3200"))["data"]
    details = (await sparse.get("extension/get", id="2"))["data"]
    (box,) = (await sparse.get("vm/query", number="3201"))["voicemail_list"]

    optional = {"email_addr", "mobile_number", "custom_presence_status", "role_name"}
    assert [set(row) & optional for row in rows] == [
        {"email_addr", "mobile_number"},
        set(),
        set(),
        {"email_addr"},
    ]
    assert {"name", "number", "group_voicemail_read_status"}.isdisjoint(message)
    assert message["is_read"] == 0
    assert details["presence_list"][0] == {"status": "available"}
    assert box == {"number": "3201", "total_number": 0, "data": []}


async def test_an_answer_keeps_its_own_fields(client: Client) -> None:
    """Whatever a test puts in their place."""
    client.pbx.switches.empty_fields = False
    client.pbx.switches.empty_list = EmptyList.MISSING
    client.pbx.switches.play_resource_url = None

    answer = await client.get(
        "extension_vm_greeting/play", extension="3200", file="vm_welcome.wav"
    )

    assert answer["play_resource_url"] is None


async def test_not_found_with_the_fields_of_a_list(client: Client) -> None:
    """As seen of an idle queue; other errors have no fields."""
    client.pbx.switches.not_found_skeleton = True

    missing = await client.get("vm/get", number="9999")
    malformed = await client.get("extension/list", page="0")

    assert missing == {**DATA_NOT_FOUND, "total_number": 0, "data": None}
    assert "data" not in malformed


@pytest.mark.parametrize(
    ("form", "fields"), [(ErrMsg.NULL, {"errmsg": None}), (ErrMsg.MISSING, {})]
)
async def test_answers_without_a_message(
    client: Client, form: ErrMsg, fields: dict[str, object]
) -> None:
    """Successes, errors, and what is said over a WebSocket."""
    client.pbx.switches.errmsg = form
    client.pbx.errcodes["vm_group/list"] = 70082

    success = await client.get("vm/query", number="9999")
    missing = await client.get("vm/get", number="9999")
    ordered = await client.get("vm_group/list")
    async with connected(client) as websocket:
        subscribed = await subscribe(websocket, [])

    assert success == {"errcode": 0, "voicemail_list": [], **fields}
    assert missing == {"errcode": 60001, **fields}
    assert ordered == {"errcode": 70082, **fields}
    assert subscribed == {"errcode": 0, **fields}
