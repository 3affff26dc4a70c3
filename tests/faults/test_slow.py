"""A PBX behind a slow line, and how long everybody waits for it."""

import asyncio

from homeassistant.core import HomeAssistant
import pytest

from simulator import FastForward, Line, PbxSimulator, SimulatedGreeting
from tests.common import Player, call, entry_for, load

MEGABIT = 125_000  # bytes a second
LARGEST = 8 * 1024 * 1024
SECONDS = (LARGEST - 44) / 16_000


@pytest.fixture
async def largest_greeting(hass: HomeAssistant, http_pbx: PbxSimulator) -> str:
    """Return the file of the largest greeting that the PBX can have."""
    greeting = SimulatedGreeting("largest.wav", duration=SECONDS)
    await asyncio.to_thread(greeting.audio)
    http_pbx.extensions["3200"].greetings = [greeting]
    await load(hass, entry_for(http_pbx))
    return greeting.real_filename


async def test_the_largest_greeting_at_two_megabits(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player, largest_greeting: str
) -> None:
    """It takes longer than an answer may, and is played."""
    hass.loop.set_debug(False)
    time = FastForward()
    http_pbx.sleep = time.sleep
    http_pbx.faults["download"] = Line(2 * MEGABIT)
    start = time.time()

    await call(
        hass,
        "play_greeting",
        extension="3200",
        file=largest_greeting,
        delivery="relay",
        entity_id="media_player.kitchen",
    )

    assert time.time() - start >= LARGEST / (2 * MEGABIT)
    assert len(player.played) == 1
