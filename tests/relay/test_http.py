"""The relay, as players use it: over HTTP, without a login."""

import asyncio
from datetime import timedelta
from urllib.parse import urlsplit

from aiohttp import ClientSession, ClientTimeout
from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.http.auth import async_sign_path
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.yeastar_vm.views import async_relay_path
from tests.common import entry_for, load
from tests.demo.audio import measure
from tests.pbx_simulator import Fault, PbxSimulator

NOT_SIGNED = "Login attempt or request with invalid authentication"
SIZE = 16300  # bytes of two seconds of MP3


@pytest.fixture
async def player(
    hass_client_no_auth: ClientSessionGenerator, entry: MockConfigEntry
) -> TestClient:
    """Return something that fetches URLs, as a player does."""
    return await hass_client_no_auth()


def relayed(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    extension: str = "3200",
    file: str = "closed.WAV",
) -> str:
    """Return the signed path of a greeting."""
    return async_relay_path(hass, entry, extension, file, ".mp3")


async def test_get(
    hass: HomeAssistant, entry: MockConfigEntry, player: TestClient
) -> None:
    """A GSM greeting of a self-signed PBX comes as MP3."""
    answer = await player.get(relayed(hass, entry))

    content = await answer.read()
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert answer.headers["Content-Length"] == str(len(content))
    assert answer.headers["Accept-Ranges"] == "bytes"
    sound = await measure(content)
    assert sound.frequency == pytest.approx(600, abs=5)
    assert sound.duration == pytest.approx(2, abs=0.1)


async def test_head(
    hass: HomeAssistant, entry: MockConfigEntry, player: TestClient
) -> None:
    """The headers of GET without a body; the connection goes on."""
    path = relayed(hass, entry)
    head = await player.head(path)
    get = await player.get(path)

    assert head.status == 200
    assert await head.read() == b""
    for header in ("Content-Type", "Content-Length", "Accept-Ranges", "ETag"):
        assert head.headers[header] == get.headers[header]


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-", 0, SIZE),
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=16000-", 16000, SIZE),
        ("bytes=16299-99999", 16299, SIZE),
        ("bytes=-100", SIZE - 100, SIZE),
        ("bytes=-99999", 0, SIZE),
    ],
)
async def test_a_range(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    player: TestClient,
    asked: str,
    start: int,
    stop: int,
) -> None:
    """As browsers and DLNA players ask for one."""
    path = relayed(hass, entry)
    whole = await (await player.get(path)).read()

    answer = await player.get(path, headers={"Range": asked})

    assert answer.status == 206
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer.headers["Content-Length"] == str(stop - start)
    assert await answer.read() == whole[start:stop]


async def test_a_range_in_answer_to_head(
    hass: HomeAssistant, entry: MockConfigEntry, player: TestClient
) -> None:
    """Is left alone: HTTP has ranges for GET."""
    answer = await player.head(relayed(hass, entry), headers={"Range": "bytes=5-9"})

    assert answer.status == 200
    assert answer.headers["Content-Length"] == str(SIZE)
    assert await answer.read() == b""


@pytest.mark.parametrize("asked", ["bytes=16300-", "bytes=99999-100000", "bytes=-0"])
async def test_a_range_beyond_the_end(
    hass: HomeAssistant, entry: MockConfigEntry, player: TestClient, asked: str
) -> None:
    """The answer says how long the greeting is."""
    answer = await player.get(relayed(hass, entry), headers={"Range": asked})

    assert answer.status == 416
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "asked",
    ["bytes=5-1", "bytes=a-b", "bytes=-", "bytes=0-1,3-4", "seconds=1-2", "", "bytes"],
)
async def test_a_range_that_cannot_be_read(
    hass: HomeAssistant, entry: MockConfigEntry, player: TestClient, asked: str
) -> None:
    """Gets the whole greeting."""
    answer = await player.get(relayed(hass, entry), headers={"Range": asked})

    assert answer.status == 200
    assert len(await answer.read()) == SIZE


async def test_a_range_of_an_earlier_fetch(
    hass: HomeAssistant, entry: MockConfigEntry, player: TestClient
) -> None:
    """Gets the whole greeting, for it may have changed since."""
    path = relayed(hass, entry)
    etag = (await player.get(path)).headers["ETag"]

    same = await player.get(path, headers={"Range": "bytes=0-9", "If-Range": etag})
    other = await player.get(path, headers={"Range": "bytes=0-9", "If-Range": '"old"'})

    assert same.status == 206
    assert other.status == 200


async def test_a_link_works_only_as_it_was_signed(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: TestClient,
    expected_warnings: list[str],
) -> None:
    """Not without its signature, with another, or for another greeting."""
    expected_warnings.append(NOT_SIGNED)
    path = relayed(hass, entry)
    bare, signature = path.split("?")
    other_bare, other_signature = relayed(hass, entry, file="vm_welcome.wav").split("?")

    for wrong in (
        bare,
        f"{bare}?authSig=x",
        f"{path[:-2]}{'A' if path[-2] != 'A' else 'B'}{path[-1]}",
        f"{bare}?{other_signature}",
        f"{other_bare}?{signature}",
        f"{path}&more=1",
        f"{bare.replace('.mp3', '.wav')}?{signature}",
    ):
        answer = await player.get(wrong)
        assert answer.status == 401, wrong
    assert pbx.requests == []


async def test_a_link_ends(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    player: TestClient,
    freezer: FrozenDateTimeFactory,
    expected_warnings: list[str],
) -> None:
    """After a day; until then it works, for players pause."""
    expected_warnings.append(NOT_SIGNED)
    path = relayed(hass, entry)

    freezer.tick(timedelta(hours=23))
    assert (await player.get(path)).status == 200

    freezer.tick(timedelta(hours=2))
    assert (await player.get(path)).status == 401


async def test_a_link_outlives_the_pbxs_own(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: TestClient,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Each fetch has a fresh one."""
    path = relayed(hass, entry)
    await player.get(path)
    pbx.requests.clear()

    freezer.tick(timedelta(hours=2))
    async_fire_time_changed(hass)
    answer = await player.get(path)

    assert answer.status == 200
    assert [request.endpoint for request in pbx.requests] == [
        "refresh_token",
        "extension_vm_greeting/play",
        "download",
    ]


async def test_ten_players_cause_one_fetch(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: TestClient
) -> None:
    """Whether they ask at once or later."""
    path = relayed(hass, entry)

    answers = await asyncio.gather(*(player.get(path) for _ in range(10)))
    answers.append(await player.get(path))

    assert {answer.status for answer in answers} == {200}
    assert [request.endpoint for request in pbx.requests] == [
        "extension_vm_greeting/play",
        "download",
    ]


@pytest.mark.parametrize(
    "file", ["after hours.wav", "a+b & c#1.wav", "50%20off.wav", "fermé.wav"]
)
async def test_any_file_name(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: TestClient,
    file: str,
) -> None:
    """Finds its greeting."""
    [original] = [
        g for g in pbx.extensions["3202"].greetings if g.real_filename == file
    ]

    answer = await player.get(relayed(hass, entry, "3202", file))

    sound = await measure(await answer.read())
    assert sound.frequency == pytest.approx(original.frequency, abs=5)


@pytest.mark.parametrize(
    "greeting",
    ["x.mp3", ".mp3", "WyIzMjAwIl0xxxx.mp3", "eyJhIjoxLCAiYiI6Mn0.mp3", "é.mp3"],
)
async def test_a_path_that_names_no_greeting(
    hass: HomeAssistant, entry: MockConfigEntry, player: TestClient, greeting: str
) -> None:
    """Is not found, though it be signed."""
    path = f"/api/yeastar_vm/greetings/{entry.entry_id}/{greeting}"
    signed = async_sign_path(hass, path, timedelta(hours=1), use_content_user=True)

    assert (await player.get(signed)).status == 404


async def test_what_players_look_for_beside_a_greeting(
    entry: MockConfigEntry, player: TestClient
) -> None:
    """MPD asks for a cover: that is no attempt to log in."""
    for cover in ("cover.png", "cover.jpg", "cover.webp"):
        path = f"/api/yeastar_vm/greetings/{entry.entry_id}/{cover}"
        assert (await player.get(path)).status == 404


async def test_an_entry_that_is_not_loaded_serves_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, player: TestClient
) -> None:
    """Nor does one that is gone, or of another integration."""
    path = relayed(hass, entry)
    assert (await player.get(path)).status == 200

    stranger = MockConfigEntry(domain="other", state=ConfigEntryState.LOADED)
    stranger.add_to_hass(hass)
    assert (await player.get(relayed(hass, stranger))).status == 404

    await hass.config_entries.async_unload(entry.entry_id)
    assert (await player.get(path)).status == 404

    await hass.config_entries.async_remove(entry.entry_id)
    assert (await player.get(path)).status == 404


@pytest.mark.parametrize(
    ("endpoint", "fault", "status"),
    [
        ("extension_vm_greeting/play", Fault.RESET, 502),
        ("extension_vm_greeting/play", Fault.HTML, 502),
        ("download", Fault.HALF, 502),
        ("download", Fault.HTML, 502),
    ],
)
async def test_a_fault_of_the_pbx(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: TestClient,
    expected_warnings: list[str],
    endpoint: str,
    fault: Fault,
    status: int,
) -> None:
    """Is a status for the player and one line in the log; the next request works."""
    expected_warnings.append(
        '^Greeting "closed.WAV" of extension 3200 cannot be relayed'
    )
    path = relayed(hass, entry)
    pbx.faults[endpoint] = fault
    assert (await player.get(path)).status == status

    pbx.faults.clear()
    assert (await player.get(path)).status == 200


async def test_a_greeting_that_was_deleted(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: TestClient,
    expected_warnings: list[str],
) -> None:
    """Is not found."""
    expected_warnings.append("cannot be relayed: no such extension or file$")
    path = relayed(hass, entry)
    pbx.extensions["3200"].greetings.clear()

    assert (await player.get(path)).status == 404


async def test_a_pbx_that_does_not_answer(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: TestClient,
    expected_warnings: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Is told apart from one that answers wrongly."""
    expected_warnings.append("cannot be relayed: timeout")
    monkeypatch.setattr(
        "custom_components.yeastar_vm.pbx.http.TIMEOUT", ClientTimeout(total=0.2)
    )
    pbx.faults["extension_vm_greeting/play"] = Fault.SILENT

    assert (await player.get(relayed(hass, entry))).status == 504


async def test_a_sign_in_that_is_refused(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: TestClient,
    expected_warnings: list[str],
) -> None:
    """Asks the user for a new one."""
    expected_warnings.append("cannot be relayed: the sign-in is refused$")
    path = relayed(hass, entry)
    pbx.reboot()
    pbx.client_secret = "changed"

    assert (await player.get(path)).status == 502
    await hass.async_block_till_done()

    [flow] = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"


async def test_an_unload_while_players_wait(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: TestClient,
    expected_warnings: list[str],
) -> None:
    """Ends their waiting and leaves nothing running."""
    expected_warnings.append("cannot be relayed: connection_lost")
    pbx.faults["download"] = Fault.SILENT
    waiting = [asyncio.create_task(player.get(relayed(hass, entry))) for _ in range(3)]
    while "download" not in [request.endpoint for request in pbx.requests]:  # noqa: ASYNC110
        await asyncio.sleep(0)

    assert await hass.config_entries.async_unload(entry.entry_id)

    assert [(await answer).status for answer in waiting] == [502, 502, 502]


async def test_a_player_that_goes_away_ends_nothing_for_the_others(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: TestClient
) -> None:
    """They share one fetch."""
    path = relayed(hass, entry)
    url = player.make_url(urlsplit(path).path).with_query(urlsplit(path).query)
    async with ClientSession() as other:
        impatient = asyncio.create_task(other.get(url))
        while not pbx.requests:  # noqa: ASYNC110
            await asyncio.sleep(0)
        patient = asyncio.create_task(player.get(path))
        await asyncio.sleep(0)
        impatient.cancel()

        assert (await patient).status == 200
    assert len(pbx.requests) == 2


async def test_two_pbxs_do_not_mix(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    player: TestClient,
    expected_warnings: list[str],
) -> None:
    """A link of one entry leads to that entry's PBX."""
    expected_warnings.append(NOT_SIGNED)
    async with PbxSimulator() as second_pbx:
        second_pbx.serial_number = "2"
        second = await load(hass, entry_for(second_pbx))
        second_pbx.requests.clear()

        await player.get(relayed(hass, second))
        assert len(second_pbx.requests) == 2

        path = relayed(hass, entry)
        mixed = path.replace(entry.entry_id, second.entry_id)
        assert (await player.get(mixed)).status == 401
        await hass.config_entries.async_unload(second.entry_id)
