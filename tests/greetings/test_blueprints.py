"""The blueprints of greetings, as automations that somebody made with them."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import persistent_notification
from homeassistant.components.calendar import CalendarEvent
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from simulator import Fault, PbxSimulator
from tests.common import Player

from .engines import HIGH, Holidays, Voice, add_holidays, add_voice
from .home import UPLOAD, greetings
from .recordings import pitch

FOLDER = Path(__file__).parents[2] / "blueprints/automation/yeastar_vm"
NORMAL, HOLIDAY = 300, HIGH


class Reception:
    """A reception with a holiday calendar, and the clock in it."""

    def __init__(
        self,
        hass: HomeAssistant,
        pbx: PbxSimulator,
        clock: FrozenDateTimeFactory,
        voice: Voice,
        holidays: Holidays,
    ) -> None:
        """Take everything that is there."""
        self.hass, self.pbx, self.clock = hass, pbx, clock
        self.voice, self.holidays = voice, holidays
        self.notifications: list[str] = []
        persistent_notification.async_register_callback(hass, self._notified)

    @callback
    def _notified(
        self,
        kind: persistent_notification.UpdateType,
        notifications: dict[str, persistent_notification.Notification],
    ) -> None:
        self.notifications += [each["message"] for each in notifications.values()]

    def plan(self, start: str, end: str, summary: str, description: str = "") -> None:
        """Write an event into the calendar."""
        times = [
            datetime.fromisoformat(each).replace(tzinfo=dt_util.DEFAULT_TIME_ZONE)
            for each in (start, end)
        ]
        self.holidays.events.append(
            CalendarEvent(times[0], times[1], summary, description)
        )
        self.holidays.async_write_ha_state()

    async def wait_until(self, time: str) -> None:
        """Let time pass, and what is to happen happen."""
        when = datetime.fromisoformat(time).replace(tzinfo=dt_util.DEFAULT_TIME_ZONE)
        # Calendars are read every fifteen minutes, for the next fifteen minutes.
        for moment in (when - timedelta(minutes=1), when + timedelta(seconds=1)):
            self.clock.move_to(moment)
            self.holidays.async_write_ha_state()
            async_fire_time_changed(self.hass, dt_util.utcnow())
            await self.hass.async_block_till_done(wait_background_tasks=True)

    async def automate(self, blueprint: str, **inputs: Any) -> None:
        """Make an automation of a blueprint."""
        path = f"yeastar_vm/{blueprint}.yaml"
        config = {"use_blueprint": {"path": path, "input": inputs}}
        assert await async_setup_component(
            self.hass, "automation", {"automation": config}
        )
        await self.hass.async_block_till_done()

    def heard(self) -> float:
        """Return the pitch of what callers of the reception hear."""
        audio = self.pbx.greeting_for_callers("3200")
        assert audio
        return pitch(audio)


@pytest.fixture
async def reception(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    tmp_path: Path,
    freezer: FrozenDateTimeFactory,
) -> AsyncIterator[Reception]:
    """Return a reception whose PBX is told once which greeting callers hear."""
    (tmp_path / "blueprints").mkdir()
    (tmp_path / "blueprints" / "automation").symlink_to(FOLDER.parent)
    pbx.extensions["3200"].vm_greeting = "holiday.wav"
    freezer.move_to("2026-12-20 12:00:00")
    hass.loop.set_debug(False)
    voice = await add_voice(hass, tmp_path)
    assert await async_setup_component(hass, "persistent_notification", {})
    reception = Reception(hass, pbx, freezer, voice, await add_holidays(hass))
    yield reception
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "all"}, blocking=True
    )
    await reception.holidays.async_remove()


@pytest.fixture
def inputs(pbx: PbxSimulator, entry: MockConfigEntry) -> dict[str, Any]:
    """Return what a user chose for the holiday greeting."""
    normal = f"media-source://yeastar_vm/{pbx.serial_number}/greetings/3200"
    return {
        "calendar": "calendar.holidays",
        "pbx": entry.entry_id,
        "extension": "3200",
        "file": "holiday",
        "tts_engine": "tts.voice",
        "normal_greeting": {
            "media_content_id": f"{normal}/vm_welcome.wav",
            "media_content_type": "audio/mpeg",
            "metadata": {"title": "vm_welcome.wav"},
        },
    }


async def test_a_holiday(reception: Reception, inputs: dict[str, Any]) -> None:
    """Callers hear the text while it lasts, and the normal greeting after that."""
    reception.plan("2026-12-24 12:00", "2026-12-27 00:00", "Christmas", "We & you: 50%")
    await reception.automate("holiday_greeting", **inputs)

    await reception.wait_until("2026-12-24 12:00")
    during = reception.heard()
    await reception.wait_until("2026-12-27 00:00")
    after = reception.heard()

    assert during == pytest.approx(HOLIDAY, rel=0.05)
    assert after == pytest.approx(NORMAL, rel=0.05)
    assert reception.voice.said == [("We & you: 50%", "en")]
    assert reception.notifications == []
    assert len(greetings(reception.pbx, "3200")) == 4


async def test_what_is_said(reception: Reception, inputs: dict[str, Any]) -> None:
    """The user's own text, about the event, in another language."""
    reception.plan("2026-12-24 12:00", "2026-12-27 00:00", "Weihnachten")
    text = "Wegen {{ event.summary }} ist bis {{ event.end[:10] }} geschlossen."
    await reception.automate("holiday_greeting", **inputs, text=text, language="de")

    await reception.wait_until("2026-12-24 12:00")

    assert reception.voice.said == [
        ("Wegen Weihnachten ist bis 2026-12-27 geschlossen.", "de")
    ]


async def test_two_holidays_in_a_row(
    reception: Reception, inputs: dict[str, Any]
) -> None:
    """The end of the first one does not end the second one."""
    reception.plan("2026-12-24 12:00", "2026-12-25 12:00", "Christmas Eve")
    reception.plan("2026-12-25 12:00", "2026-12-26 12:00", "Christmas Day")
    await reception.automate("holiday_greeting", **inputs)

    await reception.wait_until("2026-12-24 12:00")
    await reception.wait_until("2026-12-25 12:00")
    during = reception.heard()
    await reception.wait_until("2026-12-26 12:00")

    assert during == pytest.approx(HOLIDAY, rel=0.05)
    assert {text for text, _ in reception.voice.said} == {
        "Christmas Eve",
        "Christmas Day",
    }
    assert reception.heard() == pytest.approx(NORMAL, rel=0.05)


@pytest.mark.parametrize(
    ("time", "tone"), [("2026-12-25 12:00", HOLIDAY), ("2026-12-28 12:00", NORMAL)]
)
async def test_a_restart(
    hass: HomeAssistant,
    reception: Reception,
    inputs: dict[str, Any],
    time: str,
    tone: int,
) -> None:
    """What began or ended meanwhile is not missed."""
    reception.plan("2026-12-24 12:00", "2026-12-27 00:00", "Christmas")
    hass.set_state(CoreState.not_running)
    await reception.automate("holiday_greeting", **inputs)
    await reception.wait_until(time)

    await hass.async_start()
    await hass.async_block_till_done(wait_background_tasks=True)

    assert reception.heard() == pytest.approx(tone, rel=0.05)


@pytest.mark.parametrize("who", ["PBX", "engine"])
async def test_a_failure(
    hass: HomeAssistant,
    reception: Reception,
    inputs: dict[str, Any],
    expected_warnings: list[str],
    who: str,
) -> None:
    """The user is told, and the next change is made nevertheless."""
    if who == "PBX":
        reception.pbx.faults[UPLOAD] = Fault.RESET
    else:
        reception.voice.error = HomeAssistantError("No such voice")
        expected_warnings.append("Error getting audio|No such voice")
    expected_warnings.append("Error executing script|Error while executing automation")
    reception.plan("2026-12-24 12:00", "2026-12-27 00:00", "Christmas")
    await reception.automate("holiday_greeting", **inputs)

    await reception.wait_until("2026-12-24 12:00")
    told = [*reception.notifications]
    reception.pbx.faults.clear()
    await reception.wait_until("2026-12-27 00:00")

    assert len(told) == 1
    assert "Callers of extension 3200 may hear the wrong greeting" in told[0]
    assert reception.heard() == pytest.approx(NORMAL, rel=0.05)
    assert reception.notifications == told


CHECK = {
    "calendar": "calendar.holidays",
    "players": {"entity_id": "media_player.kitchen"},
}


@pytest.mark.parametrize(
    ("start", "plays"),
    [
        ("2026-12-24 00:00", True),
        ("2026-12-24 12:00", True),
        ("2026-12-23 12:00", False),
        ("2026-12-25 00:00", False),
    ],
)
async def test_the_evening_before(
    reception: Reception,
    inputs: dict[str, Any],
    player: Player,
    start: str,
    plays: bool,
) -> None:
    """A speaker plays what callers will hear, if an event begins on the next day."""
    reception.plan(start, "2026-12-27 00:00", "Christmas")
    reception.clock.move_to("2026-12-23 12:00:00")
    await reception.automate(
        "check_greeting", **CHECK, greeting=inputs["normal_greeting"]
    )

    await reception.wait_until("2026-12-23 18:00")

    assert len(player.played) == int(plays)
    if plays:
        assert player.played[0][2]["announce"] is True


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda f: f.stem)
def test_a_blueprint_says_where_it_comes_from(file: Path) -> None:
    """And for which versions it is: the same as everything."""
    blueprint = load_yaml_dict(str(file))["blueprint"]
    hacs = json.loads((FOLDER.parents[2] / "hacs.json").read_text())

    assert blueprint["source_url"].endswith(
        f"/blueprints/automation/yeastar_vm/{file.name}"
    )
    assert blueprint["homeassistant"]["min_version"] == hacs["homeassistant"]
