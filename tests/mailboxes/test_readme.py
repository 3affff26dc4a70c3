"""The examples of the README that are about messages."""

from typing import Any

from homeassistant.components import stt
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from simulator import PbxSimulator
from tests.common import Player
from tests.readme import example, examples

from .common import UNREAD, Arrivals
from .ears import Ears


async def test_new_messages_are_shown_on_the_phone(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
) -> None:
    """Each of those that came at the same time, with its text."""
    ears = Ears()
    ears.entity_id = "stt.faster_whisper"
    assert await async_setup_component(hass, "stt", {})
    await hass.data[stt.DATA_COMPONENT].async_add_entities([ears])
    shown = async_mock_service(hass, "notify", "mobile_app_phone")
    automation = example("Show new messages on the phone")
    assert await async_setup_component(hass, "automation", {"automation": automation})

    for caller in ("Anna Weber", "Ben Ode", ""):
        http_pbx.leave_message("3200", "15550123", caller)
    await arrivals.wait_for(3)
    await hass.async_block_till_done()

    assert sorted(call.data["title"] for call in shown) == [
        "Message of 15550123",
        "Message of Anna Weber",
        "Message of Ben Ode",
    ]
    assert {call.data["message"] for call in shown} == {"Please call me back"}


async def test_a_dashboard(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, player: Player
) -> None:
    """Its entities are those of a mailbox, and its buttons play and delete."""
    old = http_pbx.leave_message("3200", "1")
    http_pbx.leave_message("3200", "2")
    script = example("Delete the newest message")
    assert await async_setup_component(
        hass, "script", {"script": {"delete_the_newest_message": script}}
    )
    [dashboard] = examples("cards")
    tiles = [card["entity"] for card in dashboard["cards"] if card["type"] == "tile"]
    play, delete = [
        card["tap_action"] for card in dashboard["cards"] if card["type"] == "button"
    ]

    await tap(hass, play)
    await tap(hass, delete)

    assert [hass.states.get(tile) is not None for tile in tiles] == [True, True]
    assert len(player.played) == 1
    assert old.is_read
    state = hass.states.get(UNREAD)
    assert state
    assert state.state == "0"
    assert http_pbx.mailboxes.listed("3200") == [old]

    await tap(hass, delete)
    await tap(hass, delete)  # Nothing is left.
    assert http_pbx.mailboxes.listed("3200") == []


async def tap(hass: HomeAssistant, action: dict[str, Any]) -> None:
    """Do what a dashboard does when somebody taps a card."""
    domain, name = action["perform_action"].split(".")
    await hass.services.async_call(
        domain,
        name,
        action.get("data", {}),
        target=action.get("target"),
        blocking=True,
    )
