"""What is fetched and converted, how often, and how long it is kept."""

import asyncio
from pathlib import Path

import aiohttp
from homeassistant.core import HomeAssistant
import imageio_ffmpeg
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.entry import Pbx
from custom_components.yeastar_vm.pbx import CannotConnect
from custom_components.yeastar_vm.playback.relay import Relay, relay as relay_module
from simulator import Fault, PbxSimulator, SimulatedGreeting
from tests.clock import Clock
from tests.common import LINK, asked, newly_asked, our_tasks
from tests.gate import Gate
from tools.demo.audio import measure

from .home import add_greetings, fetch, greeting, hand_out, let_pass, outdated, relayed


@pytest.fixture
def relay(entry: MockConfigEntry) -> Relay:
    """Return the relay of the PBX."""
    loaded: Relay = entry.runtime_data.playback.relay
    return loaded


@pytest.fixture
def ffmpeg_binary(tmp_path: Path) -> str:
    """Return an ffmpeg that notes what it is started for."""
    binary = tmp_path / "ffmpeg"
    log = tmp_path / "starts"
    log.touch()
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    binary.write_text(f'#!/bin/sh\necho "$*" >> {log}\nexec {ffmpeg} "$@"\n')
    binary.chmod(0o755)
    return str(binary)


def conversions(ffmpeg_binary: str) -> int:
    """Return how often an ffmpeg was started for a conversion."""
    return Path(ffmpeg_binary).with_name("starts").read_text().count("-i pipe:0")


def record(pbx: PbxSimulator, frequency: int) -> None:
    """Record the greeting of extension 4000 again."""
    recorded = SimulatedGreeting("0.wav", frequency=frequency)
    pbx.extensions["4000"].greetings = [recorded]


# --- converted once ------------------------------------------------------------------


async def test_a_play_of_what_has_not_changed(
    pbx: PbxSimulator, entry: MockConfigEntry, ffmpeg_binary: str
) -> None:
    """The PBX is asked each time, and nothing is converted again."""
    first = await hand_out(entry, "closed.WAV", "3200")

    for _ in range(3):
        again = await hand_out(entry, "closed.WAV", "3200")
        assert (again.path, again.tag) == (first.path, first.tag)

    assert asked(pbx) == {LINK: 4, "download": 4}
    assert conversions(ffmpeg_binary) == 1


async def test_the_same_audio_of_two_greetings(
    pbx: PbxSimulator, entry: MockConfigEntry, ffmpeg_binary: str
) -> None:
    """Many extensions have the same announcement. It is converted once."""
    for number in ("3200", "3202"):
        pbx.extensions[number].greetings = [SimulatedGreeting("same.wav")]

    await asyncio.gather(
        hand_out(entry, "same.wav", "3200"), hand_out(entry, "same.wav", "3202")
    )
    await hand_out(entry, "same.wav", "3202")

    assert conversions(ffmpeg_binary) == 1


async def test_a_new_recording_is_heard_at_once(
    pbx: PbxSimulator, entry: MockConfigEntry, players: aiohttp.ClientSession
) -> None:
    """By the players of every link to it."""
    add_greetings(pbx, 1, 2)
    before = await hand_out(entry)
    record(pbx, 900)

    after = await hand_out(entry)

    assert before.tag != after.tag
    for media in (before, after):
        _, content = await fetch(players, media.path)
        assert (await measure(content)).frequency == pytest.approx(900, abs=5)


async def test_an_upload_is_heard_by_the_next_player(
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    relay: Relay,
    players: aiohttp.ClientSession,
) -> None:
    """Also of a link that was handed out before, and during an older download."""
    add_greetings(pbx, 1, 2)
    media = await hand_out(entry)
    older_download = Gate(pbx, "download")
    older = asyncio.create_task(hand_out(entry))
    await older_download.arrived()
    record(pbx, 900)
    del pbx.faults["download"]

    relay.forget(greeting())

    for _ in range(2):
        _, content = await fetch(players, media.path)
        assert (await measure(content)).frequency == pytest.approx(900, abs=5)
        older_download.open()
        await older
    assert asked(pbx)["download"] == 3


async def test_what_was_fetched_is_served_for_five_minutes(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    clock: Clock,
) -> None:
    """Then the PBX is asked again: there may be a new recording."""
    path = await relayed(entry, "closed.WAV", "3200")
    assert newly_asked(pbx) == [LINK, "download"]

    let_pass(hass, clock, minutes=4, seconds=59)
    assert (await fetch(players, path))[0] == 200
    assert newly_asked(pbx) == []

    let_pass(hass, clock, seconds=2)
    assert (await fetch(players, path))[0] == 200
    assert newly_asked(pbx) == [LINK, "download"]


async def test_what_is_played_again_is_kept(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    relay: Relay,
    players: aiohttp.ClientSession,
    clock: Clock,
) -> None:
    """For a quarter of an hour since then."""
    path = await relayed(entry, "closed.WAV", "3200")
    let_pass(hass, clock, minutes=4)
    await fetch(players, path)

    let_pass(hass, clock, minutes=14)
    assert relay.size > 0
    let_pass(hass, clock, minutes=2)
    assert relay.size == 0


async def test_what_is_not_used_is_dropped(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    relay: Relay,
    players: aiohttp.ClientSession,
    clock: Clock,
    ffmpeg_binary: str,
) -> None:
    """Its memory is given back after a quarter of an hour, though nobody asks."""
    path = await relayed(entry, "closed.WAV", "3200")
    size = relay.size
    assert size > 10_000

    for _ in range(3):
        let_pass(hass, clock, minutes=14)
        assert (await fetch(players, path))[0] == 200
        assert relay.size == size
    assert conversions(ffmpeg_binary) == 1

    let_pass(hass, clock, minutes=16)
    assert relay.size == 0
    assert (await fetch(players, path))[0] == 200
    assert conversions(ffmpeg_binary) == 2


async def test_what_is_kept_is_bounded(
    entry: MockConfigEntry,
    relay: Relay,
    monkeypatch: pytest.MonkeyPatch,
    ffmpeg_binary: str,
) -> None:
    """What was not used for the longest time goes first."""
    await relayed(entry, "after hours.wav", "3202")
    size = relay.size
    monkeypatch.setattr(relay_module, "MAX_CACHE", 2 * size + 100)
    await relayed(entry, "fermé.wav", "3202")
    await relayed(entry, "after hours.wav", "3202")
    await relayed(entry, "night.WAV", "3202")
    assert conversions(ffmpeg_binary) == 3

    assert relay.size <= 2 * size + 100
    await relayed(entry, "after hours.wav", "3202")
    assert conversions(ffmpeg_binary) == 3
    await relayed(entry, "fermé.wav", "3202")
    assert conversions(ffmpeg_binary) == 4


async def test_an_unload_drops_everything(
    hass: HomeAssistant, entry: MockConfigEntry, relay: Relay
) -> None:
    """Audio, timers, and what is running."""
    await relayed(entry, "closed.WAV", "3200")

    await hass.config_entries.async_unload(entry.entry_id)

    assert relay.size == 0
    assert our_tasks() == []


async def test_upper_and_lower_case_are_two_greetings(entry: MockConfigEntry) -> None:
    """As they are two files."""
    upper = await hand_out(entry, "night.WAV", "3202")
    lower = await hand_out(entry, "night.wav", "3202")

    assert upper.tag != lower.tag
    assert upper.path.split("?")[0] != lower.path.split("?")[0]


# --- at once -------------------------------------------------------------------------


async def test_plays_at_once_share_a_download(
    pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """However many there are."""
    add_greetings(pbx, 1, 2)

    media = await asyncio.gather(*(hand_out(entry) for _ in range(20)))

    assert len({each.path for each in media}) == 1
    assert asked(pbx) == {LINK: 20, "download": 1}


async def test_a_play_that_begins_during_an_older_download(
    pbx: PbxSimulator, entry: MockConfigEntry, players: aiohttp.ClientSession
) -> None:
    """It does not wait for that, and hears what was recorded since."""
    add_greetings(pbx, 1, 2)
    old_download = Gate(pbx, "download")
    older = asyncio.create_task(hand_out(entry))
    await old_download.arrived()
    record(pbx, 900)
    del pbx.faults["download"]  # only the older one waits

    newer = await hand_out(entry)

    assert not older.done()
    _, content = await fetch(players, newer.path)
    assert (await measure(content)).frequency == pytest.approx(900, abs=5)

    old_download.open()
    assert (await older).tag != newer.tag
    _, content = await fetch(players, newer.path)
    assert (await measure(content)).frequency == pytest.approx(900, abs=5)


async def test_plays_at_once_during_an_older_download(
    pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """They share one that is newer."""
    add_greetings(pbx, 1, 2)
    download = Gate(pbx, "download")
    older = asyncio.create_task(hand_out(entry))
    await download.arrived()
    newer = [asyncio.create_task(hand_out(entry)) for _ in range(10)]
    await download.arrived(2)

    download.open()
    await asyncio.gather(older, *newer)

    assert asked(pbx) == {LINK: 11, "download": 2}


async def test_a_play_shares_the_download_of_a_player(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    relay: Relay,
    players: aiohttp.ClientSession,
    clock: Clock,
) -> None:
    """It began after the link of the play was made, so it brings nothing older."""
    add_greetings(pbx, 1, 2)
    [path] = await outdated(hass, clock, pbx, entry, "0.wav")
    link = await greeting().get_link(entry.runtime_data.client)
    download = Gate(pbx, "download")
    fetching = asyncio.create_task(fetch(players, path))
    await download.arrived()

    playing = asyncio.create_task(relay.prepare(greeting(), link))
    await asyncio.sleep(0)
    download.open()

    assert (await playing).path.startswith(path.partition("?")[0])
    assert (await fetching)[0] == 200
    assert asked(pbx) == {LINK: 2, "download": 1}


async def test_what_is_fetched_while_another_is_played_is_kept(
    pbx: PbxSimulator, entry: MockConfigEntry, players: aiohttp.ClientSession
) -> None:
    """Its player does not wait for another fetch."""
    add_greetings(pbx, 2, 2)
    download = Gate(pbx, "download")
    playing = asyncio.create_task(hand_out(entry, "0.wav"))
    await download.arrived()
    del pbx.faults["download"]
    await hand_out(entry, "1.wav")
    download.open()
    path = (await playing).path
    pbx.requests.clear()

    assert (await fetch(players, path))[0] == 200
    assert asked(pbx) == {}


async def test_a_few_are_fetched_at_a_time(
    pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """However many are asked for, so that a small machine can do it."""
    add_greetings(pbx, 10, 2)
    gate = Gate(pbx, "download")
    plays = [asyncio.create_task(hand_out(entry, f"{n}.wav")) for n in range(10)]
    await gate.arrived(4)
    await entry.runtime_data.client.system.information()  # what is on its way, arrives

    assert gate.waiting == 4

    gate.open()
    assert len({media.tag for media in await asyncio.gather(*plays)}) == 10


async def test_links_that_do_not_come_hold_nobody_up(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    clock: Clock,
) -> None:
    """Players wait for links of five greetings; another greeting is served."""
    add_greetings(pbx, 6, 2)
    files = [f"{n}.wav" for n in range(6)]
    *stuck, other = await outdated(hass, clock, pbx, entry, *files)
    gate = Gate(pbx, LINK)
    waiting = [asyncio.create_task(fetch(players, path)) for path in stuck]
    await gate.arrived(5)
    del pbx.faults[LINK]

    assert (await fetch(players, other))[0] == 200

    gate.open()
    assert {status for status, _ in await asyncio.gather(*waiting)} == {200}


async def test_one_who_gives_up_ends_nothing_for_the_others(
    pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """They share one fetch."""
    add_greetings(pbx, 1, 2)
    gate = Gate(pbx, "download")
    impatient, patient = (asyncio.create_task(hand_out(entry)) for _ in range(2))
    await gate.arrived()

    impatient.cancel()
    gate.open()

    assert (await patient).path
    assert impatient.cancelled()
    assert asked(pbx)["download"] == 1


async def test_a_fetch_that_fails_is_tried_again_by_the_next(
    pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """All who waited for it get the error; nothing of it stays."""
    add_greetings(pbx, 1, 2)
    pbx.faults["download"] = Fault.RESET

    results = await asyncio.gather(
        *(hand_out(entry) for _ in range(5)), return_exceptions=True
    )
    assert {type(result) for result in results} == {CannotConnect}

    pbx.faults.clear()
    assert (await hand_out(entry)).path


async def test_a_play_does_not_fail_with_the_error_of_an_older_fetch(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    clock: Clock,
    expected_warnings: list[str],
) -> None:
    """A player waits for a link that will not come. A play has a good one."""
    expected_warnings.append("cannot be relayed")
    add_greetings(pbx, 1, 2)
    [path] = await outdated(hass, clock, pbx, entry, "0.wav")
    loaded: Pbx = entry.runtime_data
    reference = greeting()
    link = await reference.get_link(loaded.client)
    gate = Gate(pbx, LINK, busy=True)
    waiting = asyncio.create_task(fetch(players, path))
    await gate.arrived()

    playing = asyncio.create_task(loaded.playback.relay.prepare(reference, link))
    pbx.extensions["4000"].greetings.clear()
    gate.open()

    assert (await playing).path
    assert (await waiting)[0] == 404
