"""What players show of a clip."""

import aiohttp
from homeassistant.components.ffmpeg import DATA_FFMPEG, FFmpegManager
from homeassistant.components.media_source import async_browse_media
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.pbx import Message
from custom_components.yeastar_vm.playback.references import (
    MessageReference,
    MessagesReference,
)
from custom_components.yeastar_vm.playback.relay.link import readable_name
from simulator import PbxSimulator
from tests.audio.frames import read_frames, read_info, read_tag
from tests.clock import Clock
from tests.common import asked

from .home import add_greetings, fetch, hand_out, let_pass, without_ffmpeg


async def test_a_greeting_of_an_unknown_extension(
    pbx: PbxSimulator, entry: MockConfigEntry, players: aiohttp.ClientSession
) -> None:
    """What the file is called, and where it comes from. Nobody is asked for more."""
    add_greetings(pbx, 1, 2)
    media = await hand_out(entry)

    _, content = await fetch(players, media.path)

    texts, audio = read_tag(content)
    assert texts == {"TIT2": "0", "TPE1": entry.title, "TALB": entry.title}
    frames = read_frames(audio)
    assert read_info(frames[0]).frames == len(frames) - 1
    assert "extension/search" not in asked(pbx)


async def test_a_greeting_of_an_extension_whose_name_is_known(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
) -> None:
    """As after browsing. What was handed out before does not change under a player."""
    assert await async_setup_component(hass, "media_source", {})
    add_greetings(pbx, 1, 2)
    before = await hand_out(entry)
    _, old = await fetch(players, before.path)

    await async_browse_media(hass, f"media-source://{DOMAIN}/{pbx.serial_number}")
    after = await hand_out(entry)

    texts, _ = read_tag((await fetch(players, after.path))[1])
    assert texts["TPE1"] == "Lou Load (4000)"
    assert texts["TALB"] == entry.title
    assert (await fetch(players, before.path))[1] == old
    assert before.tag != after.tag


@without_ffmpeg
async def test_a_wav_file(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    clock: Clock,
) -> None:
    """It has no place for a title, and is as the PBX stores it."""
    [greeting] = add_greetings(pbx, 1, 2)
    media = await hand_out(entry)

    assert media.content_type == "audio/wav"
    assert ".wav?" in media.path
    assert await fetch(players, media.path) == (200, greeting.audio())

    let_pass(hass, clock, minutes=16)
    assert await fetch(players, media.path) == (200, greeting.audio())
    assert (await hand_out(entry)).tag == media.tag


async def test_an_ffmpeg_that_is_removed(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    clock: Clock,
) -> None:
    """Old links lead to what the PBX stores, and new ones say what that is."""
    [greeting] = add_greetings(pbx, 1, 2)
    before = await hand_out(entry)
    hass.data[DATA_FFMPEG] = FFmpegManager(hass, "/nowhere/ffmpeg")
    let_pass(hass, clock, minutes=16)

    assert await fetch(players, before.path) == (200, greeting.audio())
    after = await hand_out(entry)

    assert (before.link.name, after.link.name) == ("0.mp3", "0.wav")
    assert await fetch(players, after.path) == (200, greeting.audio())


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("", "audio"),
        ("!?", "unknown"),
        ("x" * 39 + " y", "x" * 39),
        # Only the start of a long title is read.
        ("-" * 159 + "a", "a"),
        ("-" * 160 + "a", "unknown"),
    ],
)
def test_a_title_in_a_path(title: str, name: str) -> None:
    """It is as short as what players show."""
    assert readable_name(title) == name


@pytest.mark.parametrize(
    "file", ["a\nb.wav", "../../etc/passwd", ".wav", "\u202ea.wav"]
)
async def test_a_file_with_a_strange_name(
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    players: aiohttp.ClientSession,
    file: str,
) -> None:
    """It plays, and its title is a line of text."""
    [greeting] = add_greetings(pbx, 1, 2)
    pbx.extensions["4000"].greetings = [type(greeting)(file)]
    media = await hand_out(entry, file)

    status, content = await fetch(players, media.path)

    assert status == 200
    texts, _ = read_tag(content)
    assert texts["TIT2"].isprintable()


def test_a_message_whose_id_says_no_time() -> None:
    """There is nothing else that a URL may show."""
    reference = MessageReference("3200", "f3a9", "Anna Weber")

    assert reference.title == "Anna Weber · f3a9"
    assert reference.public_title == "f3a9"


def test_several_messages() -> None:
    """The title is that of the first, and says how many more there are."""
    parts = [
        MessageReference("3200", each, "Anna") for each in ("f3a9", "f3b0", "f3b1")
    ]
    reference = MessagesReference("3200", tuple(parts))

    assert reference.title == "Anna · f3a9 (+2)"
    assert reference.public_title == "f3a9 (+2)"
    assert str(reference) == "3 messages of 3200"


@pytest.mark.parametrize(
    ("name", "number", "caller"),
    [
        ("Anna Weber", "15550123", "Anna Weber"),
        ("", "15550123", "15550123"),
        ("x" * 128, "15550123", "x" * 80),
        ("", "", ""),
    ],
)
def test_who_called(name: str, number: str, caller: str) -> None:
    """The name, or the number; as much of it as a player shows."""
    message = Message("3200", "f3a9", None, number, name, 1, is_read=False)

    reference = MessageReference.of(message)

    assert reference.title == " · ".join(filter(None, (caller, "f3a9")))
