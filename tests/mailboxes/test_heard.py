"""Read is what was heard: messages are marked when a player has fetched them."""

import asyncio
from functools import partial
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.yeastar_vm.services.messages import heard
from simulator import Fault, PbxSimulator
from tests.clock import Clock
from tests.common import (
    KITCHEN,
    MINUTE,
    Fetcher,
    Player,
    add_players,
    arrival,
    asked,
    call,
)
from tests.gate import Gate
from tests.players import FetchingPlayer

from .common import unread

pytestmark = pytest.mark.usefixtures("leo")

WAYS = ["newest", "all_unread"]


@pytest.fixture
async def client(hass_client_no_auth: ClientSessionGenerator) -> Fetcher:
    """Return what fetches links, as a player does."""
    return await hass_client_no_auth()


@pytest.fixture
async def eager(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> FetchingPlayer:
    """Return the player `media_player.kitchen`, beside a broken one in the bath."""
    eager, broken = FetchingPlayer("kitchen"), Player("bath")
    broken.error = HomeAssistantError("The player is on fire")
    await add_players(hass, eager, broken)
    eager.fetch = partial(fetch, await hass_client_no_auth())
    return eager


async def fetch(client: Fetcher, url: str, **headers: str) -> bytes:
    """Fetch a link."""
    answer = await client.get(URL(url).relative(), headers=headers)
    return await answer.read()


async def play(hass: HomeAssistant, **data: Any) -> dict[str, Any]:
    """Play messages of Leo Ball that are to be marked as read."""
    return await call(
        hass, "play_message", mailbox="3200", mark_as_read=True, **KITCHEN, **data
    )


@pytest.mark.parametrize("selection", WAYS)
async def test_messages_are_read_once_a_player_has_them(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    player: Player,
    client: Fetcher,
    selection: str,
) -> None:
    """A player that never fetches them leaves them unread, as one that only asks."""
    left = [http_pbx.leave_message("3200", caller) for caller in "12"]

    answer = await play(hass, selection=selection)
    await client.head(URL(answer["url"]).relative())
    await fetch(client, answer["url"], Range="bytes=0-1")
    await hass.async_block_till_done()

    assert answer["marked_as_read"] is False
    assert all(each["unread"] for each in answer["messages"])
    assert unread(hass) == "2"

    for _ in range(2):
        await fetch(client, answer["url"])
    await hass.async_block_till_done()

    count = len(answer["messages"])
    assert unread(hass) == str(2 - count)
    assert asked(http_pbx)["vm/update"] == count
    assert left[1].is_read


async def test_a_player_that_never_fetches_them(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    player: Player,
    clock: Clock,
    expected_warnings: list[str],
) -> None:
    """The log says that they stay unread."""
    expected_warnings.append("was not fetched .* What nobody has heard stays unread$")
    left = http_pbx.leave_message("3200", "1")

    await play(hass)
    clock.tick(16)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()

    assert not left.is_read


@pytest.mark.parametrize("enqueue", ["add", "next", "play"])
async def test_a_queue(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    player: Player,
    client: Fetcher,
    enqueue: str,
) -> None:
    """They are read when their turn comes."""
    left = http_pbx.leave_message("3200", "1")

    answer = await play(hass, enqueue=enqueue)
    assert not left.is_read
    await fetch(client, answer["url"])
    await hass.async_block_till_done()

    assert left.is_read


@pytest.mark.parametrize("selection", WAYS)
async def test_a_player_that_fetches_at_once(
    hass: HomeAssistant, http_pbx: PbxSimulator, eager: FetchingPlayer, selection: str
) -> None:
    """The response says that they are read."""
    left = http_pbx.leave_message("3200", "1")

    answer = await play(hass, selection=selection)

    assert answer["marked_as_read"] is True
    assert [each["unread"] for each in answer["messages"]] == [False]
    assert left.is_read


async def test_one_of_several_players_is_enough(
    hass: HomeAssistant, http_pbx: PbxSimulator, eager: FetchingPlayer
) -> None:
    """Also if another one fails."""
    left = http_pbx.leave_message("3200", "1")

    with pytest.raises(HomeAssistantError, match="on fire"):
        await call(
            hass,
            "play_message",
            mailbox="3200",
            mark_as_read=True,
            entity_id=["media_player.kitchen", "media_player.bath"],
        )
    await hass.async_block_till_done()

    assert left.is_read


async def test_a_player_that_does_not_take_it(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player
) -> None:
    """Its error reaches the automation, and nothing is read."""
    http_pbx.leave_message("3200", "1")
    player.error = HomeAssistantError("The player is on fire")

    with pytest.raises(HomeAssistantError, match="on fire"):
        await play(hass)

    assert unread(hass) == "1"


async def test_played_but_not_marked(
    hass: HomeAssistant, http_pbx: PbxSimulator, eager: FetchingPlayer
) -> None:
    """The error says that it was played, and what keeps it from being marked."""
    http_pbx.leave_message("3200", "1")
    http_pbx.errcodes["vm/update"] = 70091

    with pytest.raises(
        HomeAssistantError,
        match=r"was played, but could not be marked as read.*error 70091",
    ):
        await play(hass)


async def test_played_but_not_marked_after_the_action(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    player: Player,
    client: Fetcher,
    expected_warnings: list[str],
) -> None:
    """The log says so."""
    expected_warnings.append("A message of 3200 was played, but not marked as read: ")
    http_pbx.leave_message("3200", "1")
    answer = await play(hass)
    http_pbx.errcodes["vm/update"] = 70091

    await fetch(client, answer["url"])
    await hass.async_block_till_done()


async def test_a_pbx_that_takes_its_time_to_mark(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    eager: FetchingPlayer,
    clock: Clock,
) -> None:
    """The action waits for it for a few seconds, and does not end it."""
    http_pbx.leave_message("3200", "1")
    gate = Gate(http_pbx, "vm/update")
    began = hass.loop.time()

    with clock.running():
        assert (await play(hass))["marked_as_read"] is False

    assert 5 <= hass.loop.time() - began <= 6
    gate.open()
    await hass.async_block_till_done()
    assert unread(hass) == "0"


async def test_a_mark_that_fails_after_the_action(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    eager: FetchingPlayer,
    monkeypatch: pytest.MonkeyPatch,
    expected_warnings: list[str],
) -> None:
    """The log says so, because the action did not wait for it."""
    expected_warnings.append("A message of 3200 was played, but not marked as read: ")
    monkeypatch.setattr(heard, "WAIT", 0.1)
    http_pbx.leave_message("3200", "1")
    http_pbx.errcodes["vm/update"] = 70091
    gate = Gate(http_pbx, "vm/update")

    await play(hass)
    gate.open()
    await hass.async_block_till_done()


async def test_nothing_is_marked_that_nobody_asked_to_mark(
    hass: HomeAssistant, http_pbx: PbxSimulator, eager: FetchingPlayer
) -> None:
    """What is read on the PBX cannot be made unread."""
    http_pbx.leave_message("3200", "1")

    await call(hass, "play_message", mailbox="3200", **KITCHEN)
    await hass.async_block_till_done()

    assert asked(http_pbx)["vm/update"] == 0
    assert unread(hass) == "1"


async def test_a_message_that_is_deleted_while_it_plays(
    hass: HomeAssistant, http_pbx: PbxSimulator, eager: FetchingPlayer
) -> None:
    """It needs no mark."""
    left = http_pbx.leave_message("3200", "1")
    gate = Gate(http_pbx, "vm/update", busy=True)
    playing = asyncio.create_task(play(hass))
    await gate.arrived()

    http_pbx.mailboxes.remove(left)
    gate.open()

    assert (await playing)["marked_as_read"] is True


async def test_a_mailbox_that_is_removed_while_it_plays(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    eager: FetchingPlayer,
) -> None:
    """What was not marked yet needs no mark."""
    for caller in "12":
        http_pbx.leave_message("3200", caller)
    gate = Gate(http_pbx, "vm/update")
    playing = asyncio.create_task(play(hass, selection="all_unread"))
    await gate.arrived()

    [subentry_id] = leo.subentries
    hass.config_entries.async_remove_subentry(leo, subentry_id)
    gate.open()

    assert (await playing)["marked_as_read"] is True
    assert asked(http_pbx)["vm/update"] == 1


async def test_a_reload_while_it_is_marked(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    player: Player,
    client: Fetcher,
) -> None:
    """What was heard is marked by the PBX that is loaded then."""
    left = http_pbx.leave_message("3200", "1")
    answer = await play(hass)
    marking = arrival(http_pbx, "vm/update")
    http_pbx.faults["vm/update"] = Fault.SILENT

    await fetch(client, answer["url"])
    await marking.wait()
    assert not left.is_read
    http_pbx.faults.clear()
    await hass.config_entries.async_reload(leo.entry_id)
    await hass.async_block_till_done()

    assert left.is_read


async def test_a_pbx_that_is_unloaded_while_it_is_marked(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    player: Player,
    client: Fetcher,
    clock: Clock,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is waited for as long as a reload may take; then the log says so."""
    expected_warnings.append("A message of 3200 was played, but not marked as read: ")
    http_pbx.leave_message("3200", "1")
    answer = await play(hass)
    gate = Gate(http_pbx, "vm/update")
    await fetch(client, answer["url"])
    await gate.arrived()

    await hass.config_entries.async_unload(leo.entry_id)
    await clock.pass_time(4 * MINUTE)
    assert expected_warnings[0] not in caplog.text
    await clock.pass_time(2 * MINUTE)

    assert expected_warnings[0] in caplog.text
    gate.open()
