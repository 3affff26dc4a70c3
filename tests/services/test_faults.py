"""What `play_greeting` says when something goes wrong.

What every fault of the PBX comes to is in the fault matrix.
"""

import asyncio

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from simulator import PbxSimulator, SimulatedGreeting
from tests.clock import Clock
from tests.common import Player, endpoints, play

from .calls import refusal


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
    assert endpoints(pbx) == [
        "extension_vm_greeting/play",
        "refresh_token",
        "get_token",
    ]
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
    response = await play(hass)
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
