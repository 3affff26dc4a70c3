"""The relay, as players use it: HTTP without a login."""

import asyncio

from aiohttp import ClientSession
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.yeastar_vm.audio import Audio, AudioNotDecodable, AudioTooLong
from custom_components.yeastar_vm.library import LibraryError
from custom_components.yeastar_vm.pbx import AudioTooLarge, NoAudio
from custom_components.yeastar_vm.playback.relay import relay as relay_module
from simulator import Fault, PbxSimulator, SimulatedGreeting
from tests.clock import Clock
from tests.common import LINK, Fetcher, endpoints, reauth_flows
from tests.gate import Gate
from tools.demo.audio import measure

from .home import add_greetings, fetch, hand_out, let_pass, outdated, relayed


@pytest.fixture
async def client(
    hass_client_no_auth: ClientSessionGenerator, entry: MockConfigEntry
) -> Fetcher:
    """Return something that fetches URLs, as a player does."""
    return await hass_client_no_auth()


@pytest.fixture
async def path(entry: MockConfigEntry, pbx: PbxSimulator) -> str:
    """Return the path of a greeting that is ready for players."""
    ready = await relayed(entry, "closed.WAV", "3200")
    pbx.requests.clear()
    return ready


async def test_get(client: Fetcher, path: str) -> None:
    """A GSM greeting of a self-signed PBX comes as MP3."""
    answer = await client.get(path)

    content = await answer.read()
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert answer.headers["Content-Length"] == str(len(content))
    assert answer.headers["Accept-Ranges"] == "bytes"
    sound = await measure(content)
    assert sound.frequency == pytest.approx(600, abs=5)
    assert sound.duration == pytest.approx(2, abs=0.1)


async def test_head(client: Fetcher, path: str) -> None:
    """The headers of GET without a body; the connection goes on."""
    head = await client.head(path)
    get = await client.get(path)

    assert head.status == 200
    assert await head.read() == b""
    for header in ("Content-Type", "Content-Length", "Accept-Ranges", "ETag"):
        assert head.headers[header] == get.headers[header]


async def test_other_methods(client: Fetcher, path: str) -> None:
    """Nobody changes anything here."""
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert (await client.request(method, path)).status == 405


async def test_a_range(client: Fetcher, path: str) -> None:
    """It spans the title in front and the audio behind it."""
    whole = await (await client.get(path)).read()

    for first, last in ((0, 0), (5, 9), (20, 300), (1000, 2000), (0, len(whole) - 1)):
        headers = {"Range": f"bytes={first}-{last}"}
        answer = await client.get(path, headers=headers)

        assert answer.status == 206
        assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"
        assert await answer.read() == whole[first : last + 1]


async def test_a_range_beyond_the_end(client: Fetcher, path: str) -> None:
    """The answer says how long the greeting is."""
    size = int((await client.head(path)).headers["Content-Length"])

    for header in (f"bytes={size}-", "bytes=99999999-", "bytes=-0"):
        answer = await client.get(path, headers={"Range": header})

        assert answer.status == 416
        assert answer.headers["Content-Range"] == f"bytes */{size}"
        assert await answer.read() == b""


async def test_a_range_that_begins_in_another_recording(
    client: Fetcher, path: str
) -> None:
    """The player gets the whole of this one."""
    tag = (await client.head(path)).headers["ETag"]

    for condition, status in ((tag, 206), ('"old"', 200), (f"W/{tag}", 200)):
        headers = {"Range": "bytes=0-9", "If-Range": condition}
        answer = await client.get(path, headers=headers)

        assert answer.status == status


@pytest.mark.parametrize(
    "condition",
    ["{tag}", "W/{tag}", "*", '"old", {tag}', '{tag}, W/"old"', 'W/"old",W/{tag}'],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_player_that_has_it_already(
    client: Fetcher, path: str, condition: str, method: str
) -> None:
    """It is told so, and is sent nothing, whatever range it asks for."""
    tag = (await client.head(path)).headers["ETag"]
    headers = {"If-None-Match": condition.format(tag=tag), "Range": "bytes=0-9"}

    answer = await client.request(method, path, headers=headers)

    assert answer.status == 304
    assert answer.headers["ETag"] == tag
    assert await answer.read() == b""
    assert (await client.get(path)).status == 200


@pytest.mark.parametrize("condition", ['"old"', 'W/"old"', "", "{bare}", '"*"'])
async def test_a_player_that_has_something_else(
    client: Fetcher, path: str, condition: str
) -> None:
    """It gets the greeting."""
    tag = (await client.head(path)).headers["ETag"]
    headers = {"If-None-Match": condition.format(bare=tag.strip('"'))}

    assert (await client.get(path, headers=headers)).status == 200


async def test_the_tag_is_that_of_the_content(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    client: Fetcher,
    clock: Clock,
    path: str,
) -> None:
    """It stays for the same audio, however often that is converted."""
    tag = (await client.head(path)).headers["ETag"]
    let_pass(hass, clock, minutes=16)
    assert entry.runtime_data.playback.relay.size == 0

    headers = {"If-None-Match": tag}
    assert (await client.get(path, headers=headers)).status == 304

    pbx.extensions["3200"].greetings = [SimulatedGreeting("closed.WAV", duration=1)]
    let_pass(hass, clock, minutes=16)
    answer = await client.get(path, headers=headers)
    assert answer.status == 200
    assert answer.headers["ETag"] != tag


async def test_two_names_of_one_recording_are_two_clips(
    client: Fetcher, entry: MockConfigEntry, pbx: PbxSimulator
) -> None:
    """They share the audio, but not the title."""
    pbx.extensions["3200"].greetings = [
        SimulatedGreeting("one.wav"),
        SimulatedGreeting("two.wav"),
    ]
    one = await hand_out(entry, "one.wav", "3200")
    size = entry.runtime_data.playback.relay.size
    two = await hand_out(entry, "two.wav", "3200")

    assert entry.runtime_data.playback.relay.size == size
    assert one.tag != two.tag


async def test_a_link_outlives_those_of_the_pbx(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    client: Fetcher,
    clock: Clock,
    path: str,
) -> None:
    """Each fetch has a fresh one."""
    let_pass(hass, clock, hours=2)

    assert (await client.get(path)).status == 200

    assert endpoints(pbx) == ["refresh_token", LINK, "download"]


async def test_an_error_is_logged_once_for_all_who_wait(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    players: ClientSession,
    entry: MockConfigEntry,
    clock: Clock,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """And the line has no link in it."""
    expected_warnings.append(
        "cannot be relayed: the link does not lead to audio; select Configure for the "
        "PBX, then Check the PBX$"
    )
    add_greetings(pbx, 1, 2)
    [path] = await outdated(hass, clock, pbx, entry, "0.wav")
    gate = Gate(pbx, LINK)
    waiting = [asyncio.create_task(fetch(players, path)) for _ in range(20)]
    await gate.arrived()
    pbx.faults["download"] = Fault.HTML
    gate.open()

    assert [status for status, _ in await asyncio.gather(*waiting)] == [502] * 20

    [line] = [r.getMessage() for r in caplog.records if "relayed" in r.getMessage()]
    assert line.startswith("Greeting '0.wav' of '4000' cannot be relayed: ")
    assert path.split("/")[3] not in line


async def test_a_greeting_that_was_deleted(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    client: Fetcher,
    path: str,
    clock: Clock,
    expected_warnings: list[str],
) -> None:
    """Is not found."""
    expected_warnings.append("cannot be relayed: no such extension or file$")
    let_pass(hass, clock, minutes=6)
    pbx.extensions["3200"].greetings.clear()

    assert (await client.get(path)).status == 404


async def test_a_sign_in_that_is_refused(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    client: Fetcher,
    path: str,
    clock: Clock,
    expected_warnings: list[str],
) -> None:
    """Asks the user for a new one."""
    expected_warnings.append("cannot be relayed: the sign-in was refused$")
    let_pass(hass, clock, minutes=6)
    pbx.reboot()
    pbx.client_secret = "changed"

    assert (await client.get(path)).status == 502
    await hass.async_block_till_done()

    assert len(reauth_flows(hass)) == 1


async def test_an_outage_is_one_warning(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    players: ClientSession,
    entry: MockConfigEntry,
    clock: Clock,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """However often players try, and whatever; the next outage is another one."""
    expected_warnings.append("cannot be relayed")
    add_greetings(pbx, 4, 2)
    files = [f"{n}.wav" for n in range(4)]
    paths = await outdated(hass, clock, pbx, entry, *files)

    for _ in range(2):
        pbx.faults[LINK] = Fault.RESET
        for path in paths * 5:
            assert (await fetch(players, path))[0] == 502
        pbx.faults.clear()
        assert (await fetch(players, paths[0]))[0] == 200
        let_pass(hass, clock, minutes=6)

    lines = [text for text in caplog.messages if "cannot be relayed" in text]
    assert (
        lines == ["Greeting '0.wav' of '4000' cannot be relayed: connection_lost"] * 2
    )


async def test_what_is_wrong_with_one_clip_is_told_of_each(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    players: ClientSession,
    entry: MockConfigEntry,
    clock: Clock,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Once: it says nothing of the others."""
    expected_warnings.append("cannot be relayed")
    add_greetings(pbx, 3, 2)
    *paths, good = await outdated(hass, clock, pbx, entry, "0.wav", "1.wav", "2.wav")
    del pbx.extensions["4000"].greetings[:2]

    for path in paths * 5:
        assert (await fetch(players, path))[0] == 404
        assert (await fetch(players, good))[0] == 200

    lines = [text for text in caplog.messages if "cannot be relayed" in text]
    assert sorted(lines) == [
        f"Greeting '{n}.wav' of '4000' cannot be relayed: no such extension or file"
        for n in range(2)
    ]


@pytest.mark.parametrize(
    "error", [AudioNotDecodable, AudioTooLarge, AudioTooLong, NoAudio]
)
async def test_what_is_wrong_with_the_audio_of_two_clips(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    players: ClientSession,
    entry: MockConfigEntry,
    clock: Clock,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    error: type[LibraryError],
) -> None:
    """It is told of both, and told again where it comes again."""
    expected_warnings.append("cannot be relayed")

    async def fail(*_: object) -> Audio:
        raise error

    add_greetings(pbx, 2, 2)
    paths = [await relayed(entry, file) for file in ("0.wav", "1.wav")]

    for _ in range(2):
        let_pass(hass, clock, minutes=16)
        with monkeypatch.context() as patch:
            patch.setattr(relay_module, "convert", fail)
            for path in paths * 3:
                assert (await fetch(players, path))[0] == 502
        assert [(await fetch(players, path))[0] for path in paths] == [200, 200]

    lines = [text.partition(" of")[0] for text in caplog.messages if "relayed" in text]
    assert lines == ["Greeting '0.wav'", "Greeting '1.wav'"] * 2
