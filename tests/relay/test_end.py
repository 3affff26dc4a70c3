"""An entry is unloaded, or Home Assistant stops, while players are served.

A greeting that is on its way arrives whole, one that is still being fetched is a 503,
and one that is asked for meanwhile a 404. When Home Assistant stops, a greeting that is
being fetched is a 503, too, and its web server waits ten seconds for what is on its
way.
"""

import asyncio

import aiohttp
from homeassistant.components.media_source import Unresolvable, async_resolve_media
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.audio import Audio, convert
from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.entry import Pbx
from custom_components.yeastar_vm.pbx import Interrupted
from custom_components.yeastar_vm.playback.references import MessageReference
from custom_components.yeastar_vm.playback.relay import (
    Relay,
    RelayedMedia,
    relay as relay_module,
)
from custom_components.yeastar_vm.playback.relay.link import async_links_of
from simulator import PbxSimulator
from tests.clock import Clock
from tests.common import LINK, MINUTE, Player, asked, call, our_tasks
from tests.gate import Gate

from .home import (
    SlowPlayer,
    WebServer,
    add_greetings,
    fetch,
    greeting,
    hand_out,
    outdated,
    relayed,
    without_ffmpeg,
)


@without_ffmpeg
@pytest.mark.parametrize("reload", [False, True])
async def test_an_unload_while_players_are_served(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    server: WebServer,
    players: aiohttp.ClientSession,
    clock: Clock,
    *,
    reload: bool,
) -> None:
    """Who is being served gets it all, who waits gets 503, who comes after it 404."""
    greetings = add_greetings(pbx, 2, 300)
    audio = await asyncio.to_thread(greetings[0].audio)
    [other] = await outdated(hass, clock, pbx, entry, "1.wav")
    path = await relayed(entry)
    served = [await SlowPlayer(server).ask(path) for _ in range(5)]
    await server.streaming(5)
    gate = Gate(pbx, "download")
    waiting = [asyncio.create_task(fetch(players, other)) for _ in range(5)]
    await gate.arrived()
    relay: Relay = entry.runtime_data.playback.relay

    assert await hass.config_entries.async_unload(entry.entry_id)
    late = await fetch(players, path)
    gate.open()
    if reload:
        await hass.config_entries.async_setup(entry.entry_id)

    assert late == (404, b"")
    assert await asyncio.gather(*waiting) == [(503, b"")] * 5
    for player in served:
        status, length = await player.head()
        assert (status, await player.rest(length)) == (206, audio)
        player.leave()
    assert await fetch(players, other) == (404, b"")
    assert relay.size == 0
    assert our_tasks() == []


@without_ffmpeg
async def test_home_assistant_stops_while_players_are_served(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    server: WebServer,
    players: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It does not wait for them for ever, and nothing of the integration is left."""
    add_greetings(pbx, 2, 600)
    monkeypatch.setattr(relay_module, "MAX_CACHE", 0)  # only the last one is kept
    other, path = await relayed(entry, "1.wav"), await relayed(entry)
    served = [await SlowPlayer(server).ask(path) for _ in range(5)]
    await server.streaming(5)
    gate = Gate(pbx, "download")
    waiting = asyncio.create_task(fetch(players, other))
    await gate.arrived()

    await hass.async_stop(force=True)

    assert await waiting == (503, b"")
    assert server.connections == []
    assert our_tasks() == []
    for player in served:
        player.leave()


async def test_a_play_outlives_its_entry(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """An unload between the PBX's link and its audio is an error for the automation."""
    gate = Gate(pbx, LINK)
    data = {
        "extension": "3200",
        "file": "closed.WAV",
        "entity_id": "media_player.kitchen",
    }
    playing = asyncio.create_task(call(hass, "play_greeting", **data))
    await gate.arrived()

    assert await hass.config_entries.async_unload(entry.entry_id)
    gate.open()

    with pytest.raises(HomeAssistantError, match="Home Assistant"):
        await playing
    assert player.played == []
    assert our_tasks() == []


async def test_a_media_item_outlives_its_entry(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """So it is for who chose the greeting in the Media panel; nothing is kept."""
    assert await async_setup_component(hass, "media_source", {})
    relay: Relay = entry.runtime_data.playback.relay
    gate = Gate(pbx, LINK)
    media = f"media-source://{DOMAIN}/{entry.entry_id}/greetings/3200/closed.WAV"
    resolving = asyncio.create_task(async_resolve_media(hass, media, None))
    await gate.arrived()

    assert await hass.config_entries.async_unload(entry.entry_id)
    gate.open()

    with pytest.raises(Unresolvable, match="Home Assistant"):
        await resolving
    assert relay.size == 0
    assert our_tasks() == []


@without_ffmpeg
async def test_a_fetch_ends_before_the_token_is_waited_for(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    clock: Clock,
) -> None:
    """A clip that arrives while an unload waits would stay when all else is gone."""
    relay: Relay = entry.runtime_data.playback.relay
    download = Gate(pbx, "download")
    fetching = asyncio.create_task(hand_out(entry, "vm_welcome.wav", "3200"))
    await download.arrived()
    clock.tick(31 * MINUTE)
    refresh = Gate(pbx, "refresh_token")
    renewing = asyncio.create_task(entry.runtime_data.client.system.information())
    await refresh.arrived()

    unloading = asyncio.create_task(hass.config_entries.async_unload(entry.entry_id))
    download.open()
    await asyncio.wait([fetching])
    refresh.open()
    assert await unloading

    await asyncio.gather(fetching, renewing, return_exceptions=True)
    assert relay.size == 0


@without_ffmpeg
async def test_it_can_end_at_any_moment(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """Nothing is left of what was running, and nothing is kept or served."""
    add_greetings(pbx, 1, 2)
    reference = greeting()
    loaded: Pbx = entry.runtime_data
    link = await reference.get_link(loaded.client)
    started = hass.loop.time()
    await loaded.playback.relay.prepare(reference, link)
    duration = hass.loop.time() - started

    for moment in range(40):
        relay = Relay(hass, entry, loaded.client, {})
        playing = asyncio.create_task(relay.prepare(reference, link))
        await asyncio.sleep(duration * moment / 30)
        relay.close()

        [result] = await asyncio.gather(playing, return_exceptions=True)
        assert isinstance(result, Interrupted | RelayedMedia)
        assert relay.size == 0
        assert our_tasks() == []
        with pytest.raises(Interrupted):
            await relay.prepare(reference, link)
    assert len(hass.data["yeastar_vm_relay_links"]) == 1


async def test_a_fetch_is_not_waited_for(
    pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """Whoever waits for it is told at once."""
    gate = Gate(pbx, "download")
    playing = asyncio.create_task(hand_out(entry, "closed.WAV", "3200"))
    await gate.arrived()

    entry.runtime_data.playback.relay.close()

    with pytest.raises(Interrupted):
        await playing
    gate.open()


async def test_nothing_is_fetched_after_it(
    pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """Nobody would get it."""
    loaded: Pbx = entry.runtime_data
    reference = greeting("closed.WAV", "3200")
    link = await reference.get_link(loaded.client)
    loaded.playback.close()

    with pytest.raises(Interrupted):
        await loaded.playback.relay.prepare(reference, link)

    assert asked(pbx) == {LINK: 1}


async def test_messages_that_are_converted_meanwhile(
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are not kept."""
    left = http_pbx.leave_message("3200", "1", announced=False)
    relay: Relay = http_entry.runtime_data.playback.relay

    async def close_and_convert(binary: str, source: bytes) -> Audio:
        relay.close()
        return await convert(binary, source)

    monkeypatch.setattr(relay_module, "convert", close_and_convert)

    with pytest.raises(Interrupted):
        await relay.prepare_several([MessageReference("3200", left.msg_id)], 10)
    assert relay.size == 0


async def test_messages_that_are_collected_meanwhile(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_entry: MockConfigEntry
) -> None:
    """There is no link to them."""
    left = [http_pbx.leave_message("3200", caller, announced=False) for caller in "12"]
    relay: Relay = http_entry.runtime_data.playback.relay
    gate = Gate(http_pbx, "vm/download", busy=True)
    collecting = asyncio.create_task(
        relay.prepare_several([MessageReference("3200", m.msg_id) for m in left], 10)
    )
    await gate.arrived()

    relay.close()
    gate.open()

    with pytest.raises(Interrupted):
        await collecting
    assert async_links_of(hass, relay) == []
