"""A player that does not fetch what it was told to play."""

import aiohttp
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.playback.relay import Relay
from simulator import Fault, PbxSimulator, SimulatedGreeting
from tests.clock import Clock
from tests.common import entry_for, load

from .home import add_greetings, fetch, hand_out, let_pass

KITCHEN, BATH = "media_player.kitchen", "media_player.bath"


@pytest.fixture
def relay(pbx: PbxSimulator, entry: MockConfigEntry) -> Relay:
    """Return the relay of a PBX with greetings."""
    add_greetings(pbx, 3, 2)
    loaded: Relay = entry.runtime_data.playback.relay
    return loaded


def silent_players(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return whom the log says to be silent, in each line that says so."""
    return [
        record.getMessage().partition(" seconds by ")[2].partition(". ")[0]
        for record in caplog.records
        if "was not fetched" in record.getMessage()
    ]


async def test_nobody_fetches_it(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    relay: Relay,
    clock: Clock,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log names the players and the usual causes after a quarter of a minute."""
    expected_warnings.append("was not fetched")
    media = await hand_out(entry)

    relay.handed_out(media, [KITCHEN, BATH])

    let_pass(hass, clock, seconds=14)
    assert silent_players(caplog) == []
    let_pass(hass, clock, seconds=2)
    [line] = [r for r in caplog.records if "was not fetched" in r.getMessage()]
    assert line.levelname == "WARNING"
    text = line.getMessage()
    assert text.startswith("Greeting '0.wav' of '4000' was not fetched")
    assert f"{KITCHEN}, {BATH}. " in text
    assert "can reach the URL of Home Assistant" in text
    assert "trusts its certificate" in text
    assert media.link.key not in text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("before", [True, False])
async def test_somebody_fetches_it(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    relay: Relay,
    players: aiohttp.ClientSession,
    clock: Clock,
    *,
    method: str,
    before: bool,
) -> None:
    """There is nothing to say, also if the player was faster than its own answer."""
    media = await hand_out(entry)
    if not before:
        relay.handed_out(media, [KITCHEN])
        let_pass(hass, clock, seconds=10)
    async with players.request(method, media.path) as answer:
        assert answer.status == 200
    if before:
        relay.handed_out(media, [KITCHEN])

    let_pass(hass, clock, seconds=60)


async def test_somebody_fetched_it_for_an_earlier_play(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    relay: Relay,
    players: aiohttp.ClientSession,
    clock: Clock,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """That says nothing of this one."""
    expected_warnings.append("was not fetched")
    earlier = await hand_out(entry)
    await fetch(players, earlier.path)
    let_pass(hass, clock, seconds=5)

    relay.handed_out(await hand_out(entry), [KITCHEN])
    let_pass(hass, clock, seconds=16)

    assert silent_players(caplog) == [KITCHEN]


async def test_what_is_fetched_and_fails(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    relay: Relay,
    players: aiohttp.ClientSession,
    clock: Clock,
    expected_warnings: list[str],
) -> None:
    """The player reaches Home Assistant: another line says what is wrong."""
    expected_warnings.append("cannot be relayed")
    media = await hand_out(entry)
    let_pass(hass, clock, minutes=6)
    relay.handed_out(media, [KITCHEN])
    pbx.faults["download"] = Fault.HTML

    assert (await fetch(players, media.path))[0] == 502

    let_pass(hass, clock, seconds=60)


async def test_a_file_name_of_two_lines(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    relay: Relay,
    clock: Clock,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is one line of the log, which cannot look like another one."""
    expected_warnings.append("was not fetched")
    file = "0.wav\nERROR: the house is on fire.wav"
    pbx.extensions["4000"].greetings[0] = SimulatedGreeting(file)

    relay.handed_out(await hand_out(entry, file), [KITCHEN])
    let_pass(hass, clock, seconds=16)

    [line] = [text for text in caplog.messages if "was not fetched" in text]
    assert "\n" not in line
    assert r"'0.wav\nERROR: the house is on fire.wav' of '4000'" in line


async def test_home_assistant_stops_meanwhile(
    hass: HomeAssistant, entry: MockConfigEntry, relay: Relay, clock: Clock
) -> None:
    """Then the player cannot fetch it, and there is nothing to say."""
    relay.handed_out(await hand_out(entry), [KITCHEN])

    await hass.async_stop(force=True)

    let_pass(hass, clock, seconds=60)


async def test_once_a_player_and_hour(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    relay: Relay,
    clock: Clock,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A doorbell must not fill the log."""
    expected_warnings.append("was not fetched")

    async def play(file: str, *players: str) -> None:
        relay.handed_out(await hand_out(entry, file), players)
        let_pass(hass, clock, seconds=16)

    await play("0.wav", KITCHEN)
    await play("0.wav", KITCHEN)
    await play("1.wav", KITCHEN)
    assert silent_players(caplog) == [KITCHEN]

    await play("1.wav", KITCHEN, BATH)
    assert silent_players(caplog) == [KITCHEN, BATH]

    let_pass(hass, clock, hours=1)
    await play("0.wav", BATH, KITCHEN)
    assert silent_players(caplog) == [KITCHEN, BATH, f"{BATH}, {KITCHEN}"]


async def test_once_a_player_of_two_pbxs(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    relay: Relay,
    clock: Clock,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is the player that is silent, whatever it was to play."""
    expected_warnings.append("was not fetched")
    async with PbxSimulator() as second_pbx:
        second_pbx.serial_number = "2"
        add_greetings(second_pbx, 1, 2)
        second = await load(hass, entry_for(second_pbx))
        relay.handed_out(await hand_out(entry), [KITCHEN])
        second.runtime_data.playback.relay.handed_out(await hand_out(second), [KITCHEN])

        let_pass(hass, clock, seconds=16)

        assert silent_players(caplog) == [KITCHEN]
        await hass.config_entries.async_unload(second.entry_id)


@pytest.mark.parametrize("stop", [False, True])
async def test_the_end(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    relay: Relay,
    clock: Clock,
    *,
    stop: bool,
) -> None:
    """Nobody is waited for after an unload or when Home Assistant stops."""
    media = await hand_out(entry)
    relay.handed_out(media, [KITCHEN])

    if stop:
        await hass.async_stop(force=True)
    else:
        await hass.config_entries.async_unload(entry.entry_id)
    relay.handed_out(media, [BATH])

    let_pass(hass, clock, seconds=60)
