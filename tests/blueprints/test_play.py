"""The blueprints that play greetings and messages when something happens."""

from typing import Any

import pytest

from simulator import PbxSimulator
from tests.mailboxes.common import UNREAD, Arrivals

from .home import Home


def on(event: str, **more: Any) -> dict[str, Any]:
    """Return what a user selects for a blueprint, as the editor stores it."""
    return {
        "triggers": [{"trigger": "event", "event_type": event}],
        "players": {"entity_id": ["media_player.kitchen"]},
        **more,
    }


@pytest.fixture
def greeting(http_pbx: PbxSimulator) -> dict[str, Any]:
    """Return a greeting as the media selector stores it."""
    serial = http_pbx.serial_number
    return {
        "media_content_id": f"media-source://yeastar_vm/{serial}/greetings/3200/closed.WAV",
        "media_content_type": "audio/mpeg",
        "metadata": {"title": "closed.WAV", "navigateIds": [{}]},
    }


@pytest.mark.parametrize("announce", [{}, {"announce": True}])
async def test_a_greeting_is_played(
    home: Home, greeting: dict[str, Any], announce: dict[str, bool]
) -> None:
    """On the selected player, with nothing else filled in, or as an announcement."""
    inputs = on("doorbell", greeting=greeting)
    await home.automate("play_greeting", **inputs | announce)
    await home.restart()

    home.hass.bus.async_fire("doorbell")
    await home.hass.async_block_till_done()

    [(_, url, options)] = home.player.played
    assert "/api/yeastar_vm/" in url
    assert options["announce"] is bool(announce)


async def test_a_condition_is_not_met(home: Home, greeting: dict[str, Any]) -> None:
    """The player stays silent."""
    never = {"condition": "template", "value_template": "{{ false }}"}
    inputs = on("doorbell", greeting=greeting, conditions=[never])
    await home.automate("play_greeting", **inputs)

    home.hass.bus.async_fire("doorbell")
    await home.hass.async_block_till_done()

    assert home.player.played == []


@pytest.mark.parametrize(("mark", "left"), [({}, "0"), ({"mark_as_read": False}, "1")])
async def test_all_unread_messages_are_played(
    home: Home, http_pbx: PbxSimulator, mark: dict[str, bool], left: str
) -> None:
    """When there are none, nothing happens."""
    await home.automate("play_my_messages", **on("button", mailbox=UNREAD, **mark))
    await home.restart()
    home.hass.bus.async_fire("button")
    await home.hass.async_block_till_done()
    assert home.player.played == []

    arrivals = Arrivals(home.hass)
    http_pbx.leave_message("3200", "15550123")
    await arrivals.wait_for(1)
    home.hass.bus.async_fire("button")
    await home.hass.async_block_till_done()

    assert len(home.player.played) == 1
    assert home.state(UNREAD) == left


async def test_a_button_that_is_pressed_twice(
    home: Home, http_pbx: PbxSimulator
) -> None:
    """The messages are played once, and nothing is logged."""
    await home.automate("play_my_messages", **on("button", mailbox=UNREAD))
    arrivals = Arrivals(home.hass)
    http_pbx.leave_message("3200", "15550123")
    await arrivals.wait_for(1)

    for _ in range(2):
        home.hass.bus.async_fire("button")
    await home.hass.async_block_till_done()

    assert len(home.player.played) == 1
