"""A walk through what people use, on a PBX of each profile.

Whatever a PBX was seen to do, this works. What its firmware does not have is missing,
and nothing else.
"""

from http import HTTPStatus
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.yeastar_vm.check.findings import Outcome
from custom_components.yeastar_vm.pbx import Connections
from simulator import PbxSimulator, Profile
from tests.check.checker import check, client_of, outcomes
from tests.common import KITCHEN, Player, call, entry_for, load
from tests.mailboxes.common import (
    PRESENCE,
    Arrivals,
    ann_empty,
    leo_ball,
    load_with_mailboxes,
    select_presence,
    unread,
)

HOME = "http://homeassistant.test:8123"


async def test_everything_is_listed(
    connections: Connections, pbx: PbxSimulator, seen: Profile
) -> None:
    """Extensions, groups, greetings, and messages, to their end."""
    client = client_of(connections, pbx)
    has_groups = seen.switches.get("group_endpoints", True)

    extensions = await client.extensions.all()
    groups = await client.groups.find()
    greetings = [await client.greetings.of(number) for number in pbx.extensions]
    messages = await client.messages.query(["3200", "3201", "3202"])

    assert {each.number for each in extensions} == {*pbx.extensions}
    assert {each.presence for each in extensions} == {"available", "away"} | {
        "do_not_disturb"
    }
    assert {each.number for each in groups or []} == (
        {*pbx.groups} if has_groups else set()
    )
    assert [{each.file for each in of_one} for of_one in greetings] == [
        {greeting.real_filename for greeting in extension.greetings}
        for extension in pbx.extensions.values()
    ]
    assert {
        number: {message.message_id for message in of_one}
        for number, of_one in messages.items()
        if of_one
    } == {
        number: {message.msg_id for message in pbx.mailboxes.listed(number)}
        for number in ("3200", "3202")
    }


async def test_the_check_finds_nothing_wrong(
    connections: Connections, pbx: PbxSimulator, seen: Profile
) -> None:
    """Except what the firmware does not have."""
    found = outcomes(await check(connections, pbx))

    missing = {subject for subject, outcome in found.items() if not outcome.is_well}
    expected = {
        subject
        for subject, text in seen.findings.items()
        if not Outcome(text.partition(" ")[0]).is_well
    }
    assert {subject.value for subject in missing} == expected


@pytest.mark.parametrize("file", ["vm_welcome.wav", "closed.WAV"])
async def test_a_greeting_is_heard(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    pbx: PbxSimulator,
    player: Player,
    file: str,
) -> None:
    """Whatever its link and its audio are like."""
    await load(hass, entry_for(pbx))
    client = await hass_client_no_auth()

    await call(
        hass, "play_greeting", extension="3200", file=file, delivery="relay", **KITCHEN
    )

    [(_, url, _)] = player.played
    answer = await client.get(url.removeprefix(HOME))
    assert answer.status == HTTPStatus.OK
    assert answer.content_type == "audio/mpeg"
    assert len(await answer.read()) > 1000


async def test_messages_are_known_and_new_ones_are_events(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """Over the WebSocket, once each; an empty mailbox is empty."""
    await load_with_mailboxes(hass, pbx, leo_ball(), ann_empty())
    before = [message.msg_id for message in pbx.mailboxes.listed("3200")]
    listed = await call(hass, "list_messages", mailbox="3200")
    nothing = await call(hass, "list_messages", mailbox="3201")
    assert {each["message_id"] for each in listed["messages"]} == {*before}
    assert nothing["messages"] == []
    assert unread(hass) == "2"
    arrivals = Arrivals(hass)
    first = Arrivals(hass, "event.ann_empty_3201_message")

    left = pbx.leave_message("3200", "15550123", "Anna Weber", duration=42)
    await arrivals.wait_for(1)
    only = pbx.leave_message("3201", "15550124")
    await first.wait_for(1)

    [event] = arrivals.events
    assert event["message_id"] == left.msg_id
    assert (event["caller_number"], event["caller_name"]) == ("15550123", "Anna Weber")
    assert event["duration"] == 42
    assert first.ids == [only.msg_id]
    assert unread(hass) == "3"


async def test_a_message_is_heard_marked_and_deleted(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    pbx: PbxSimulator,
    player: Player,
) -> None:
    """The one that was left last."""
    await load_with_mailboxes(hass, pbx, ann_empty())
    arrivals = Arrivals(hass, "event.ann_empty_3201_message")
    left = pbx.leave_message("3201", "15550123")
    await arrivals.wait_for(1)
    client = await hass_client_no_auth()
    named: dict[str, Any] = {"mailbox": "3201", "message_id": left.msg_id}

    await call(hass, "play_message", **named, **KITCHEN)
    [(_, url, _)] = player.played
    answer = await client.get(url.removeprefix(HOME))
    assert answer.status == HTTPStatus.OK
    assert await answer.read()
    await call(hass, "mark_message_read", **named)
    assert left.is_read
    await call(hass, "delete_message", **named)

    assert pbx.mailboxes.listed("3201") == []


async def test_a_presence_is_shown_and_set(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """Here, and on the PBX."""
    await load_with_mailboxes(hass, pbx, leo_ball())
    before = hass.states.get(PRESENCE)

    await select_presence(hass, "lunch")

    after = hass.states.get(PRESENCE)
    assert before
    assert after
    assert (before.state, after.state) == ("available", "lunch")
    assert pbx.extensions["3200"].presence == "lunch"


async def test_a_greeting_is_uploaded_and_deleted(
    connections: Connections, pbx: PbxSimulator
) -> None:
    """And listed between."""
    client = client_of(connections, pbx)
    box = await client.find_box("3201")
    assert box
    audio = pbx.extensions["3200"].greetings[1].audio()

    await client.greetings.upload(box, "ha_greeting", audio)
    [greeting] = await client.greetings.of("3201")
    assert greeting.file == "ha_greeting.wav"
    await client.greetings.delete(greeting)

    assert await client.greetings.of("3201") == []
