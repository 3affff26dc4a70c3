"""Recording, renaming and deleting greetings, and the greetings of groups."""

import json
from math import inf
from typing import Any

import pytest

from simulator import Phone, Reaction, SimulatedGreeting, SimulatedGroup
from simulator.wav import length

from .boxes import AUDIO, DUPLICATE, Box
from .common import (
    DATA_NOT_FOUND,
    SUCCESS,
    Client,
    Clock,
)

# Lists and links of groups


async def test_list_of_a_group(client: Client) -> None:
    """Its rows are those of an extension, with a module of their own."""
    client.pbx.groups["6300"] = SimulatedGroup(
        "6300", "Sales", greetings=[SimulatedGreeting("group_vm_night.wav", id=22)]
    )

    answer = await client.get("vm_greeting/list", extension="6300")

    assert answer == {
        **SUCCESS,
        "total_number": 1,
        "greeting_list": [
            {
                "id": 22,
                "module": "groupvoicemail",
                "number": "6300",
                "file": "group_vm_night.wav",
                "suffix": ".wav",
                "type": "record",
                "real_filename": "group_vm_night.wav",
            }
        ],
    }


async def test_download_link(box: Box) -> None:
    """Needs the token, which the play link does not."""
    await box.upload("new.wav")
    answer = await box.get("download", extension=box.number, file="new.wav")
    link = answer["download_resource_url"]

    refused = await box.client.send("GET", link)
    audio = await box.client.send(
        "GET", link, params={"access_token": box.client.access_token}
    )

    assert json.loads(refused.body)["errcode"] == 10004
    assert audio.body == AUDIO
    assert await box.heard("new.wav") == AUDIO


# Record


async def test_recording(box: Box, clock: Clock) -> None:
    """The file is there once whoever answered has hung up."""
    box.client.pbx.calls.phones["3201"] = Phone(rings=4, speech=AUDIO)

    answer = await box.record()
    clock.now += 4 + length(AUDIO) - 0.1
    during = await box.names()
    clock.now += 0.1
    after = await box.names()

    assert answer == {**SUCCESS, "owner": box.number}
    assert during == ["old.wav"]
    assert after == ["spoken.wav", "old.wav"]
    assert await box.heard("spoken.wav") == AUDIO


async def test_recording_until_somebody_hangs_up(box: Box, clock: Clock) -> None:
    """A test can say when."""
    pbx = box.client.pbx
    pbx.calls.phones["3201"] = Phone(rings=0, talks=inf)
    await box.record()
    clock.now += 600
    before = await box.names()

    pbx.hang_up("3201")

    assert before == ["old.wav"]
    assert await box.names() == ["spoken.wav", "old.wav"]


async def test_recording_that_is_refused_at_the_phone(box: Box, clock: Clock) -> None:
    """Hanging up while it rings leaves nothing."""
    await box.record()

    box.client.pbx.hang_up("3201")
    clock.now += 600

    assert await box.names() == ["old.wav"]


@pytest.mark.parametrize(
    "reaction", [Reaction.BUSY, Reaction.UNREGISTERED, Reaction.NOT_ANSWERED]
)
async def test_nobody_records(box: Box, clock: Clock, reaction: Reaction) -> None:
    """The answer is the same as ever, and no file appears."""
    box.client.pbx.calls.phones["3201"] = Phone(reaction)

    answer = await box.record()
    clock.now += 600

    assert answer == {**SUCCESS, "owner": box.number}
    assert await box.names() == ["old.wav"]


async def test_recorder_that_cannot_be_reached_is_an_error(box: Box) -> None:
    """That is not documented."""
    box.client.pbx.switches.unreachable_recorder = 70084
    box.client.pbx.calls.phones["3201"] = Phone(Reaction.UNREGISTERED)

    assert (await box.record())["errcode"] == 70084


async def test_recorder_that_is_recording(box: Box, clock: Clock) -> None:
    """Is busy until it hangs up, and free after that."""
    box.client.pbx.switches.unreachable_recorder = 70084
    first = await box.record("one")

    second = await box.record("two")
    clock.now += 600
    third = await box.record("three")

    assert [a["errcode"] for a in (first, second, third)] == [0, 70084, 0]


async def test_recording_under_a_name_that_exists(box: Box, clock: Clock) -> None:
    """It overwrites."""
    before = await box.heard("old.wav")

    answer = await box.record("old")
    clock.now += 600

    assert answer["errcode"] == 0
    assert await box.names() == ["old.wav"]
    assert await box.heard("old.wav") != before


@pytest.mark.parametrize("name", ["two words", "spoken.wav", "Fermé", "x" * 251])
async def test_name_of_a_recording(box: Box, name: str) -> None:
    """Digits, letters, ``_`` and ``-``."""
    assert (await box.record(name))["errcode"] == 40002


# Rename


async def test_rename(box: Box) -> None:
    """The audio, the ID and the place stay; the suffix, too."""
    await box.upload("new.WAV")
    greeting = (await box.rows())[0]["id"]

    answer = await box.rename(greeting, "newer")

    assert answer == SUCCESS
    assert await box.names() == ["newer.WAV", "old.wav"]
    assert (await box.rows())[0]["id"] == greeting
    assert await box.heard("newer.WAV") == AUDIO


async def test_rename_of_what_the_list_shows(box: Box) -> None:
    """The file keeps its name, as that of a greeting of speech in the documents."""
    box.client.pbx.switches.renames_file = False

    assert await box.rename(7, "newer") == SUCCESS

    [row] = await box.rows()
    assert (row["file"], row["real_filename"]) == ("newer.wav", "old.wav")


async def test_rename_to_the_same_name(box: Box) -> None:
    """Changes nothing."""
    assert await box.rename(7, "old") == SUCCESS
    assert await box.names() == ["old.wav"]


async def test_rename_to_a_name_that_exists(box: Box) -> None:
    """Is refused."""
    await box.upload("new.wav")

    assert await box.rename(7, "new") == DUPLICATE


@pytest.mark.parametrize(("file", "errcode"), [("new.wav", 40002), (5, 0)])
async def test_name_of_a_rename(box: Box, file: Any, errcode: int) -> None:
    """It has no suffix."""
    assert (await box.rename(7, file))["errcode"] == errcode


# Delete


async def test_delete(box: Box) -> None:
    """The file is gone, and cannot be deleted twice."""
    first = await box.delete("old.wav")
    second = await box.delete("old.wav")

    assert first == SUCCESS
    assert second == DATA_NOT_FOUND
    assert await box.rows() == []


@pytest.mark.parametrize(("refused", "errcode"), [(False, 0), (True, 70091)])
async def test_delete_what_callers_hear(box: Box, refused: bool, errcode: int) -> None:
    """Whether that is refused is not documented."""
    pbx = box.client.pbx
    pbx.switches.delete_in_use_refused = refused
    pbx.groups["6300"].vm_greeting = "old.wav"
    pbx.extensions["3201"].presence_greetings = {"away": "old.wav"}
    await box.upload("unused.wav")

    in_use = await box.delete("old.wav")
    unused = await box.delete("unused.wav")

    assert in_use["errcode"] == errcode
    assert unused["errcode"] == 0


# All of them


@pytest.mark.parametrize("errcode", [10001, 10005, 10009])
async def test_changes_that_are_refused(box: Box, errcode: int) -> None:
    """A missing permission or feature concerns all changes, and nothing else."""
    box.client.pbx.switches.greeting_changes_refused = errcode

    answers = [
        await box.upload("new.wav"),
        await box.record(),
        await box.rename(7, "new"),
        await box.delete("old.wav"),
    ]

    assert [answer["errcode"] for answer in answers] == [errcode] * 4
    assert await box.names() == ["old.wav"]
