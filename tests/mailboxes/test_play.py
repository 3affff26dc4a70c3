"""The action that plays messages."""

import asyncio
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
import voluptuous as vol
from yarl import URL

from custom_components.yeastar_vm.audio import (
    AudioError,
    AudioTooLong,
    ConversionTimedOut,
    FfmpegFailed,
    to_speech,
)
from custom_components.yeastar_vm.services.messages import play
from simulator import Encoding, Fault, PbxSimulator
from simulator.wav import tone
from tests.audio.frames import read_tag
from tests.common import KITCHEN, Player, call
from tests.gate import Gate

from .common import message_ids, unread

pytestmark = pytest.mark.usefixtures("leo")


@pytest.mark.parametrize("needs_token", [True, False])
@pytest.mark.parametrize("option", ["auto", "direct"])
async def test_play_the_newest_message(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    player: Player,
    option: str,
    needs_token: bool,
) -> None:
    """Through Home Assistant, since the PBX's link needs the token; it stays unread.

    That is also so where greetings are given to players directly, and with a PBX that
    does not look at the token.
    """
    http_pbx.switches.download_link_needs_token = needs_token
    hass.config_entries.async_update_entry(leo, options={"delivery": option})
    http_pbx.leave_message("3200", "1")
    new = http_pbx.leave_message("3200", "2")

    answer = await call(hass, "play_message", mailbox="3200", **KITCHEN)

    assert message_ids(answer) == [new.msg_id]
    assert (answer["delivery"], answer["reason"]) == ("relay", "link")
    [(_, url, _)] = player.played
    assert url == answer["url"]
    assert url.startswith("http://homeassistant.test:8123/api/yeastar_vm/")
    assert unread(hass) == "2"


@pytest.mark.parametrize(
    ("selection", "message"),
    [("newest", "has no messages"), ("all_unread", "has no unread messages")],
)
async def test_an_empty_mailbox(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    player: Player,
    selection: str,
    message: str,
) -> None:
    """The error says that there is nothing to play."""
    with pytest.raises(ServiceValidationError, match=message):
        await call(hass, "play_message", mailbox="3200", selection=selection, **KITCHEN)

    assert player.played == []


async def test_hours_of_unread_messages(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    player: Player,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Half an hour at once, of what they really last: the PBX may say anything."""
    joining = import_module("custom_components.yeastar_vm.audio.join")
    size = 8 * joining.RATE * joining.BYTES_A_SAMPLE
    monkeypatch.setattr(joining, "MAX_JOINED", size)
    left = [
        http_pbx.leave_message("3200", "1", audio=tone(Encoding.PCM16, 600, seconds))
        for seconds in (2, 4, 1, 10, 1, 1)
    ]
    for message, duration in zip(left, (3600, 0, 1, 1, 3600, 1), strict=True):
        message.duration = duration
    numbers = {message.msg_id: number for number, message in enumerate(left)}

    played = []
    while not all(message.is_read for message in left):
        answer = await play_all_unread(hass)
        played.append([numbers[each["message_id"]] for each in answer["messages"]])
        for each in answer["messages"]:
            http_pbx.read_at_phone(each["message_id"])

    assert played == [[0, 1], [2], [3], [4, 5]]
    assert len(player.played) == 4


async def test_a_slow_line(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    player: Player,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is there in time plays; the others are left to the next time."""
    monkeypatch.setattr(play, "COLLECT_TIME", 0)
    left = [http_pbx.leave_message("3200", caller) for caller in "123"]

    answer = await play_all_unread(hass)

    assert message_ids(answer) == [left[0].msg_id]
    assert len(player.played) == 1


@pytest.mark.parametrize("error", [AudioTooLong, ConversionTimedOut, FfmpegFailed])
@pytest.mark.parametrize("position", [0, 1])
async def test_a_message_that_cannot_be_joined(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    player: Player,
    monkeypatch: pytest.MonkeyPatch,
    error: type[AudioError],
    position: int,
) -> None:
    """It is a clip of its own: alone, it may play."""
    joining = import_module("custom_components.yeastar_vm.audio.join")
    left = [http_pbx.leave_message("3200", caller) for caller in "123"]
    converted: list[bytes] = []

    async def fail(binary: str, source: bytes, rate: int) -> bytes:
        converted.append(source)
        if len(converted) == position + 1:
            raise error("This one")
        return await to_speech(binary, source, rate)

    monkeypatch.setattr(joining, "to_speech", fail)
    answer = await play_all_unread(hass)

    assert message_ids(answer) == [left[0].msg_id]
    assert answer["left_out"] == []
    assert len(player.played) == 1


async def test_all_unread_messages_are_one_clip(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    http_pbx: PbxSimulator,
    player: Player,
    ffmpeg_binary: str,
) -> None:
    """The oldest one first, on any player, with a pause between two of them."""
    first = http_pbx.leave_message("3200", "1", duration=2)
    http_pbx.read_at_phone(http_pbx.leave_message("3200", "2", duration=5).msg_id)
    second = http_pbx.leave_message("3200", "3", duration=3)

    answer = await call(
        hass, "play_message", mailbox="3200", selection="all_unread", **KITCHEN
    )

    assert message_ids(answer) == [first.msg_id, second.msg_id]
    client = await hass_client_no_auth()
    path = answer["url"].removeprefix("http://homeassistant.test:8123")
    response = await client.get(path)
    wav = await to_speech(ffmpeg_binary, await response.read(), 8000)
    seconds = (len(wav) - 44) / 16_000
    assert 5.6 < seconds < 6.0


async def play_all_unread(hass: HomeAssistant) -> dict[str, Any]:
    """Play all unread messages."""
    return await call(
        hass, "play_message", mailbox="3200", selection="all_unread", **KITCHEN
    )


async def test_messages_that_are_named(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player
) -> None:
    """They are one clip, in the order of the list; those that are gone are left out."""
    first, second, third, _ = (http_pbx.leave_message("3200", each) for each in "1234")
    http_pbx.delete_at_phone(second.msg_id)
    named = [third.msg_id, second.msg_id, first.msg_id, third.msg_id]

    answer = await call(
        hass, "play_message", mailbox="3200", message_id=named, **KITCHEN
    )

    assert message_ids(answer) == [third.msg_id, first.msg_id]
    assert len(player.played) == 1


async def test_as_many_messages_as_a_mailbox_has_are_named() -> None:
    """Not more, not none, and not together with a selection."""
    named = {"mailbox": "3200", **KITCHEN}
    most = [str(number) for number in range(500)]

    assert play.PLAY_MESSAGE_SCHEMA({**named, "message_id": most})["message_id"] == most
    refusals: list[dict[str, Any]] = [
        {"message_id": [*most, "500"]},
        {"message_id": []},
        {"message_id": most, "selection": "all_unread"},
        {"selection": "oldest"},
    ]
    for refused in refusals:
        with pytest.raises(vol.Invalid):
            play.PLAY_MESSAGE_SCHEMA({**named, **refused})


async def test_named_messages_that_are_all_gone(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player
) -> None:
    """The error is that of one message."""
    named = [http_pbx.leave_message("3200", each).msg_id for each in "12"]
    for message_id in named:
        http_pbx.delete_at_phone(message_id)

    with pytest.raises(ServiceValidationError, match="3200"):
        await call(hass, "play_message", mailbox="3200", message_id=named, **KITCHEN)

    assert player.played == []


@pytest.mark.parametrize(
    ("audio", "reason"),
    [(b"", "This message has no audio."), (b"RIFF\x00\x00 no audio", "is damaged")],
)
async def test_a_message_without_audio_does_not_keep_others_back(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    player: Player,
    expected_warnings: list[str],
    audio: bytes,
    reason: str,
) -> None:
    """It is left out and named; the log says whose it is, and not which one."""
    first = http_pbx.leave_message("3200", "1")
    damaged = http_pbx.leave_message("3200", "2", audio=audio, duration=3)
    last = http_pbx.leave_message("3200", "3")
    expected_warnings.append("^A message of 3200 is left out: ")

    answer = await play_all_unread(hass)

    assert message_ids(answer) == [first.msg_id, last.msg_id]
    assert len(player.played) == 1
    [left_out] = answer["left_out"]
    assert left_out["message_id"] == damaged.msg_id
    assert reason in left_out["reason"]


async def test_a_clip_without_audio_does_not_keep_later_ones_back(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    player: Player,
    expected_warnings: list[str],
) -> None:
    """Also where it would have been a clip of its own."""
    http_pbx.leave_message("3200", "1", audio=b"", duration=3600)
    good = http_pbx.leave_message("3200", "2")
    expected_warnings.append("^A message of 3200 is left out: ")

    answer = await play_all_unread(hass)

    assert message_ids(answer) == [good.msg_id]


async def test_a_message_that_was_just_deleted_is_not_missed(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    player: Player,
    expected_warnings: list[str],
) -> None:
    """It is neither played nor named: nobody waits for it."""
    deleted = http_pbx.leave_message("3200", "1")
    good = http_pbx.leave_message("3200", "2")
    gate = Gate(http_pbx, "vm/download", busy=True)
    expected_warnings.append("^A message of 3200 is left out: ")

    playing = asyncio.create_task(play_all_unread(hass))
    await gate.arrived()
    http_pbx.delete_at_phone(deleted.msg_id)
    gate.open()
    answer = await playing

    assert message_ids(answer) == [good.msg_id]
    assert answer["left_out"] == []
    assert unread(hass) == "1"


async def test_no_message_has_audio(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    player: Player,
    expected_warnings: list[str],
) -> None:
    """The error says what is wrong."""
    expected_warnings.append("is left out: ")
    for caller in "12":
        http_pbx.leave_message("3200", caller, audio=b"", duration=3)

    with pytest.raises(HomeAssistantError, match="audio"):
        await play_all_unread(hass)

    assert player.played == []
    assert unread(hass) == "2"


async def test_a_pbx_that_fails_says_nothing_of_the_messages(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player
) -> None:
    """None of them is left out."""
    for caller in "12":
        http_pbx.leave_message("3200", caller)
    http_pbx.faults["vm/download"] = Fault.HTML

    with pytest.raises(HomeAssistantError, match="Yeastar"):
        await play_all_unread(hass)

    assert player.played == []


@pytest.mark.parametrize("which", ["newest", "all_unread"])
async def test_a_message_without_audio_alone(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player, which: str
) -> None:
    """The PBX lists it, and says of it what it says of one that is gone."""
    http_pbx.leave_message("3200", "1")
    http_pbx.errcodes["vm/download"] = 60001

    with pytest.raises(
        ServiceValidationError,
        match=r"This message has no audio\. Mark it as read or delete it",
    ):
        await call(hass, "play_message", mailbox="3200", selection=which, **KITCHEN)

    assert player.played == []


async def test_what_players_show(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    http_pbx: PbxSimulator,
    player: Player,
) -> None:
    """Who called, when, and how many there are; the mailbox. The URL names nobody."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    for minute in range(3):
        left_at = datetime(2026, 4, 23, 12, minute, tzinfo=UTC).timestamp()
        http_pbx.leave_message("3200", "15550123", "Anna Weber", left_at=left_at)
    client = await hass_client_no_auth()

    shown = []
    for selection in ("newest", "all_unread"):
        answer = await call(
            hass, "play_message", mailbox="3200", selection=selection, **KITCHEN
        )
        response = await client.get(URL(answer["url"]).relative())
        shown.append(read_tag(await response.read())[0])

    assert [texts["TIT2"] for texts in shown] == [
        "Anna Weber · 2026-04-23 14:02",
        "Anna Weber · 2026-04-23 14:00 (+2)",
    ]
    assert "anna" not in answer["url"]
    assert [texts["TPE1"] for texts in shown] == ["Leo Ball (3200)"] * 2
