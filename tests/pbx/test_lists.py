"""Lists whose total is wrong: all rows are read, and a wrong total costs nothing."""

import pytest

from simulator import PbxSimulator, SimulatedExtension, TotalNumber, default_groups

from .caller import Caller

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
