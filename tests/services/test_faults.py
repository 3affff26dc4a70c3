"""What `play_greeting` says when something goes wrong."""

import asyncio

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from simulator import Fault, PbxSimulator, SimulatedGreeting
from tests.clock import Clock
from tests.common import Player

from .calls import play, refusal


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            Fault.RESET,
            "The PBX closed the connection before its answer was complete. Check that "
            "its web portal opens, and that the network between it and Home Assistant "
            "is stable.",
        ),
        (
            Fault.REDIRECT,
            "The PBX redirects to http://example.invalid. Select Reconfigure "
            "in the integration's menu to enter that address.",
        ),
    ],
)
async def test_a_fault_of_the_pbx(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    fault: Fault,
    message: str,
) -> None:
    """Plays nothing, says what happened, and loses nothing."""
    pbx.faults["extension_vm_greeting/play"] = fault
    assert await refusal(hass, extension="0042", file="hello.wav") == message
    assert player.played == []

    pbx.faults.clear()
    await play(hass, extension="0042", file="hello.wav")

    assert len(player.played) == 1
    assert entry.state is ConfigEntryState.LOADED
    assert "get_token" not in [request.endpoint for request in pbx.requests]


@pytest.mark.parametrize(
    ("errcode", "message"),
    [
        (
            -2,
            "The PBX answered with error -2. For details, see the vendor's "
            "table of error codes.",
        ),
        (
            10001,
            "The PBX's firmware does not offer this function over its API. Update the "
            "firmware. Greetings require version xx.23.0 or later.",
        ),
        (
            10009,
            "The PBX denies access. Check under Integrations > API on the PBX that "
            "API access is turned on for this application, and that it has the "
            "permissions for extensions and voicemail.",
        ),
    ],
)
async def test_an_error_code_of_the_pbx(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    errcode: int,
    message: str,
) -> None:
    """Is said in words."""
    pbx.errcodes["extension_vm_greeting/play"] = errcode

    assert await refusal(hass, extension="0042", file="hello.wav") == message
    assert player.played == []


@pytest.mark.usefixtures("entry", "player")
async def test_old_firmware(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """Is told apart from a PBX that cannot be reached."""
    pbx.switches.greeting_endpoints = False

    assert "Greetings require version xx.23.0" in await refusal(hass, extension="0042")


@pytest.mark.usefixtures("entry", "player")
async def test_a_block_says_until_when(
    hass: HomeAssistant, pbx: PbxSimulator, clock: Clock
) -> None:
    """In the user's time zone, and nothing is sent until then."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    clock.move_to("2026-11-23 12:00:00")
    pbx.errcodes["extension_vm_greeting/play"] = 70004

    for _ in range(3):
        message = await refusal(hass, extension="0042", file="hello.wav")
        assert "Nothing is sent until 13:11." in message

    assert len(pbx.requests) == 1
    await hass.config.async_set_time_zone("UTC")


async def test_a_closed_port(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """As while the PBX restarts."""
    await pbx.stop()
    assert "nothing answers at its address and port" in await refusal(
        hass, extension="0042"
    )

    await pbx.start()
    await play(hass, extension="0042")

    assert len(player.played) == 1


async def test_a_changed_certificate(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """Gets nothing, and the error says what to do."""
    await pbx.renew_certificate()

    assert "select Reconfigure" in await refusal(hass, extension="0042")
    assert pbx.requests == []
    assert player.played == []


async def test_a_sign_in_that_is_refused_asks_for_a_new_one(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """Once, and without trying again by itself."""
    pbx.reboot()
    pbx.client_secret = "changed"

    for _ in range(3):
        assert "Sign in again" in await refusal(
            hass, extension="0042", file="hello.wav"
        )
    await hass.async_block_till_done()

    [flow] = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    assert [request.endpoint for request in pbx.requests] == [
        "extension_vm_greeting/play",
        "refresh_token",
        "get_token",
    ]
    assert player.played == []


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault.HALF, "The PBX closed the connection"),
        (Fault.HTML, "does not lead to audio"),
        (Fault.BAD_GATEWAY_502, "not available right now"),
    ],
)
async def test_a_fault_of_the_audio(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    fault: Fault,
    message: str,
) -> None:
    """Reaches the automation before any player is called."""
    pbx.faults["download"] = fault

    assert message in await refusal(hass, extension="0042", file="hello.wav")
    assert player.played == []


async def test_audio_that_is_too_large(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    player: Player,
) -> None:
    """Is not a greeting."""
    greeting = SimulatedGreeting("a.wav", duration=2200)
    # To make or to encrypt it would keep the event loop from running for too long.
    await asyncio.to_thread(greeting.audio)
    http_pbx.extensions["0042"].greetings = [greeting]

    refused = await refusal(hass, extension="0042", delivery="relay")

    assert "larger than 32 MB" in refused
    assert player.played == []


@pytest.mark.parametrize("ffmpeg_binary", ["/nowhere/ffmpeg"])
@pytest.mark.usefixtures("ffmpeg_binary", "entry")
async def test_without_ffmpeg(hass: HomeAssistant, player: Player) -> None:
    """16-bit audio passes as it is; the rest is an error that says why."""
    response = await play(hass, extension="3200", file="vm_welcome.wav")
    assert "/vm_welcome.wav" in response["url"]
    assert len(player.played) == 1

    assert "has no FFmpeg" in await refusal(hass, extension="3200", file="closed.WAV")
    assert len(player.played) == 1


async def test_many_calls_at_once(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """All of them are played."""
    await asyncio.gather(
        *(play(hass, extension="3200", file="closed.WAV") for _ in range(10))
    )

    assert len(player.played) == 10


async def test_a_new_recording_is_played_at_once(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """A call never plays what was fetched for an earlier one."""
    speaker = await hass_client_no_auth()

    async def heard() -> bytes:
        url = URL((await play(hass, extension="0042"))["url"])
        return await (await speaker.get(url.relative())).read()

    before = await heard()
    pbx.extensions["0042"].greetings = [SimulatedGreeting("hello.wav", duration=4)]

    assert len(await heard()) > 1.5 * len(before)
