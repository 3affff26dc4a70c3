"""When a player has all of a clip: what waits for that is told once."""

import aiohttp
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from custom_components.yeastar_vm.playback.relay import RelayedMedia
from simulator import Fault, PbxSimulator
from tests.clock import Clock

from .home import (
    SlowPlayer,
    WebServer,
    add_greetings,
    fetch,
    hand_out,
    let_pass,
    without_ffmpeg,
)


@pytest.fixture
async def media(pbx: PbxSimulator, entry: MockConfigEntry) -> RelayedMedia:
    """Return a clip that is handed out."""
    add_greetings(pbx, 1, 2)
    return await hand_out(entry)


@pytest.fixture
def heard(media: RelayedMedia) -> list[str]:
    """Return a list that grows when a player has the clip."""
    heard: list[str] = []
    media.link.on_fetch.append(lambda: heard.append("heard"))
    return heard


@pytest.mark.parametrize(
    "ranges",
    [
        [""],
        ["bytes=0-"],
        ["bytes=0-99999999"],
        ["bytes=0-1", "bytes=0-999", "bytes=1000-"],
        ["bytes=-100", "bytes=0-499", "bytes=400-"],
    ],
    ids=str,
)
async def test_all_of_it_is_sent(
    media: RelayedMedia,
    heard: list[str],
    players: aiohttp.ClientSession,
    ranges: list[str],
) -> None:
    """In one piece or in several. A second time is not told."""
    for _ in range(2):
        for asked in ranges:
            await fetch(players, media.path, **({"Range": asked} if asked else {}))

    assert heard == ["heard"]


async def test_a_player_that_has_it_already(
    media: RelayedMedia, heard: list[str], players: aiohttp.ClientSession
) -> None:
    """It plays what it was sent before."""
    status, _ = await fetch(players, media.path, **{"If-None-Match": f'"{media.tag}"'})

    assert status == 304
    assert heard == ["heard"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-1"},
        {"Range": "bytes=0-999"},
        {"Range": "bytes=1-"},
        {"Range": "bytes=1000-"},
        {"Range": "bytes=-128"},
    ],
    ids=str,
)
async def test_a_part_of_it_is_sent(
    media: RelayedMedia,
    heard: list[str],
    players: aiohttp.ClientSession,
    headers: dict[str, str],
) -> None:
    """Its start or its end, to learn what it is. Nobody has heard it."""
    await fetch(players, media.path, **headers)

    assert heard == []


async def test_it_is_heard_again(
    media: RelayedMedia, heard: list[str], players: aiohttp.ClientSession
) -> None:
    """Once all of it is sent again; the end of it alone says nothing."""
    await fetch(players, media.path)
    media.link.on_fetch.append(lambda: heard.append("again"))

    await fetch(players, media.path, Range="bytes=1-")
    assert heard == ["heard"]
    await fetch(players, media.path)
    assert heard == ["heard", "again"]


async def test_it_is_only_asked_about(
    media: RelayedMedia, heard: list[str], players: aiohttp.ClientSession
) -> None:
    """The player reaches Home Assistant, and has nothing yet."""
    for headers, status in ({}, 200), ({"If-None-Match": "*"}, 304):
        url = URL(media.path, encoded=True)
        async with players.head(url, headers=headers) as answer:
            assert answer.status == status
        await fetch(players, media.path, Range="bytes=1-")
    assert await fetch(players, media.path, Range="bytes=99999999-") == (416, b"")

    assert heard == []
    assert media.link.requested_at >= media.prepared_at


@without_ffmpeg
async def test_a_player_that_leaves(
    pbx: PbxSimulator, entry: MockConfigEntry, server: WebServer
) -> None:
    """It had the beginning."""
    add_greetings(pbx, 1, 600)
    media = await hand_out(entry)
    heard: list[str] = []
    media.link.on_fetch.append(lambda: heard.append("heard"))
    player = await SlowPlayer(server).ask(media.path)
    await server.streaming(1)

    player.leave()
    await server.left_by_all()

    assert heard == []


async def test_a_fetch_that_fails(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    media: RelayedMedia,
    heard: list[str],
    players: aiohttp.ClientSession,
    clock: Clock,
    expected_warnings: list[str],
) -> None:
    """The player got no audio."""
    expected_warnings.append("cannot be relayed")
    let_pass(hass, clock, minutes=6)
    pbx.faults["download"] = Fault.HTML

    assert (await fetch(players, media.path))[0] == 502

    assert heard == []


async def test_a_link_that_ends(
    hass: HomeAssistant, entry: MockConfigEntry, media: RelayedMedia, heard: list[str]
) -> None:
    """Nobody has heard it, and nobody waits."""
    await hass.config_entries.async_unload(entry.entry_id)

    assert heard == []
    assert media.link.on_fetch == []
