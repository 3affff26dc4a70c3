"""Many players at once."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from simulator import PbxSimulator
from tests.clock import Clock
from tests.common import LINK, asked
from tools.demo.audio import measure

from .home import add_greetings, fetch, outdated


async def test_two_hundred_players_cause_twenty_fetches(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    clock: Clock,
) -> None:
    """Whatever they ask of the twenty greetings, each gets the bytes of its own."""
    greetings = add_greetings(pbx, 20, 2)
    files = [greeting.real_filename for greeting in greetings]
    paths = await outdated(hass, clock, pbx, entry, *files)
    ranges: list[tuple[str, Callable[[bytes], bytes]]] = [
        ("bytes=0-", lambda whole: whole),
        ("bytes=100-199", lambda whole: whole[100:200]),
        ("bytes=-100", lambda whole: whole[-100:]),
        ("bytes=16000-", lambda whole: whole[16000:]),
    ]

    async def head(path: str) -> int:
        async with players.head(URL(path, encoded=True)) as answer:
            assert await answer.read() == b""
            return int(answer.headers["Content-Length"])

    wholes = [fetch(players, path) for path in paths for _ in range(5)]
    parts = [fetch(players, path, Range=r) for path in paths for r, _ in ranges]
    heads = [head(path) for path in paths]
    got: list[Any] = await asyncio.gather(*wholes, *parts, *heads)

    assert len(got) == 200
    assert asked(pbx) == {LINK: 20, "download": 20}
    for n, (path, greeting) in enumerate(zip(paths, greetings, strict=True)):
        status, whole = await fetch(players, path)
        sound = await measure(whole)
        assert status == 200
        assert sound.frequency == pytest.approx(greeting.frequency, abs=5)
        assert got[5 * n : 5 * n + 5] == [(200, whole)] * 5
        assert got[100 + 4 * n : 100 + 4 * n + 4] == [
            (206, part(whole)) for _, part in ranges
        ]
        assert got[180 + n] == len(whole)
    assert asked(pbx)["download"] == 20
