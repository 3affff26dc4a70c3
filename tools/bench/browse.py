"""How long browsing and searching takes, and how it grows with the PBX."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import ceil
from statistics import median
import time

from homeassistant.components.media_player import SearchMediaQuery
from homeassistant.components.media_source import (
    async_browse_media,
    async_search_media,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.json import json_bytes

from tools.demo.console import step

from .home import added_pbx
from .pbx import FIRST_NUMBER, PAGE_SIZE, ByHand, Pbx
from .report import Table, at_most, milliseconds
from .rounds import p95, ratio, take_turns

_EXTENSION = str(FIRST_NUMBER + 42)
_NOISE = 1.1

type Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class View:
    """What a user looks at, and the requests for the same pages by hand."""

    name: str
    browse: Work
    by_hand: Work
    pages: int


@dataclass(frozen=True)
class Cost:
    """Seconds that something took, and seconds of this process' CPU time in them."""

    seconds: float
    cpu: float


async def measure_browsing(
    hass: HomeAssistant, pbxs: dict[int, Pbx], rounds: int
) -> Table:
    """Compare the media source with the bare requests, by numbers of extensions."""
    table = Table(
        "Browsing",
        "From Home Assistant's call of the media source until the answer is there as"
        " JSON for the frontend; the PBX has a self-signed certificate. By hand: the"
        " same pages of the PBX, at most four at once, read and parsed. The CPU time is"
        " that of Home Assistant's process, the least of all rounds, since Python"
        " collects its garbage in some. It must not grow faster than that of the same"
        f" pages by hand; {_NOISE - 1:.0%} are left to the noise of so short times.",
        (
            "Extensions",
            "",
            "Requests",
            "By hand",
            "Median",
            "p95",
            "Ratio",
            "CPU by hand",
            "CPU",
        ),
    )
    cpu: dict[str, dict[int, float]] = {}
    for count, pbx in pbxs.items():
        async with added_pbx(hass, pbx) as entry:
            by_hand = ByHand(async_get_clientsession(hass), pbx)
            for view in await _views(hass, entry.entry_id, by_hand, count):
                with step(f"browse {count:,} extensions: {view.name}"):
                    costs = await take_turns(
                        {
                            "by hand": partial(_cost, view.by_hand),
                            "media source": partial(_cost, view.browse),
                        },
                        rounds,
                    )
                bare = [cost.seconds for cost in costs["by hand"]]
                ours = [cost.seconds for cost in costs["media source"]]
                bare_cpu = min(cost.cpu for cost in costs["by hand"])
                our_cpu = min(cost.cpu for cost in costs["media source"])
                cpu.setdefault(view.name, {})[count] = our_cpu / bare_cpu
                table.rows.append(
                    (
                        f"{count:,}",
                        view.name,
                        str(view.pages),
                        milliseconds(median(bare)),
                        milliseconds(median(ours)),
                        milliseconds(p95(ours)),
                        f"{ratio(ours, bare):.2f}",
                        milliseconds(bare_cpu),
                        milliseconds(our_cpu),
                    )
                )
                table.goals.append(
                    at_most(
                        f"browse {count:,} extensions, {view.name} / by hand",
                        ratio(ours, bare),
                        1.3,
                    )
                )
    for name, by_count in cpu.items():
        for few, many in pairwise(by_count):
            table.goals.append(
                at_most(
                    f"browse {many:,} extensions instead of {few:,}, {name}:"
                    " growth of the CPU time / by hand",
                    by_count[many] / by_count[few],
                    _NOISE,
                )
            )
    return table


async def _cost(work: Work) -> Cost:
    started, cpu = time.perf_counter(), time.process_time()
    await work()
    return Cost(time.perf_counter() - started, time.process_time() - cpu)


async def _views(
    hass: HomeAssistant, entry_id: str, by_hand: ByHand, count: int
) -> list[View]:
    pages = ceil(count / PAGE_SIZE)
    root = f"media-source://yeastar_vm/{entry_id}"

    async def browse(media_content_id: str) -> None:
        found = await async_browse_media(hass, media_content_id)
        json_bytes(found.as_dict())

    async def search(text: str) -> None:
        found = await async_search_media(
            hass, root, SearchMediaQuery(search_query=text)
        )
        json_bytes(found.as_dict())

    views = [
        View(
            "the PBX",
            partial(browse, root),
            partial(by_hand.pages, "extension/list", pages),
            pages,
        ),
        View(
            "an extension",
            partial(browse, f"{root}/greetings/{_EXTENSION}"),
            partial(
                by_hand.get,
                "extension_vm_greeting/list",
                extension=_EXTENSION,
                page="1",
                page_size=str(PAGE_SIZE),
            ),
            1,
        ),
        View(
            "a search that finds one",
            partial(search, f"person.{_EXTENSION}@"),
            partial(
                by_hand.pages,
                "extension/search",
                1,
                search_value=f"person.{_EXTENSION}@",
            ),
            1,
        ),
        View(
            "a search that finds all",
            partial(search, "person"),
            partial(by_hand.pages, "extension/search", pages, search_value="person"),
            pages,
        ),
    ]
    if pages > 1:
        shown = await async_browse_media(hass, root)
        assert shown.children
        folder = shown.children[0].media_content_id
        views.insert(
            1, View("a folder of 500", partial(browse, folder), views[0].by_hand, pages)
        )
    return views
