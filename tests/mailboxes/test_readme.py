"""The examples of the README that are about messages."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from simulator import PbxSimulator
from tests.common import Player
from tests.engines import Engine
from tests.readme import example, examples

from .common import leo_ball, load_with_mailboxes, until

FULL = 500  # messages of a mailbox


async def shows(phone: list[ServiceCall], count: int) -> None:
    """Wait until the phone shows so many messages."""
    await until(lambda: len(phone) >= count)


@pytest.fixture
async def phone(
    hass: HomeAssistant, http_pbx: PbxSimulator, engine: Engine
) -> AsyncIterator[list[ServiceCall]]:
    """Return what the automation of the README shows on the phone."""
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball(engine=engine.entity_id))
    shown = async_mock_service(hass, "notify", "mobile_app_phone")
    automation = example("Show new messages on the phone")
    assert automation["max"] > FULL
    assert await async_setup_component(hass, "automation", {"automation": automation})
    yield shown
    await hass.config_entries.async_unload(entry.entry_id)


async def test_new_messages_are_shown_on_the_phone(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    phone: list[ServiceCall],
) -> None:
    """Each of those that came at the same time, with its text."""
    callers = [f"Caller {number}" for number in range(12)]

    for caller in callers:
        http_pbx.leave_message("3200", "15550123", caller, duration=4)
    await shows(phone, len(callers))

    assert {call.data["title"] for call in phone} == {
        f"Message from {caller}" for caller in callers
    }
    assert {call.data["message"] for call in phone} == {"4 s: Please call me back"}


@pytest.mark.parametrize("text", ["+4930123456", "12.", "None", "None #", "[1]"])
async def test_texts_that_look_like_something_else(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    engine: Engine,
    phone: list[ServiceCall],
    text: str,
) -> None:
    """Numbers keep their plus."""
    engine.text = text

    http_pbx.leave_message("3200", text, duration=4)
    await shows(phone, 1)

    assert [call.data for call in phone] == [
        {"title": f"Message from {text}", "message": f"4 s: {text}"}
    ]


async def test_an_engine_that_fails(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    engine: Engine,
    phone: list[ServiceCall],
    expected_warnings: list[str],
) -> None:
    """The message is shown nevertheless."""
    engine.error = RuntimeError("out of memory")
    expected_warnings.append("^stt.engine failed")

    http_pbx.leave_message("3200", "15550123", "Anna Weber", duration=4)
    await shows(phone, 1)

    assert [call.data for call in phone] == [
        {"title": "Message from Anna Weber", "message": "4 s: no text"}
    ]


async def test_a_dashboard(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, player: Player
) -> None:
    """The card shows a mailbox, and a button plays what is unread."""
    message = http_pbx.leave_message("3200", "1")
    [card] = examples("entities")
    [button] = examples("tap_action")

    await tap(hass, button["tap_action"])

    assert card["type"] == "custom:yeastar-vm-card"
    assert all(hass.states.get(entity) for entity in card["entities"])
    assert hass.states.get(card["media_player"])
    assert len(player.played) == 1
    [played] = player.played
    assert message.msg_id not in played[1]


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
