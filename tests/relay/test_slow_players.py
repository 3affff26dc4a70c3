"""Players that stop reading, and ones that leave."""

import asyncio

import aiohttp
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Fault, PbxSimulator
from tests.clock import Clock
from tests.common import LINK, asked, our_tasks
from tests.gate import Gate

from .home import (
    SlowPlayer,
    WebServer,
    add_greetings,
    fetch,
    outdated,
    relayed,
    without_ffmpeg,
)


@without_ffmpeg
async def test_players_that_stop_reading_hold_nobody_up(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    server: WebServer,
    players: aiohttp.ClientSession,
) -> None:
    """The others have all of it before, and the slow ones get it in their own time."""
    [greeting] = add_greetings(pbx, 1, 600)
    audio = await asyncio.to_thread(greeting.audio)
    path = await relayed(entry)
    slow = [await SlowPlayer(server).ask(path) for _ in range(20)]
    await server.streaming(20)

    async def gets_all_of_it() -> bool:
        return await fetch(players, path) == (200, audio)

    assert all(await asyncio.gather(*(gets_all_of_it() for _ in range(50))))
    for player in slow[1:]:
        player.leave()
    status, length = await slow[0].head()
    content = await slow[0].read(1000) + await slow[0].rest(length - 1000)
    assert (status, content) == (206, audio)
    slow[0].leave()
    assert asked(pbx) == {LINK: 1, "download": 1}


async def test_players_that_leave_while_a_greeting_is_fetched(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    server: WebServer,
    players: aiohttp.ClientSession,
    clock: Clock,
) -> None:
    """It is fetched for those who come later."""
    add_greetings(pbx, 1, 2)
    [path] = await outdated(hass, clock, pbx, entry, "0.wav")
    gate = Gate(pbx, "download")
    gone = [await SlowPlayer(server).ask(path) for _ in range(20)]
    await gate.arrived()
    for player in gone:
        player.leave()
    await server.left_by_all()

    gate.open()
    status, _ = await fetch(players, path)

    assert status == 200
    assert asked(pbx) == {LINK: 1, "download": 1}


async def test_a_fetch_that_fails_when_nobody_waits_any_more(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    server: WebServer,
    clock: Clock,
) -> None:
    """Is nothing to log: the test fails where something is."""
    add_greetings(pbx, 1, 2)
    [path] = await outdated(hass, clock, pbx, entry, "0.wav")
    gate = Gate(pbx, LINK)
    player = await SlowPlayer(server).ask(path)
    await gate.arrived()
    player.leave()
    await server.left_by_all()

    pbx.faults["download"] = Fault.HTML
    gate.open()
    await hass.async_block_till_done(wait_background_tasks=True)

    assert our_tasks() == []
