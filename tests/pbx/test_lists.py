"""Lists whose total is wrong: all rows are read, and a wrong total costs nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import chain
import json

from aiohttp.web import Response
import pytest

from custom_components.yeastar_vm.pbx import (
    Box,
    BoxKind,
    Connections,
    Extension,
    InvalidResponse,
    YeastarClient,
    lists,
)
from simulator import (
    EmptyList,
    PbxSimulator,
    SimulatedExtension,
    SimulatedGreeting,
    TotalNumber,
    default_groups,
)
from tests.gate import Gate

from .caller import Caller, one_answer, serve, stranger

PAGE = 7


@pytest.fixture
def numbers(pbx: PbxSimulator) -> list[str]:
    """Return the numbers of twenty extensions, of which a page has seven."""
    pbx.extensions.clear()
    numbers = [str(number) for number in range(1000, 1020)]
    for number in numbers:
        pbx.extensions[number] = SimulatedExtension(number, f"Name {number}")
    pbx.switches.max_page_size = PAGE
    return numbers


@pytest.mark.parametrize(
    ("total", "requests"),
    [
        (TotalNumber.RIGHT, 3),
        (TotalNumber.MISSING, 3),
        (None, 3),
        (0, 3),
        (1, 3),
        ("many", 3),
        (-5, 3),
        (13, 3),
        (21, 4),
        # Pages that the total promises are asked for together.
        (1_000_000_000, 5),
    ],
)
async def test_all_rows_are_read_whatever_the_total_is(
    caller: Caller, numbers: list[str], total: object, requests: int
) -> None:
    """Until a page is shorter than the first one."""
    caller.pbx.switches.total_number = total

    extensions = await caller.client.extensions.all()

    assert [extension.number for extension in extensions] == numbers
    assert caller.asked().count("extension/list") == requests


async def test_every_list_is_read_to_its_end(caller: Caller) -> None:
    """A PBX gives 8 rows of 28, whatever the size of a page that is asked for."""
    pbx = caller.pbx
    pbx.switches.max_page_size = 8
    wanted = {str(number) for number in range(7000, 7028)}
    leo = pbx.extensions["3200"]
    leo.greetings = [SimulatedGreeting(f"{each}.wav") for each in wanted]
    for number in wanted:
        pbx.extensions[number] = SimulatedExtension(number, f"Trimmed {number}")
        pbx.groups[number] = replace(default_groups()["6300"], number=number)
        pbx.leave_message("3200", number)
    client = caller.client

    found = {
        "extensions": {each.number for each in await client.extensions.all()},
        "search": {each.number for each in await client.extensions.search("Trimmed")},
        "groups": {each.number for each in await client.groups.all()},
        "greetings": {
            each.file.removesuffix(".wav") for each in await client.greetings.of("3200")
        },
        "messages": {
            each.caller_number
            for each in (await client.messages.query(["3200"]))["3200"]
        },
    }

    missing = {name: wanted - rows for name, rows in found.items()}
    assert not any(missing.values()), missing


async def test_a_page_that_is_shorter_than_others(connections: Connections) -> None:
    """It is the last one only if the total does not promise more."""
    pages = (["1000", "1001", "1002"], ["1003"], ["1004", "1005"])
    answers = [
        Response(
            text=json.dumps(
                {
                    "errcode": 0,
                    "total_number": 6,
                    "data": [{"number": number} for number in page],
                }
            )
        )
        for page in pages
    ]
    async with serve(answers) as base_url:
        extensions = await stranger(connections, base_url).extensions.all()

    assert [each.number for each in extensions] == [*chain.from_iterable(pages)]


@pytest.mark.parametrize("total", [TotalNumber.RIGHT, None])
async def test_pages_of_one_row(
    caller: Caller, numbers: list[str], total: object
) -> None:
    """Also they are read to the end."""
    caller.pbx.switches.max_page_size = 1
    caller.pbx.switches.total_number = total

    extensions = await caller.client.extensions.all()

    assert [extension.number for extension in extensions] == numbers


async def test_a_last_page_that_is_full(caller: Caller, numbers: list[str]) -> None:
    """Without a total, an empty page is the end."""
    del caller.pbx.extensions[numbers.pop()]
    caller.pbx.switches.max_page_size = 19
    caller.pbx.switches.total_number = None

    extensions = await caller.client.extensions.all()

    assert [extension.number for extension in extensions] == numbers
    assert caller.asked().count("extension/list") == 2


@pytest.mark.parametrize("total", [TotalNumber.RIGHT, None, 1_000_000_000])
async def test_a_pbx_that_ignores_the_page(
    caller: Caller, numbers: list[str], total: object
) -> None:
    """The same rows again are the end."""
    caller.pbx.switches.ignored_parameters = frozenset({"page"})
    caller.pbx.switches.total_number = total

    extensions = await caller.client.extensions.all()

    assert [extension.number for extension in extensions] == numbers[:PAGE]


async def test_a_list_with_a_right_total_costs_one_request(caller: Caller) -> None:
    """There is no need to ask whether there are more."""
    await caller.client.extensions.all()

    assert caller.asked().count("extension/list") == 1


async def test_groups_without_a_total(caller: Caller) -> None:
    """Their first page is read once; the second one shows that there is no more."""
    caller.pbx.groups = default_groups()
    caller.pbx.switches.total_number = TotalNumber.MISSING

    groups = await caller.client.groups.all()

    assert {group.number for group in groups} == caller.pbx.groups.keys()
    assert caller.asked() == ["get_token", "vm_group/list", "vm_group/list"]


@pytest.mark.parametrize("empty", EmptyList)
async def test_a_list_without_rows(caller: Caller, empty: EmptyList) -> None:
    """Absent, null and empty are the same, and so says a group that is deleted."""
    caller.pbx.switches.empty_list = empty
    caller.pbx.groups = {}
    caller.pbx.extensions["3201"].greetings = []

    assert await caller.client.groups.find() == []
    assert await caller.client.greetings.of("3201") == []
    assert await caller.client.extensions.search("nobody") == []
    assert await caller.client.messages.of("3201") == []


@pytest.mark.parametrize("value", ["", 0, False, {}, "none", 7.5])
@pytest.mark.parametrize("key", ["data", "voicemail_list", "greeting_list"])
async def test_another_type_is_no_list(
    connections: Connections, key: str, value: object
) -> None:
    """It is not what a PBX answers."""
    asks: dict[str, Callable[[YeastarClient], Awaitable[object]]] = {
        "data": lambda client: client.extensions.all(),
        "voicemail_list": lambda client: client.messages.query(["3200"]),
        "greeting_list": lambda client: client.greetings.of("3200"),
    }
    async with one_answer(json.dumps({"errcode": 0, key: value})) as base_url:
        with pytest.raises(InvalidResponse):
            await asks[key](stranger(connections, base_url))


async def test_a_list_without_end(
    caller: Caller, numbers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends after some pages."""
    monkeypatch.setattr(lists, "MAX_PAGES", 2)
    caller.pbx.switches.max_page_size = 3

    extensions = await caller.client.extensions.all()

    assert [extension.number for extension in extensions] == numbers[:6]


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ({"custom_presence_status": "do_not_disturb"}, "do_not_disturb"),
        ({"custom_presence_status": "available"}, "do_not_disturb"),
        ({"custom_presence_status": "away"}, "do_not_disturb"),
        ({"custom_presence_status": "business_trip"}, "do_not_disturb"),
        ({"custom_presence_status": "launch"}, "do_not_disturb"),
        ({"custom_presence_status": "lunch"}, "do_not_disturb"),
        ({"custom_presence_status": "off_work"}, "do_not_disturb"),
        ({"custom_presence_status": "In the garden"}, "In the garden"),
        ({"custom_presence_status": ""}, "do_not_disturb"),
        ({"custom_presence_status": None}, "do_not_disturb"),
        ({}, "do_not_disturb"),
    ],
)
def test_a_custom_presence_is_none_of_the_standard_ones(
    row: dict[str, object], shown: str
) -> None:
    """The PBX may repeat the standard one, or be late with it."""
    extension = Extension.from_row(
        {"number": "1", "presence_status": "do_not_disturb", **row}
    )

    assert extension
    assert extension.presence == shown


@pytest.mark.parametrize(("count", "requests"), [(1, 1), (PAGE, 1), (PAGE + 1, 3)])
async def test_some_extensions_of_many(
    signed_in: Caller, numbers: list[str], count: int, requests: int
) -> None:
    """The list is read until they are found."""
    found = await signed_in.client.extensions.find(numbers[:count])

    assert [*found] == numbers[:count]
    assert signed_in.asked() == ["extension/list"] * requests


async def test_lists_are_asked_for_in_an_order(caller: Caller) -> None:
    """Otherwise, pages may overlap, or leave a gap."""
    await caller.client.extensions.all()
    await caller.client.extensions.search("320")
    await caller.client.groups.all()

    _, *lists_asked = caller.pbx.requests
    assert len(lists_asked) == 3
    for request in lists_asked:
        assert request.query.items() >= {
            ("sort_by", "number"),
            ("order_by", "asc"),
            ("page", "1"),
            ("page_size", "500"),
        }


async def test_few_requests_at_once(caller: Caller) -> None:
    """A PBX has other things to do: four of a list, and eight in all."""
    boxes = [Box(str(number), "", BoxKind.EXTENSION) for number in range(20)]
    await caller.client.system.information()
    gate = Gate(caller.pbx, "extension_vm_greeting/list")
    tasks = [asyncio.create_task(caller.client.greetings.of_boxes(boxes))]
    counts = []
    for expected in (4, 8, 8):
        await gate.arrived(expected)
        for _ in range(100):
            await asyncio.sleep(0)
        counts.append(gate.waiting)
        tasks.append(asyncio.create_task(caller.client.greetings.of_boxes(boxes)))

    gate.open()
    await asyncio.gather(*tasks)
    assert counts == [4, 8, 8]
