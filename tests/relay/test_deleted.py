"""What is left of a message that was deleted: nothing."""

import aiohttp
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.entry import Pbx
from custom_components.yeastar_vm.playback.references import (
    MessageReference,
    MessagesReference,
    Reference,
)
from custom_components.yeastar_vm.playback.relay import Relay
from simulator import PbxSimulator
from tests.clock import Clock

from .home import fetch, let_pass


async def hand_out(entry: MockConfigEntry, reference: Reference) -> str:
    """Return the path that players are given."""
    pbx: Pbx = entry.runtime_data
    link = await reference.get_link(pbx.client)
    return (await pbx.playback.relay.prepare(reference, link)).path


@pytest.fixture
def messages(pbx: PbxSimulator) -> list[MessageReference]:
    """Return three messages of a box."""
    return [
        MessageReference("3200", pbx.leave_message("3200", "5551234").msg_id, caller)
        for caller in ("Anna", "Anna", "Ben")
    ]


async def test_its_links_end(
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    messages: list[MessageReference],
    players: aiohttp.ClientSession,
) -> None:
    """At once, without asking the PBX. Those of other messages stay."""
    deleted, *others = messages
    path, *other_paths = [await hand_out(entry, message) for message in messages]
    assert (await fetch(players, path))[0] == 200
    pbx.requests.clear()

    entry.runtime_data.playback.forget(MessageReference("3200", deleted.message_id))

    assert await fetch(players, path) == (404, b"")
    assert pbx.requests == []
    assert [(await fetch(players, each))[0] for each in other_paths] == [200, 200]
    assert len(others) == 2


async def test_links_to_several_end_with_one_of_them(
    entry: MockConfigEntry,
    messages: list[MessageReference],
    players: aiohttp.ClientSession,
) -> None:
    """The clip contains it."""
    first, second, third = messages
    both = await hand_out(entry, MessagesReference("3200", (first, second)))
    other = await hand_out(entry, MessagesReference("3200", (second, third)))

    entry.runtime_data.playback.forget(first)

    assert (await fetch(players, both))[0] == 404
    assert (await fetch(players, other))[0] == 200


async def test_another_pbx_with_the_same_numbers(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    messages: list[MessageReference],
    players: aiohttp.ClientSession,
) -> None:
    """What is deleted there is another message."""
    path = await hand_out(entry, messages[0])

    Relay(hass, entry, entry.runtime_data.client, {}).forget(messages[0])

    assert (await fetch(players, path))[0] == 200


async def test_a_message_that_is_listed_again(
    entry: MockConfigEntry,
    messages: list[MessageReference],
    players: aiohttp.ClientSession,
) -> None:
    """It was missing for a moment. Players are given links that work."""
    for reference in messages[0], MessagesReference("3200", tuple(messages[:2])):
        ended = await hand_out(entry, reference)
        entry.runtime_data.playback.forget(messages[0])

        path = await hand_out(entry, reference)

        assert (await fetch(players, ended))[0] == 404
        assert (await fetch(players, path))[0] == 200


async def test_nothing_of_it_is_kept(
    entry: MockConfigEntry, messages: list[MessageReference]
) -> None:
    """Its audio takes no memory, and is not served for another clip."""
    await hand_out(entry, messages[0])
    relay = entry.runtime_data.playback.relay
    assert relay.size > 0

    entry.runtime_data.playback.forget(messages[0])

    assert relay.size == 0


async def test_the_log_names_no_message(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    messages: list[MessageReference],
    players: aiohttp.ClientSession,
    clock: Clock,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It says whose messages they are, and is right about one and several."""
    expected_warnings += [
        r"^A message of 3200 was not fetched from Home Assistant within 15 seconds by "
        r"media_player\.kitchen\. ",
        r"^3 messages of 3200 were not fetched",
        r"^A message of 3200 cannot be relayed: ",
        r"^3 messages of 3200 cannot be relayed: ",
    ]
    pbx_data: Pbx = entry.runtime_data
    relay = pbx_data.playback.relay
    several = MessagesReference("3200", tuple(messages))
    paths = []
    for reference, player in (messages[0], "kitchen"), (several, "bath"):
        link = await reference.get_link(pbx_data.client)
        media = await relay.prepare(reference, link)
        relay.handed_out(media, [f"media_player.{player}"])
        paths.append(media.path)
    let_pass(hass, clock, minutes=6)
    for message in messages:
        pbx.delete_at_phone(message.message_id)

    for path in paths:
        assert (await fetch(players, path))[0] == 404

    warnings = [r.getMessage() for r in caplog.records if r.levelname == "WARNING"]
    for message in messages:
        assert not any(message.message_id in warning for warning in warnings)
        assert not any(message.caller in warning for warning in warnings)
