"""Lists whose length the PBX tells wrongly, at each side that shows one."""

from collections.abc import Awaitable, Callable

from homeassistant.components.media_player import SearchMediaQuery
from homeassistant.components.media_source import async_browse_media
from homeassistant.components.media_source.helper import async_search_media
import pytest

from simulator import PastEnd, SimulatedExtension, SimulatedGreeting, TotalNumber
from tests.common import MINUTE, call

from .cases import EXTENSIONS, GREETINGS, SEARCH
from .home import Home

COUNT, PER_PAGE = 20, 7
NUMBERS = [str(number) for number in range(1000, 1000 + COUNT)]
FILES = [f"greeting_{number:02}.wav" for number in range(COUNT)]


async def browse_extensions(home: Home) -> list[str]:
    """Return the extensions in the media browser."""
    shown = await async_browse_media(home.hass, home.media())
    return [str(child.title).split()[0] for child in shown.children or ()]


async def browse_greetings(home: Home) -> list[str]:
    """Return the greetings of an extension in the media browser."""
    shown = await async_browse_media(home.hass, home.media("greetings", NUMBERS[0]))
    return [str(child.title) for child in shown.children or ()]


async def search_media(home: Home) -> list[str]:
    """Return what a search in the media browser finds."""
    query = SearchMediaQuery(search_query="Person")
    found = await async_search_media(home.hass, home.media(), query)
    return [str(each.title).split()[0] for each in found.result]


async def search_extensions(home: Home) -> list[str]:
    """Return what the action finds."""
    found = await call(home.hass, "search_extensions", search="Person", limit=500)
    return [row["number"] for row in found["extensions"]]


async def list_greetings(home: Home) -> list[str]:
    """Return the greetings that the action lists."""
    found = await call(home.hass, "list_greetings", extension=NUMBERS[0])
    return [row["file"] for row in found["greetings"]]


@pytest.fixture
async def large_home(home: Home) -> Home:
    """Return a home whose PBX has twenty of everything and shows seven a page."""
    greetings = [SimulatedGreeting(file) for file in FILES]
    home.pbx.extensions = {
        number: SimulatedExtension(number, f"Person {number}", [*greetings])
        for number in NUMBERS
    }
    home.pbx.switches.max_page_size = PER_PAGE
    home.pbx.requests.clear()
    return home


SIDES = pytest.mark.parametrize(
    ("side", "endpoint", "everything"),
    [
        (browse_extensions, EXTENSIONS, NUMBERS),
        (browse_greetings, GREETINGS, FILES),
        (search_media, SEARCH, NUMBERS),
        (search_extensions, SEARCH, NUMBERS),
        (list_greetings, GREETINGS, FILES),
    ],
)
type List = Callable[[Home], Awaitable[list[str]]]


def pages(home: Home, endpoint: str) -> list[str]:
    """Return the pages that the PBX was asked for."""
    return [
        request.query["page"]
        for request in home.pbx.requests
        if request.endpoint == endpoint
    ]


@SIDES
@pytest.mark.parametrize("past_end", PastEnd)
async def test_a_list_is_read_to_its_end(
    large_home: Home,
    side: List,
    endpoint: str,
    everything: list[str],
    past_end: PastEnd,
) -> None:
    """Whatever the PBX says about its length, and about what comes after it."""
    large_home.pbx.switches.past_end = past_end
    for total in (TotalNumber.MISSING, None, 0, 1, "20", "many", 1_000_000_000, -1):
        large_home.pbx.switches.total_number = total
        large_home.pbx.requests.clear()
        large_home.clock.tick(6 * MINUTE)  # Lists are kept for a while.

        assert sorted(await side(large_home)) == everything, total
        assert len(pages(large_home, endpoint)) <= 5, total


@SIDES
async def test_a_right_total_costs_nothing(
    large_home: Home, side: List, endpoint: str, everything: list[str]
) -> None:
    """There is no request for a page that is not there."""
    assert sorted(await side(large_home)) == everything
    assert sorted(pages(large_home, endpoint)) == ["1", "2", "3"]


@SIDES
@pytest.mark.parametrize("total", [TotalNumber.RIGHT, None, 1_000_000_000])
async def test_a_pbx_that_repeats_the_first_page(
    large_home: Home,
    side: List,
    endpoint: str,
    everything: list[str],
    total: object,
) -> None:
    """Each row is shown once, and the end is found."""
    large_home.pbx.switches.ignored_parameters = frozenset({"page"})
    large_home.pbx.switches.total_number = total

    assert sorted(await side(large_home)) == everything[:PER_PAGE]
    assert len(pages(large_home, endpoint)) <= 5


@SIDES
async def test_a_pbx_that_ignores_the_page_size(
    large_home: Home, side: List, endpoint: str, everything: list[str]
) -> None:
    """Its own is as good as any."""
    large_home.pbx.switches.max_page_size = None
    large_home.pbx.switches.ignored_parameters = frozenset({"page_size"})
    large_home.pbx.switches.total_number = TotalNumber.MISSING

    assert sorted(await side(large_home)) == everything
