"""The memory that the relay takes."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
import tracemalloc

import aiohttp
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from custom_components.yeastar_vm.audio import AudioNotDecodable
from custom_components.yeastar_vm.playback.relay import Relay, relay as relay_module
from simulator import PbxSimulator, SimulatedGreeting
from tests.clock import Clock
from tests.leaks import bytes_of

from .home import (
    SlowPlayer,
    WebServer,
    add_greetings,
    fetch,
    greeting,
    hand_out,
    let_pass,
    relayed,
    without_ffmpeg,
)

MB = 1024 * 1024


@contextmanager
def traced() -> Iterator[Callable[[], int]]:
    """Count the bytes of memory that the integration takes from now on."""
    own = tracemalloc.Filter(inclusive=True, filename_pattern="*/yeastar_vm/*")

    def taken() -> int:
        traces = tracemalloc.take_snapshot().filter_traces([own]).traces
        return sum(trace.size for trace in traces)

    tracemalloc.start()
    try:
        yield taken
    finally:
        tracemalloc.stop()


@without_ffmpeg
async def test_memory_is_bounded_and_given_back(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Though there is room for five of twenty, and players keep their connections."""
    size = len(add_greetings(http_pbx, 20, 16)[0].audio())
    monkeypatch.setattr(relay_module, "MAX_CACHE", 5 * size)
    relay: Relay = http_entry.runtime_data.playback.relay
    paths = [await relayed(http_entry, f"{n}.wav") for n in range(20)]

    async def length(path: str) -> int:
        async with players.get(URL(path, encoded=True)) as answer:
            return sum([len(chunk) async for chunk in answer.content.iter_any()])

    with traced() as memory:
        lengths = await asyncio.gather(*(length(path) for path in paths * 10))
        assert set(lengths) == {size}
        assert relay.size == 5 * size
        assert memory() < 5.5 * size

        let_pass(hass, clock, minutes=16)
        await hass.async_block_till_done()
        assert relay.size == 0
        assert memory() < 0.5 * size


@without_ffmpeg
@pytest.mark.parametrize("asked_for", ["bytes=0-", "bytes=1-9000000"])
async def test_stopped_players_share_the_memory_of_a_clip(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    server: WebServer,
    players: aiohttp.ClientSession,
    asked_for: str,
) -> None:
    """Twenty that stop in the middle of 9 MB take no 180 MB."""
    add_greetings(pbx, 1, 600)
    path = await relayed(entry)
    await fetch(players, path)
    with traced() as memory:
        stopped = [await SlowPlayer(server).ask(path, asked_for) for _ in range(20)]
        await server.streaming(20)
        assert memory() < MB
    for player in stopped:
        player.leave()


@without_ffmpeg
async def test_what_is_no_longer_played_is_forgotten(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, clock: Clock
) -> None:
    """The messages of years take no memory."""
    add_greetings(pbx, 3, 1)
    for file in ("0.wav", "1.wav"):
        await relayed(entry, file)
        let_pass(hass, clock, minutes=61)
    await relayed(entry, "2.wav")

    relay: Relay = entry.runtime_data.playback.relay
    assert [*relay._slots] == [greeting("2.wav")]
    assert not relay._fetches


async def test_the_error_of_a_fetch_keeps_no_audio(
    pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """Home Assistant may keep the error for long."""
    broken = SimulatedGreeting("0.wav", content=b"RIFF, and no audio")
    pbx.extensions["3200"].greetings = [broken]

    with pytest.raises(AudioNotDecodable) as caught:
        await hand_out(entry, "0.wav", "3200")

    assert bytes_of(caught.value) == []
