"""The relay under load: many players, slow ones, ones that leave, and the end.

What a player sees when an entry is unloaded or reloaded: a greeting that is on its way
arrives whole, one that is still being fetched is a 502, and one that is asked for
meanwhile a 404. When Home Assistant stops, a greeting that is being fetched is a 502,
too, and its web server waits ten seconds for what is on its way.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
import re
import socket
import tracemalloc
from typing import Any, Self

import aiohttp
from aiohttp import web
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.components.media_source import Unresolvable, async_resolve_media
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from yarl import URL

from custom_components.yeastar_vm import clips
from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.relay.cache import KEEP, ClipStore
from custom_components.yeastar_vm.views import async_relay_path

from .conftest import Player, entry_for, load
from .demo.audio import measure
from .gate import Gate
from .pbx_simulator import Fault, PbxSimulator, SimulatedExtension, SimulatedGreeting
from .test_init import our_tasks

LINK = "extension_vm_greeting/play"
MB = 1024 * 1024
NOT_SIGNED = "Login attempt or request with invalid authentication"

# Without ffmpeg, WAV passes as it is: large clips that cost no time.
without_ffmpeg = pytest.mark.usefixtures("ffmpeg_that_is_missing")


@pytest.fixture
def ffmpeg_that_is_missing(hass: HomeAssistant) -> None:
    """Let Home Assistant's ffmpeg be gone since it started."""
    get_ffmpeg_manager(hass)._bin = "/nowhere/ffmpeg"


class Home:
    """Home Assistant's web server on a real socket, as Home Assistant runs it."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Stop with Home Assistant, but do not wait ten seconds for slow players."""
        self.runner = web.AppRunner(
            hass.http.app, handler_cancellation=True, shutdown_timeout=0.1
        )
        self.url = URL()
        self._hass = hass

    async def start(self) -> None:
        """Open a port."""
        self._hass.http.app._router.freeze = lambda: None  # type: ignore[method-assign]
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.url = URL(site.name)
        self._hass.http.runner = self.runner

    @property
    def connections(self) -> list[asyncio.Transport]:
        """Return the connections of the players."""
        if self.runner.server is None:
            return []
        return [
            handler.transport
            for handler in self.runner.server.connections
            if isinstance(handler.transport, asyncio.Transport)
        ]

    async def streaming(self, players: int) -> None:
        """Wait until so many players have been sent more than they read."""
        while sum(t.get_write_buffer_size() > 0 for t in self.connections) < players:  # noqa: ASYNC110
            await asyncio.sleep(0)

    async def left_by_all(self) -> None:
        """Wait until the server has noticed that no player is there any more."""
        while self.connections:  # noqa: ASYNC110
            await asyncio.sleep(0)


@pytest.fixture
async def home(hass: HomeAssistant) -> AsyncIterator[Home]:
    """Return Home Assistant's web server."""
    assert await async_setup_component(hass, "http", {})
    server = Home(hass)
    await server.start()
    yield server
    await server.runner.cleanup()


@pytest.fixture
async def players(home: Home) -> AsyncIterator[aiohttp.ClientSession]:
    """Return what fetches URLs, for as many players as there are."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(home.url, connector=connector) as session:
        yield session


class SlowPlayer:
    """A player with hardly any room, which reads no more than it is told to."""

    def __init__(self, home: Home) -> None:
        """Prepare its socket."""
        self._url = home.url
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.setblocking(False)

    async def ask(self, path: str, asked: str = "bytes=0-") -> Self:
        """Ask for a range of a greeting."""
        loop = asyncio.get_running_loop()
        assert self._url.host
        await loop.sock_connect(self._socket, (self._url.host, self._url.port))
        request = f"GET {path} HTTP/1.1\r\nHost: ha\r\nRange: {asked}\r\n\r\n"
        await loop.sock_sendall(self._socket, request.encode())
        return self

    async def read(self, size: int) -> bytes:
        """Return so many bytes, read one by one; fewer where the server hangs up."""
        content = b""
        while len(content) < size:
            byte = await asyncio.get_running_loop().sock_recv(self._socket, 1)
            if not byte:
                break
            content += byte
        return content

    async def head(self) -> tuple[int, int]:
        """Return the status, and the length of what is to come."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += await self.read(1)
        length = re.search(rb"Content-Length: (\d+)", head)
        assert length
        return int(head.split()[1]), int(length[1])

    async def rest(self, size: int) -> bytes:
        """Return so many bytes, read as fast as they come; fewer where it ends."""
        content = bytearray()
        while len(content) < size:
            chunk = await asyncio.get_running_loop().sock_recv(self._socket, 65536)
            if not chunk:
                break
            content += chunk
        return bytes(content)

    def leave(self) -> None:
        """Go away without a word."""
        self._socket.close()


def add_greetings(
    pbx: PbxSimulator, count: int, duration: float
) -> list[SimulatedGreeting]:
    """Add an extension 4000 with greetings, each with a tone of its own."""
    greetings = [
        SimulatedGreeting(f"{n}.wav", frequency=300 + 50 * n, duration=duration)
        for n in range(count)
    ]
    pbx.extensions["4000"] = SimulatedExtension("4000", "Lou Load", greetings)
    return greetings


def relayed(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    file: str = "0.wav",
    suffix: str = ".mp3",
) -> str:
    """Return the signed path of a greeting of extension 4000."""
    return async_relay_path(hass, entry, "4000", file, suffix)


def asked(pbx: PbxSimulator) -> Counter[str]:
    """Return how often the PBX was asked what."""
    return Counter(request.endpoint for request in pbx.requests)


async def fetch(
    players: aiohttp.ClientSession, path: str, **headers: str
) -> tuple[int, bytes]:
    """Return status and body of what one player gets."""
    url = URL(path, encoded=True)
    async with players.get(url, headers=headers) as answer:
        return answer.status, await answer.read()


# --- many ----------------------------------------------------------------------------


@pytest.fixture
async def many_tasks() -> None:
    """Let asyncio record no stack for each task, as its debug mode does."""
    asyncio.get_running_loop().set_debug(False)


@pytest.mark.usefixtures("many_tasks")
async def test_two_hundred_players_cause_twenty_fetches(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
) -> None:
    """Whatever they ask of the twenty greetings, each gets the bytes of its own."""
    greetings = add_greetings(pbx, 20, 2)
    paths = [relayed(hass, entry, greeting.real_filename) for greeting in greetings]
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


# --- slow ones, and ones that leave --------------------------------------------------


@pytest.mark.usefixtures("many_tasks")
@without_ffmpeg
async def test_players_that_stop_reading_hold_nobody_up(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    home: Home,
    players: aiohttp.ClientSession,
) -> None:
    """The others have all of it before, and the slow ones get it in their own time."""
    [greeting] = add_greetings(pbx, 1, 600)
    audio = await asyncio.to_thread(greeting.audio)
    path = relayed(hass, entry, suffix=".wav")
    slow = [await SlowPlayer(home).ask(path) for _ in range(20)]
    await home.streaming(20)

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
    home: Home,
    players: aiohttp.ClientSession,
) -> None:
    """It is fetched for those who come later."""
    add_greetings(pbx, 1, 2)
    path = relayed(hass, entry)
    gate = Gate(pbx, "download")
    gone = [await SlowPlayer(home).ask(path) for _ in range(20)]
    await gate.arrived()
    for player in gone:
        player.leave()
    await home.left_by_all()

    gate.open()
    status, _ = await fetch(players, path)

    assert status == 200
    assert asked(pbx) == {LINK: 1, "download": 1}


async def test_a_fetch_that_fails_when_nobody_waits_any_more(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, home: Home
) -> None:
    """Is nothing to log: the test fails where something is."""
    add_greetings(pbx, 1, 2)
    gate = Gate(pbx, LINK)
    player = await SlowPlayer(home).ask(relayed(hass, entry))
    await gate.arrived()
    player.leave()
    await home.left_by_all()

    pbx.faults["download"] = Fault.HTML
    gate.open()
    await hass.async_block_till_done(wait_background_tasks=True)

    assert our_tasks() == []


# --- memory --------------------------------------------------------------------------


@contextmanager
def traced() -> Iterator[Callable[[], int]]:
    """Count the bytes of memory that the integration takes from now on."""
    own = tracemalloc.Filter(inclusive=True, filename_pattern="*/yeastar_vm/*")

    def taken() -> int:
        traces = tracemalloc.take_snapshot().filter_traces([own]).traces
        return sum(trace.size for trace in traces)

    tracemalloc.start()
    yield taken
    tracemalloc.stop()


@pytest.mark.usefixtures("many_tasks")
@without_ffmpeg
async def test_memory_is_bounded_and_given_back(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Though there is room for five of twenty, and players keep their connections."""
    size = len(add_greetings(http_pbx, 20, 16)[0].audio())
    monkeypatch.setattr(clips, "MAX_KEPT", 5 * size)
    store: ClipStore = http_entry.runtime_data.clips
    paths = [relayed(hass, http_entry, f"{n}.wav", ".wav") for n in range(20)]

    async def length(path: str) -> int:
        async with players.get(URL(path, encoded=True)) as answer:
            return sum([len(chunk) async for chunk in answer.content.iter_any()])

    with traced() as memory:
        lengths = await asyncio.gather(*(length(path) for path in paths * 10))
        assert set(lengths) == {size}
        assert store.size == 5 * size
        assert memory() < 5.5 * size

        freezer.tick(timedelta(seconds=KEEP + 1))
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
        assert store.size == 0
        assert memory() < 0.5 * size


@without_ffmpeg
@pytest.mark.parametrize("asked_for", ["bytes=0-", "bytes=1-9000000"])
async def test_stopped_players_share_the_memory_of_a_clip(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    home: Home,
    players: aiohttp.ClientSession,
    asked_for: str,
) -> None:
    """Twenty that stop in the middle of 9 MB take no 180 MB."""
    add_greetings(pbx, 1, 600)
    path = relayed(hass, entry, suffix=".wav")
    await fetch(players, path)
    with traced() as memory:
        stopped = [await SlowPlayer(home).ask(path, asked_for) for _ in range(20)]
        await home.streaming(20)
        assert memory() < MB
    for player in stopped:
        player.leave()


# --- the end -------------------------------------------------------------------------


@without_ffmpeg
@pytest.mark.parametrize("reload", [False, True])
async def test_an_unload_while_players_are_served(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    home: Home,
    players: aiohttp.ClientSession,
    expected_warnings: list[str],
    *,
    reload: bool,
) -> None:
    """Who is being served gets it all, who waits gets 502, who comes after it 404."""
    expected_warnings.append('^Greeting "1.wav" .* cannot be relayed: connection_lost')
    greetings = add_greetings(pbx, 2, 300)
    audio = await asyncio.to_thread(greetings[0].audio)
    path, other = (relayed(hass, entry, f"{n}.wav", ".wav") for n in range(2))
    await fetch(players, path)
    served = [await SlowPlayer(home).ask(path) for _ in range(5)]
    await home.streaming(5)
    gate = Gate(pbx, "download")
    waiting = [asyncio.create_task(fetch(players, other)) for _ in range(5)]
    await gate.arrived()
    store: ClipStore = entry.runtime_data.clips

    assert await hass.config_entries.async_unload(entry.entry_id)
    late = await fetch(players, path)
    gate.open()
    if reload:
        await hass.config_entries.async_setup(entry.entry_id)

    assert late == (404, b"")
    assert await asyncio.gather(*waiting) == [(502, b"")] * 5
    for player in served:
        status, length = await player.head()
        assert (status, await player.rest(length)) == (206, audio)
        player.leave()
    assert (await fetch(players, other))[0] == (200 if reload else 404)
    assert store.size == 0
    assert our_tasks() == []


@without_ffmpeg
async def test_home_assistant_stops_while_players_are_served(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    home: Home,
    players: aiohttp.ClientSession,
    expected_warnings: list[str],
) -> None:
    """It does not wait for them for ever, and nothing of the integration is left."""
    expected_warnings.append('^Greeting "1.wav" .* cannot be relayed: connection_lost')
    add_greetings(pbx, 2, 600)
    path, other = (relayed(hass, entry, f"{n}.wav", ".wav") for n in range(2))
    await fetch(players, path)
    served = [await SlowPlayer(home).ask(path) for _ in range(5)]
    await home.streaming(5)
    gate = Gate(pbx, "download")
    waiting = asyncio.create_task(fetch(players, other))
    await gate.arrived()

    await hass.async_stop(force=True)

    assert await waiting == (502, b"")
    assert home.connections == []
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
    playing = asyncio.create_task(
        hass.services.async_call(DOMAIN, "play_greeting", data, blocking=True)
    )
    await gate.arrived()

    assert await hass.config_entries.async_unload(entry.entry_id)
    gate.open()

    with pytest.raises(HomeAssistantError, match="closed the connection"):
        await playing
    assert player.played == []
    assert our_tasks() == []


async def test_a_media_item_outlives_its_entry(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """So it is for who chose the greeting in the Media panel; nothing is kept."""
    assert await async_setup_component(hass, "media_source", {})
    store: ClipStore = entry.runtime_data.clips
    gate = Gate(pbx, LINK)
    media = f"media-source://{DOMAIN}/{entry.entry_id}/greetings/3200/closed.WAV"
    resolving = asyncio.create_task(async_resolve_media(hass, media, None))
    await gate.arrived()

    assert await hass.config_entries.async_unload(entry.entry_id)
    gate.open()

    with pytest.raises(Unresolvable, match="closed the connection"):
        await resolving
    assert store.size == 0
    assert our_tasks() == []


@without_ffmpeg
async def test_a_fetch_ends_before_the_token_is_waited_for(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A clip that arrives while an unload waits would stay when all else is gone."""
    store: ClipStore = entry.runtime_data.clips
    download = Gate(pbx, "download")
    fetching = asyncio.create_task(store.get("3200", "vm_welcome.wav"))
    await download.arrived()
    freezer.tick(timedelta(minutes=31))
    refresh = Gate(pbx, "refresh_token")
    renewing = asyncio.create_task(entry.runtime_data.client.get_information())
    await refresh.arrived()

    unloading = asyncio.create_task(hass.config_entries.async_unload(entry.entry_id))
    download.open()
    await asyncio.wait([fetching])
    refresh.open()
    assert await unloading

    await asyncio.gather(fetching, renewing, return_exceptions=True)
    assert store.size == 0


# --- who gets nothing ----------------------------------------------------------------


async def test_what_is_not_signed_gets_nothing_of_what_is_kept(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    freezer: FrozenDateTimeFactory,
    expected_warnings: list[str],
) -> None:
    """Unsigned, altered, expired, or signed for another PBX: 401 among the served."""
    expected_warnings.append(NOT_SIGNED)
    add_greetings(pbx, 2, 2)
    expired = relayed(hass, entry)
    freezer.tick(timedelta(hours=25))
    async with PbxSimulator() as second_pbx:
        second_pbx.serial_number = "2"
        add_greetings(second_pbx, 2, 2)
        second = await load(hass, entry_for(second_pbx))
        good, replayed = relayed(hass, entry), relayed(hass, second)
        for path in (good, replayed):
            assert (await fetch(players, path))[0] == 200
        for simulator in (pbx, second_pbx):
            simulator.requests.clear()
        bare, signature = good.split("?")
        bad = [
            bare,
            expired,
            f"{bare}?authSig=",
            f"{bare}?{replayed.split('?')[1]}",
            f"{replayed.split('?')[0]}?{signature}",
            f"{relayed(hass, entry, '1.wav').split('?')[0]}?{signature}",
            good.replace(entry.entry_id, second.entry_id),
            f"{good}&more=1",
            good.replace("authSig=ey", "authSig=eY"),
            good.replace(".mp3", ".wav"),
        ]

        got = await asyncio.gather(
            *(fetch(players, path) for path in bad for _ in range(5)),
            *(fetch(players, path) for path in (good, replayed) for _ in range(25)),
        )

        assert {status for status, _ in got[:50]} == {401}
        assert max(len(body) for _, body in got[:50]) < 100
        assert {status for status, _ in got[50:]} == {200}
        assert asked(pbx) == asked(second_pbx) == {}
        await hass.config_entries.async_unload(second.entry_id)


async def test_a_link_of_another_pbx_finds_nothing_of_this_one(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    expected_warnings: list[str],
) -> None:
    """Though the greeting is kept, and the link is signed."""
    expected_warnings.append("cannot be relayed: no such extension or file")
    add_greetings(pbx, 1, 2)
    assert (await fetch(players, relayed(hass, entry)))[0] == 200
    async with PbxSimulator() as second_pbx:
        second_pbx.serial_number = "2"
        second = await load(hass, entry_for(second_pbx))

        assert await fetch(players, relayed(hass, second)) == (404, b"")

        await hass.config_entries.async_unload(second.entry_id)


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
    path = relayed(hass, entry)
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
