"""The automations of docs/automations.md, as somebody who copied them."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.calendar import DATA_COMPONENT as CALENDARS, CalendarEvent
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    entity_registry as er,
    label_registry as lr,
)
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from simulator import PbxSimulator
from simulator.model import SimulatedGreeting

from .blueprints.calendar import Holidays
from .clock import due
from .common import Player, add_players
from .readme import example

DOORBELL = "event.front_doorbell"


@pytest.fixture
def freezer(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Let it be noon on a Thursday."""
    freezer.move_to(datetime(2026, 12, 24, 12, tzinfo=ZoneInfo("US/Pacific")))
    return freezer


@pytest.fixture
async def speakers(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_entry: Any,
) -> AsyncIterator[dict[str, Player]]:
    """Return the players of the house, whose PBX has the greetings."""
    http_pbx.extensions["3200"].greetings += [
        SimulatedGreeting(f"{name}.wav") for name in ("closed_today", "closing_soon")
    ]
    players = {
        name: Player(name) for name in ("kitchen", "entrance", "showroom", "hall")
    }
    await add_players(hass, *players.values())
    registry = er.async_get(hass)
    area = ar.async_get(hass).async_create("Showroom").id
    registry.async_update_entity("media_player.showroom", area_id=area)
    label = lr.async_get(hass).async_create("Loudspeaker").label_id
    registry.async_update_entity("media_player.hall", labels={label})
    yield players
    # Timers would end with the process of Home Assistant.
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "all"}, blocking=True
    )


async def copy(hass: HomeAssistant, alias: str) -> None:
    """Add the example to the automations."""
    automation = example(alias)
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await hass.async_block_till_done()


async def wait_until(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, time: str
) -> None:
    """Let time pass, and what is to happen happen."""
    moment = datetime.fromisoformat(time).replace(tzinfo=dt_util.DEFAULT_TIME_ZONE)
    for seconds in (-60, 1):
        freezer.move_to(moment + timedelta(seconds=seconds))
        await due(hass)


def played(speakers: dict[str, Player]) -> dict[str, Any]:
    """Return which players announced something, or just played it."""
    return {
        name: [options.get("announce", False) for _, _, options in player.played]
        for name, player in speakers.items()
        if player.played
    }


@pytest.mark.parametrize(
    ("time", "plays"),
    [
        ("2026-12-24 17:30", {}),
        ("2026-12-24 18:30", {"entrance": [False]}),
        ("2026-12-25 06:30", {"entrance": [False]}),
        ("2026-12-26 12:00", {"entrance": [False]}),
    ],
)
async def test_the_doorbell(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    speakers: dict[str, Player],
    time: str,
    plays: dict[str, Any],
) -> None:
    """It answers in the evening, at night, and on Saturdays, once for each ring."""
    hass.states.async_set(DOORBELL, "unavailable")
    await copy(hass, "Doorbell says that we are closed")
    await wait_until(hass, freezer, time)

    for state in ("2026-12-01T00:00:00.000+00:00", dt_util.utcnow().isoformat()):
        hass.states.async_set(DOORBELL, state, {"event_type": "ring"})
        await hass.async_block_till_done()

    assert played(speakers) == plays


async def test_closing_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, speakers: dict[str, Player]
) -> None:
    """It is announced on Thursday, and not on Saturday."""
    await copy(hass, "Announce closing time")

    await wait_until(hass, freezer, "2026-12-24 17:55")
    thursday = played(speakers)
    await wait_until(hass, freezer, "2026-12-26 17:55")

    assert thursday == {"showroom": [True], "hall": [True]}
    assert played(speakers) == thursday


async def test_the_evening_before_a_holiday(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, speakers: dict[str, Player]
) -> None:
    """The greeting is played, and a notification asks about it."""
    start = dt_util.now().date() + timedelta(days=1)
    holiday = CalendarEvent(start, start + timedelta(days=1), "Christmas")
    calendar = Holidays([holiday])
    calendar.entity_id = "calendar.company_holidays"
    assert await async_setup_component(hass, "calendar", {})
    await hass.data[CALENDARS].async_add_entities([calendar])
    shown = async_mock_service(hass, "persistent_notification", "create")
    await copy(hass, "Check the holiday greeting")

    await wait_until(hass, freezer, "2026-12-24 18:00")

    assert played(speakers) == {"kitchen": [False]}
    assert [call.data["message"] for call in shown] == [
        "Tomorrow is Christmas. The kitchen just played holiday.wav of extension 3200."
    ]
    await calendar.async_remove()
