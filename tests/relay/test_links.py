"""Links: how they look, who gets something, and who gets nothing."""

import asyncio
from collections.abc import AsyncIterator
import re
from typing import Any
from unicodedata import normalize

import aiohttp
from homeassistant.components.http.ban import KEY_FAILED_LOGIN_ATTEMPTS
from homeassistant.components.media_player import async_process_play_media_url
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.yeastar_vm.audio import Metadata
from custom_components.yeastar_vm.playback.references import (
    MessageReference,
    media_content_id,
)
from custom_components.yeastar_vm.playback.relay.link import RelayLink
from simulator import Fault, PbxSimulator, SimulatedGreeting
from tests.clock import Clock
from tests.common import HOUR, Player, add_players, asked, call, entry_for, load
from tests.players import MediaSourcePlayer

from .home import WebServer, add_greetings, fetch, greeting, hand_out, let_pass, relayed

BASE_URL = "http://192.168.178.100:8123"
LINK_PATH = re.compile(
    r"/api/yeastar_vm/[\w-]{22}/[a-z0-9_]{1,40}\.mp3\?[0-9a-f]{8}", re.ASCII
)
KITCHEN = "media_player.kitchen"


# --- how they look -------------------------------------------------------------------

FILES = {
    "closed.WAV": "closed",
    "Fermé à Noël.wav": "ferme_a_noel",
    normalize("NFD", "Fermé à Noël.wav"): "ferme_a_noel",
    "Größe & Preis (2).wav": "grosse_preis_2",
    "приветствие.wav": "privetstvie",
    "😀.wav": "unknown",
    "/../?#%2e.wav": "2e",
    "x" * 240 + ".wav": "x" * 40,
    "Ж" * 120 + ".wav": "zh" * 20,
}


@pytest.mark.parametrize(("file", "name"), FILES.items(), ids=range(len(FILES)))
async def test_a_link_is_short_and_can_be_read(
    pbx: PbxSimulator, entry: MockConfigEntry, file: str, name: str
) -> None:
    """Players show its last part, and cut what is long."""
    pbx.extensions["3200"].greetings = [SimulatedGreeting(file)]

    path = await relayed(entry, file, "3200")

    assert LINK_PATH.fullmatch(path)
    assert path.split("/")[4].split("?")[0] == f"{name}.mp3"
    assert len(f"{BASE_URL}{path}") < 150


@pytest.fixture
async def long_name(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> str:
    """Return the media content ID of a greeting with a long name."""
    await async_process_ha_core_config(hass, {"internal_url": BASE_URL})
    assert await async_setup_component(hass, "media_source", {})
    file = "long " * 48 + ".wav"
    pbx.extensions["3200"].greetings = [SimulatedGreeting(file)]
    return media_content_id(pbx.serial_number, greeting(file, "3200"))


def assert_short(url: str) -> None:
    """Assert that a URL is as it was made: nobody signs it."""
    assert LINK_PATH.fullmatch(url.removeprefix(BASE_URL))
    assert len(url) <= 200


async def test_the_action_gives_players_a_short_link(
    hass: HomeAssistant, long_name: str, player: Player
) -> None:
    """Also those that let Home Assistant sign what they are given."""
    await call(
        hass, "play_greeting", entity_id=KITCHEN, extension="3200", delivery="relay"
    )

    [(_, url, _)] = player.played
    assert_short(url)
    assert async_process_play_media_url(hass, url) == url


async def test_play_media_gives_players_a_short_link(
    hass: HomeAssistant, long_name: str
) -> None:
    """With what the media source calls the greeting."""
    kitchen = MediaSourcePlayer("kitchen")
    await add_players(hass, kitchen)

    await hass.services.async_call(
        "media_player",
        "play_media",
        {
            "entity_id": KITCHEN,
            "media_content_id": long_name,
            "media_content_type": "audio/mpeg",
        },
        blocking=True,
    )

    [(_, url, _)] = kitchen.played
    assert_short(url)


async def test_the_media_panel_gets_a_short_link(
    hass: HomeAssistant,
    long_name: str,
    hass_ws_client: WebSocketGenerator,
    players: aiohttp.ClientSession,
) -> None:
    """It browses, resolves, and plays in the browser."""
    websocket = await hass_ws_client(hass)
    folder = long_name.rpartition("/")[0]
    await websocket.send_json_auto_id(
        {"type": "media_source/browse_media", "media_content_id": folder}
    )
    browsed = (await websocket.receive_json())["result"]
    [child] = browsed["children"]
    await websocket.send_json_auto_id(
        {
            "type": "media_source/resolve_media",
            "media_content_id": child["media_content_id"],
        }
    )
    resolved = (await websocket.receive_json())["result"]

    assert_short(f"{BASE_URL}{resolved['url']}")
    assert resolved["mime_type"] == "audio/mpeg"
    assert (await fetch(players, resolved["url"]))[0] == 200


def test_a_link_shows_nothing_private() -> None:
    """It may be in a message of the log, or in a traceback."""
    source: Any = object()
    reference = MessageReference("3200", "1", "Anna Weber")
    metadata = Metadata(reference.title, "Leo Ball (3200)", "PBX")
    link = RelayLink(source, reference, metadata, ".mp3", dt_util.utcnow())

    assert b"Anna" in link.head
    for private in ("Anna", link.key, str(link.head)):
        assert private not in repr(link)


# --- how long they live --------------------------------------------------------------


async def test_a_link_ends(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    clock: Clock,
) -> None:
    """After a day; until then it works, for players pause."""
    add_greetings(pbx, 1, 2)
    media = await hand_out(entry)

    let_pass(hass, clock, hours=23, minutes=59)
    assert (await fetch(players, media.path))[0] == 200

    let_pass(hass, clock, minutes=2)
    assert await fetch(players, media.path) == (404, b"")


async def test_a_link_that_is_handed_out_again(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    clock: Clock,
) -> None:
    """It is the same for an hour. It does not live longer for that."""
    add_greetings(pbx, 2, 2)
    first = await hand_out(entry)
    let_pass(hass, clock, minutes=59)
    await hand_out(entry, "1.wav")
    second = await hand_out(entry)
    let_pass(hass, clock, minutes=2)
    third = await hand_out(entry)

    assert second.path == first.path != third.path
    assert second.expires_at == first.expires_at < third.expires_at

    let_pass(hass, clock, hours=23)
    assert (await fetch(players, first.path))[0] == 404
    assert (await fetch(players, third.path))[0] == 200


async def test_expired_links_take_no_memory(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    clock: Clock,
) -> None:
    """They are forgotten when others are created."""
    add_greetings(pbx, 3, 2)
    for number in range(3):
        await relayed(entry, f"{number}.wav")
    let_pass(hass, clock, hours=25)

    await relayed(entry)

    assert len(hass.data["yeastar_vm_relay_links"]) == 1


# --- who gets nothing ----------------------------------------------------------------


@pytest.fixture
async def strict_server(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> AsyncIterator[WebServer]:
    """Return a web server that bans whoever fails to log in twice."""
    settings = {"ip_ban_enabled": True, "login_attempts_threshold": 2}
    hass_storage["http"] = {"version": 1, "minor_version": 1, "data": settings}
    assert await async_setup_component(hass, "http", {})
    assert await async_setup_component(hass, "api", {})
    server = WebServer(hass)
    await server.start()
    yield server
    await server.runner.cleanup()


async def test_what_is_not_a_link_is_no_failed_login(
    hass: HomeAssistant,
    strict_server: WebServer,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    clock: Clock,
    expected_warnings: list[str],
) -> None:
    """A speaker that replays an old link, or looks for a cover, is not banned."""
    add_greetings(pbx, 2, 2)
    expired = await relayed(entry, "1.wav")
    clock.tick(25 * HOUR)
    good = await relayed(entry)
    folder, _, name = good.rpartition("/")
    name = name.partition("?")[0]
    key = folder.rpartition("/")[2]
    bad = [
        expired,
        f"{folder}/cover.png",
        f"{folder}/cover.jpg",
        f"{folder}/folder.mp3",
        f"{folder}/{name[:-4]}.wav",
        f"{folder}/{name}/",
        f"{folder}/",
        folder,
        f"/api/yeastar_vm/{key.swapcase()}/{name}",
        f"/api/yeastar_vm/{key[:-1]}/{name}",
        f"/api/yeastar_vm/{'A' * 22}/{name}",
        f"/api/yeastar_vm//{name}",
        f"/api/yeastar_vm/%00/{name}",
        f"/api/yeastar_vm/greetings/{entry.entry_id}/WyIzMjAwIl0.mp3?authSig=x.y.z",
        f"/api/yeastar_vm/greetings/{entry.entry_id}/cover.png",
    ]
    pbx.requests.clear()
    async with aiohttp.ClientSession(strict_server.url) as speaker:
        for path in bad:
            assert (await fetch(speaker, path))[0] == 404, path
            assert (await fetch(speaker, good))[0] == 200
        assert asked(pbx) == {}
        assert (await fetch(speaker, f"{good}&authSig=x.y.z"))[0] == 200

        # This is a failed login, the first one.
        expected_warnings.append("Login attempt")
        assert (await fetch(speaker, "/api/"))[0] == 401
        assert list(hass.http.app[KEY_FAILED_LOGIN_ATTEMPTS].values()) == [1]


async def test_links_of_two_pbxs(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
) -> None:
    """Each leads to its own PBX, and ends with it."""
    add_greetings(pbx, 1, 2)
    async with PbxSimulator() as second_pbx:
        second_pbx.serial_number = "2"
        add_greetings(second_pbx, 1, 3)
        second = await load(hass, entry_for(second_pbx))
        one, other = await relayed(entry), await relayed(second)

        _, short = await fetch(players, one)
        _, long = await fetch(players, other)
        assert len(short) < len(long)

        await hass.config_entries.async_unload(second.entry_id)
        assert (await fetch(players, one))[0] == 200
        assert (await fetch(players, other))[0] == 404


@pytest.mark.parametrize(
    "state", ["not_loaded", "disabled", "setup_retry", "setup_error", "removed"]
)
async def test_an_entry_that_is_not_loaded_serves_nothing(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    expected_warnings: list[str],
    state: str,
) -> None:
    """Whatever kept it from being loaded, and though the greeting was just served."""
    add_greetings(pbx, 1, 2)
    path = await relayed(entry)
    assert (await fetch(players, path))[0] == 200
    manager = hass.config_entries
    match state:
        case "not_loaded":
            await manager.async_unload(entry.entry_id)
        case "disabled":
            await manager.async_set_disabled_by(
                entry.entry_id, ConfigEntryDisabler.USER
            )
        case "setup_retry":
            pbx.faults["system/information"] = Fault.RESET
            await manager.async_reload(entry.entry_id)
        case "setup_error":
            expected_warnings.append("could not authenticate")
            pbx.reboot()
            pbx.client_secret = "changed"
            await manager.async_reload(entry.entry_id)
        case "removed":
            await manager.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is not ConfigEntryState.LOADED
    pbx.requests.clear()

    got = await asyncio.gather(*(fetch(players, path) for _ in range(20)))

    assert got == [(404, b"")] * 20
    assert asked(pbx) == {}


async def test_a_reload_ends_the_links(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
) -> None:
    """As a restart does; new ones work."""
    add_greetings(pbx, 1, 2)
    path = await relayed(entry)

    await hass.config_entries.async_reload(entry.entry_id)

    assert (await fetch(players, path))[0] == 404
    assert (await fetch(players, await relayed(entry)))[0] == 200
