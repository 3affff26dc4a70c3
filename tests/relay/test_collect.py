"""Messages that are collected for one clip: what ends it, and how it is delivered."""

import aiohttp
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.entry import Pbx
from custom_components.yeastar_vm.pbx import AudioTooLarge
from custom_components.yeastar_vm.playback.playback import Reason
from custom_components.yeastar_vm.playback.references import MessageReference
from custom_components.yeastar_vm.playback.relay import Collected
from simulator import Encoding, Fault, PbxSimulator
from simulator.wav import tone
from tests.clock import Clock
from tests.greetings.home import Later
from tools.demo.audio import measure

from .home import fetch, let_pass


def leave(pbx: PbxSimulator, count: int) -> list[MessageReference]:
    """Let callers leave messages for Leo Ball, of 2 seconds, 3 seconds, and so on."""
    left = [
        pbx.leave_message("3200", str(seconds), duration=seconds, announced=False)
        for seconds in range(2, 2 + count)
    ]
    return [MessageReference("3200", message.msg_id) for message in left]


async def collect(
    entry: MockConfigEntry, messages: list[MessageReference]
) -> Collected:
    """Return what of some messages is one clip."""
    pbx: Pbx = entry.runtime_data
    _, collected = await pbx.playback.deliver_several(messages, 10)
    return collected


async def test_a_pbx_that_fails_after_the_first_message(
    http_pbx: PbxSimulator, http_entry: MockConfigEntry
) -> None:
    """That one is played; the others are left to the next time."""
    first, *others = leave(http_pbx, 3)
    http_pbx.faults["download"] = Later(Fault.RESET)

    collected = await collect(http_entry, [first, *others])

    assert collected.reference == first
    assert collected.left_out == {}


async def test_a_message_that_is_too_large(
    http_pbx: PbxSimulator, http_entry: MockConfigEntry, expected_warnings: list[str]
) -> None:
    """It is left out. A single one that is left is as the PBX has it."""
    expected_warnings.append("^A message of 3200 is left out: ")
    first, second = leave(http_pbx, 2)
    http_pbx.faults["download"] = Later(Fault.HUGE_AUDIO_ANNOUNCED)

    collected = await collect(http_entry, [first, second])

    assert collected.reference == first
    assert collected.source == tone(Encoding.PCM16, 440, 2)
    left_out = {ref: type(err) for ref, err in collected.left_out.items()}
    assert left_out == {second: AudioTooLarge}


async def test_a_player_that_comes_later(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    clock: Clock,
) -> None:
    """All messages are fetched again."""
    loaded: Pbx = http_entry.runtime_data
    media, _ = await loaded.playback.deliver_several(leave(http_pbx, 2), 10)
    assert media.relayed
    let_pass(hass, clock, minutes=16)

    _, content = await fetch(players, media.relayed.path)

    assert (await measure(content)).duration == pytest.approx(2 + 0.7 + 3, abs=0.1)


async def test_a_certificate_that_no_player_trusts(
    pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """It is named as the reason, rather than the link."""
    loaded: Pbx = entry.runtime_data

    media, _ = await loaded.playback.deliver_several(leave(pbx, 2), 10)

    assert media.reason is Reason.CERTIFICATE
