"""Slow lines, late answers, and time that passes at once."""

import asyncio
from typing import Any

from aiohttp import ClientTimeout
from freezegun.api import real_monotonic
import pytest

from simulator import Delay, FastForward, Fault, Line, SimulatedGreeting

from .common import Client, Clock


async def test_one_byte_a_second(client: Client) -> None:
    """The first comes at once."""
    client.pbx.faults["system/information"] = Fault.SLOW
    url = f"{client.pbx.base_url}/openapi/v1.0/system/information"

    async with client.session.get(url, ssl=False) as response:
        assert await response.content.read(9) == b"{"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await response.content.read(1)


async def download(client: Client, link: str, **options: Any) -> int:
    """Download audio; return how many bytes came."""
    return len((await client.send("GET", link, **options)).body)


async def test_a_slow_line(client: Client) -> None:
    """Two megabits a second take half a minute for eight megabytes."""
    time = FastForward()
    client.pbx.sleep = time.sleep
    greeting = SimulatedGreeting("long.wav", duration=500)
    await asyncio.to_thread(greeting.audio)
    client.pbx.extensions["3200"].greetings = [greeting]
    link = await client.play_link("3200", "long.wav")
    client.pbx.faults["download"] = Line(250_000)

    started = time.time()
    size = await download(client, link)
    taken = time.time() - started

    assert size == 8_000_044
    assert taken >= 32


async def test_a_client_gives_up_when_it_would(client: Client) -> None:
    """Its time goes by the same clock."""
    time = FastForward()
    client.pbx.sleep = time.sleep
    link = await client.play_link("3200", "vm_welcome.wav")
    client.pbx.faults["download"] = Line(1000)

    with pytest.raises(TimeoutError):
        await download(client, link, timeout=ClientTimeout(total=30))
    assert await download(client, link, timeout=ClientTimeout(total=120)) == 32044


async def test_several_slow_lines_at_once(client: Client) -> None:
    """Each has its own speed, and all share the time."""
    time = FastForward()
    client.pbx.sleep = time.sleep
    links = [await client.play_link("3200", "vm_welcome.wav") for _ in range(5)]
    client.pbx.faults["download"] = Line(1000)

    started = time.time()
    await asyncio.gather(*(download(client, link) for link in links))

    assert 32 <= time.time() - started < 2 * 32


@pytest.mark.parametrize("fault", [Delay(25), Line(1_000_000, delay=25)])
async def test_a_late_answer(client: Client, fault: Delay | Line) -> None:
    """It comes whole, when everybody has waited."""
    time = FastForward()
    client.pbx.sleep = time.sleep
    client.pbx.faults["*"] = fault

    started = time.time()
    answer = await client.get("extension/list")

    assert answer["errcode"] == 0
    assert time.time() - started >= 25


def ahead_of_real_time(time: FastForward) -> tuple[float, float]:
    """Return how far a clock is ahead: at least, and at most.

    The machine may take a while from one look at a clock to the next.
    """
    before = real_monotonic()
    now = time.time()
    return now - real_monotonic(), now - before


async def test_time_that_passes_moves_other_clocks_along(clock: Clock) -> None:
    """So that tokens age as they should."""

    def move(seconds: float) -> None:
        clock.now += seconds

    time = FastForward(move)
    began = clock.now

    await time.sleep(1000)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(10):
            await time.until(asyncio.Future[None]())

    moved = clock.now - began
    least, most = ahead_of_real_time(time)
    assert least - 0.001 <= moved <= most + 0.001
    assert least >= 1000


async def test_nothing_passes_while_nobody_waits() -> None:
    """The clock runs as ever."""
    time = FastForward()

    await asyncio.sleep(0.01)

    least, most = ahead_of_real_time(time)
    assert least <= 0 <= most
