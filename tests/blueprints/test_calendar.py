"""The blueprints that follow a calendar: they change a greeting, and play it before."""

from datetime import timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentry
from homeassistant.exceptions import HomeAssistantError
import pytest

from simulator import Fault, PbxSimulator
from tests.engines import HIGH
from tests.greetings.home import UPLOAD, greetings
from tests.greetings.recordings import music

from .home import Home
from .reception import Reception, local

NORMAL, HOLIDAY = (pytest.approx(each, rel=0.05) for each in (300, HIGH))


@pytest.fixture
def mailboxes() -> list[ConfigSubentry]:
    """Return none: nobody looks for messages while time passes."""
    return []


@pytest.fixture
def advent(freezer: FrozenDateTimeFactory, http_pbx: PbxSimulator) -> None:
    """Let it be the Sunday before Christmas, and callers hear the holiday greeting."""
    http_pbx.extensions["3200"].vm_greeting = "holiday.wav"
    freezer.move_to(local("2026-12-20 12:00"))


@pytest.fixture
def home(advent: None, home: Home) -> Home:
    """Return the home in advent."""
    return home


@pytest.fixture
def reception(
    freezer: FrozenDateTimeFactory, home: Home, http_pbx: PbxSimulator
) -> Reception:
    """Return a reception whose PBX is told once which greeting callers hear."""
    http_pbx.requests.clear()
    return Reception(home, http_pbx, freezer)


@pytest.fixture
def inputs(home: Home, http_pbx: PbxSimulator) -> dict[str, Any]:
    """Return what a user selects for the holiday greeting."""
    normal = f"media-source://yeastar_vm/{http_pbx.serial_number}/greetings/3200"
    return {
        "calendar": "calendar.holidays",
        "pbx": home.entry.entry_id,
        "extension": "3200",
        "file": "holiday",
        "tts_engine": "tts.voice",
        "normal_greeting": {
            "media_content_id": f"{normal}/vm_welcome.wav",
            "media_content_type": "audio/mpeg",
            "metadata": {"title": "vm_welcome.wav"},
        },
    }


@pytest.mark.parametrize("zone", ["US/Pacific", "UTC"])
async def test_a_holiday(
    reception: Reception, inputs: dict[str, Any], zone: str
) -> None:
    """Callers hear the text while it lasts, and the normal greeting after that."""
    times = ("2026-12-24 12:00", "2026-12-27 00:00")
    reception.plan(*times, "Christmas", "We & you: 50%", zone=ZoneInfo(zone))
    await reception.automate("holiday_greeting", **inputs)

    await reception.wait_until("2026-12-24 12:00")
    during = reception.hears()
    await reception.wait_until("2026-12-27 00:00")

    assert during == HOLIDAY
    assert reception.hears() == NORMAL
    assert reception.home.voice.said == [("We & you: 50%", "en")]
    assert reception.uploads == 2
    assert await reception.notifications() == []
    assert len(greetings(reception.pbx, "3200")) == 4


@pytest.mark.parametrize("extension", ["3200", " 3200 ", "3200.0"])
@pytest.mark.parametrize("file", ["holiday.wav", " holiday "])
async def test_how_people_write_numbers_and_names(
    reception: Reception, inputs: dict[str, Any], extension: str, file: str
) -> None:
    """The greeting that callers hear is replaced, and no other one is made."""
    reception.plan("2026-12-24", "2026-12-25", "Christmas")
    typed = {"extension": extension, "file": file}
    await reception.automate("holiday_greeting", **inputs | typed)

    await reception.wait_until("2026-12-24 00:00")

    assert reception.hears() == HOLIDAY
    assert len(greetings(reception.pbx, "3200")) == 4


async def test_another_text(reception: Reception, inputs: dict[str, Any]) -> None:
    """The user's own, about the event, in another language."""
    reception.plan("2026-12-24 12:00", "2026-12-27 00:00", "Weihnachten")
    text = "Wegen {{ event.summary }} ist bis {{ event.end[:10] }} geschlossen."
    await reception.automate("holiday_greeting", **inputs, text=text, language="de")

    await reception.wait_until("2026-12-24 12:00")
    await reception.wait_until("2026-12-27 00:00")

    assert reception.home.voice.said == [
        ("Wegen Weihnachten ist bis 2026-12-27 geschlossen.", "de")
    ]
    assert reception.hears() == NORMAL


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["Christmas", "Closed"]),
        (None, ["Christmas", "Closed"]),
        # The default of 2.0.0, which an automation may have stored.
        ("{{ event.description or event.summary }}", ["Christmas", "Closed"]),
        ("{{ event.description }}", ["Christmas", "Closed"]),
        ("12.", ["12."]),
    ],
)
async def test_an_event_with_and_without_a_description(
    reception: Reception, inputs: dict[str, Any], text: str | None, said: list[str]
) -> None:
    """Its title is said if there is no other text."""
    reception.plan("2026-12-24", "2026-12-25", "Christmas")
    reception.plan("2026-12-26", "2026-12-27", "Christmas", "Closed")
    await reception.automate("holiday_greeting", **inputs, text=text)

    await reception.wait_until("2026-12-24 00:00")
    await reception.wait_until("2026-12-26 00:00")

    assert reception.said == said
    assert reception.hears() == HOLIDAY


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ("<p>Closed<br>until <b>Monday</b> &amp; Tuesday</p>", "Closed until Monday"),
        ("<br>", "Christmas"),
        ("Закрыто. " * 250, "Закрыто. Закрыто."),
        ("Line 1 < 2\nLine: 2", "Line 1 < 2\nLine: 2"),
    ],
)
async def test_what_calendars_store(
    reception: Reception, inputs: dict[str, Any], description: str, said: str
) -> None:
    """Markup is not said, and a text may be long in any language."""
    reception.plan("2026-12-24 22:00", "2026-12-25 06:00", "Christmas", description)
    await reception.automate("holiday_greeting", **inputs)

    await reception.wait_until("2026-12-24 22:00")
    during = reception.hears()
    await reception.wait_until("2026-12-25 06:00")

    [text] = reception.said
    assert text.startswith(said)
    assert "<b" not in text
    assert during == HOLIDAY
    assert reception.hears() == NORMAL


async def test_titles(reception: Reception, inputs: dict[str, Any]) -> None:
    """They are said as they were written, whatever they could be taken for."""
    titles = ("+4930123456", "12.", "007", "None", "[1]", "{'a': 1}", "{{ 1 + 1 }}")
    starts = [local("2026-12-24 00:00") + timedelta(hours=n) for n in range(8)]
    for title, (start, end) in zip(titles, pairwise(starts), strict=True):
        reception.plan(f"{start:%F %T}", f"{end:%F %T}", title)
    await reception.automate("holiday_greeting", **inputs)

    for start in starts[:-1]:
        await reception.wait_until(f"{start:%F %T}")

    assert reception.said == list(titles)


FIRST_DAY, SECOND_DAY = "2026-12-25", "2026-12-26"


@pytest.mark.parametrize(
    ("end", "start"),
    [
        ("2026-12-26", "2026-12-26"),
        ("2026-12-26 00:00:00.000", "2026-12-26 00:00:00.020"),
        ("2026-12-26 00:00:00.020", "2026-12-26 00:00:00.000"),
    ],
)
async def test_one_event_ends_as_the_next_begins(
    reception: Reception, inputs: dict[str, Any], end: str, start: str
) -> None:
    """Callers hear the text of the second one, whichever is noticed first."""
    midnight = end.removeprefix("2026-12-26") and " 00:00"
    reception.plan(f"2026-12-25{midnight}", end, "Christmas Day")
    reception.plan(start, f"2026-12-27{midnight}", "Boxing Day")
    await reception.automate("holiday_greeting", **inputs)
    await reception.wait_until("2026-12-25 00:00")
    assert reception.hears() == HOLIDAY

    await reception.wait_until("2026-12-26 00:00")
    during = reception.hears()
    await reception.wait_until("2026-12-27 00:00")

    assert during == HOLIDAY
    assert reception.said == ["Christmas Day", "Boxing Day"]
    assert reception.hears() == NORMAL


async def test_several_events_at_once(
    reception: Reception, inputs: dict[str, Any]
) -> None:
    """Callers hear the one that began last, and the others again after that."""
    reception.plan("2026-12-24", "2026-12-29", "Company holidays")
    reception.plan("2026-12-26 09:00", "2026-12-26 17:00", "Inventory")
    reception.plan("2026-12-25", "2026-12-26", "Christmas Day")
    reception.plan("2026-12-25", "2026-12-27", "Christmas")
    await reception.automate("holiday_greeting", **inputs)
    heard = []

    for count, time in enumerate(
        ("24 00:00", "25 00:00", "26 00:00", "26 09:00", "26 17:00", "27 00:00")
    ):
        # What is said for the first time has a new pitch.
        reception.home.voice.audio = music(0.5, 500 + 200 * count)
        await reception.wait_until(f"2026-12-{time}")
        heard.append(round(reception.hears(), -2))
    await reception.wait_until("2026-12-29 00:00")

    assert heard == [500, 700, 900, 1100, 900, 500]
    assert reception.said == [
        "Company holidays",
        "Christmas Day",
        "Christmas",
        "Inventory",
    ]
    assert reception.hears() == NORMAL


async def test_many_events_that_begin_at_once(
    reception: Reception, inputs: dict[str, Any]
) -> None:
    """The greeting is uploaded once."""
    for number in range(30):
        reception.plan("2026-12-24", "2026-12-25", f"Event {number}")
    await reception.automate("holiday_greeting", **inputs)

    await reception.wait_until("2026-12-24 00:00")

    assert reception.hears() == HOLIDAY
    assert reception.uploads == 1


async def test_an_event_that_is_added_and_deleted_while_it_lasts(
    reception: Reception, inputs: dict[str, Any]
) -> None:
    """Somebody closes at once, and opens again."""
    await reception.automate("holiday_greeting", **inputs)
    await reception.wait_until("2026-12-23 15:00")

    reception.plan("2026-12-23", "2026-12-24", "Closed")
    await reception.wait_until("2026-12-23 15:10")
    during = reception.hears()
    reception.cancel()
    await reception.wait_until("2026-12-23 15:20")

    assert during == HOLIDAY
    assert reception.hears() == NORMAL
    assert reception.uploads == 2


@pytest.mark.parametrize(
    ("time", "tone"), [("2026-12-25 12:00", HOLIDAY), ("2026-12-28 12:00", NORMAL)]
)
async def test_a_restart(
    reception: Reception, inputs: dict[str, Any], time: str, tone: float
) -> None:
    """What began or ended meanwhile is not missed."""
    reception.plan("2026-12-24 12:00", "2026-12-27 00:00", "Christmas")
    await reception.automate("holiday_greeting", **inputs)
    await reception.home.stop()
    reception.clock.move_to(local(time))

    await reception.home.start()
    await reception.home.hass.async_block_till_done(wait_background_tasks=True)

    assert reception.hears() == tone
    assert reception.uploads == 1


async def test_a_restart_in_the_middle_of_an_event(
    reception: Reception, inputs: dict[str, Any]
) -> None:
    """Its end is noticed nevertheless."""
    reception.plan("2026-12-24 12:00", "2026-12-27 00:00", "Christmas")
    await reception.automate("holiday_greeting", **inputs)
    await reception.wait_until("2026-12-24 12:00")

    await reception.home.restart()
    await reception.home.hass.async_block_till_done(wait_background_tasks=True)
    during = reception.hears()
    await reception.wait_until("2026-12-27 00:00")

    assert during == HOLIDAY
    assert reception.hears() == NORMAL


TOLD = "Callers of extension 3200 may hear the wrong greeting"


@pytest.mark.parametrize(
    "fails", ["PBX", "engine", "calendar", "calendar when Home Assistant starts"]
)
async def test_a_failure(
    reception: Reception,
    inputs: dict[str, Any],
    expected_warnings: list[str],
    possible_warnings: list[str],
    fails: str,
) -> None:
    """Callers hear what they heard, the user is told, and the next change is made."""
    error = HomeAssistantError("No such thing")
    match fails:
        case "PBX":
            reception.pbx.faults[UPLOAD] = Fault.RESET
        case "engine":
            reception.home.voice.error = error
            possible_warnings.append("Error getting audio|No such thing")
        case "calendar when Home Assistant starts":
            reception.home.holidays.error = error
            possible_warnings.append("when setting up triggers")
    expected_warnings.append("Error executing script")
    reception.plan("2026-12-24 12:00", "2026-12-27 00:00", "Christmas")
    await reception.automate("holiday_greeting", **inputs)
    before = reception.greeting
    if fails == "calendar":
        reception.home.holidays.error = error
        possible_warnings.append("Calendar trigger failed to fetch events")

    await reception.wait_until("2026-12-24 12:00")
    during = reception.greeting
    told = await reception.notifications()
    reception.pbx.faults.clear()
    reception.home.holidays.error = None
    await reception.wait_until("2026-12-27 00:00")

    assert during == before
    assert [text[: len(TOLD)] for text in told] == [TOLD]
    assert reception.hears() == NORMAL
    assert await reception.notifications() == told


async def test_a_calendar_that_is_unavailable(
    reception: Reception, inputs: dict[str, Any], expected_warnings: list[str]
) -> None:
    """The user is told, and callers hear the right greeting once it is back."""
    expected_warnings.append("Referenced entities calendar.holidays are missing")
    expected_warnings.append("Error executing script")
    reception.plan("2026-12-24 12:00", "2026-12-27 00:00", "Christmas")
    await reception.automate("holiday_greeting", **inputs)
    before = reception.greeting
    reception.home.holidays.refresh(available=False)

    await reception.wait_until("2026-12-24 12:00")
    during = reception.greeting
    told = await reception.notifications()
    reception.home.holidays.refresh()
    await reception.wait_until("2026-12-24 12:10")

    assert during == before
    assert [text[: len(TOLD)] for text in told] == [TOLD]
    assert reception.hears() == HOLIDAY


async def test_what_the_user_does_about_a_failure(
    reception: Reception, inputs: dict[str, Any], expected_warnings: list[str]
) -> None:
    """Actions of their own may name the extension."""
    expected_warnings.append("Error executing script")
    reception.pbx.faults[UPLOAD] = Fault.RESET
    reception.plan("2026-12-24 12:00", "2026-12-27 00:00", "Christmas")
    message = {"message": "Look after {{ extension }}"}
    tell = {"action": "persistent_notification.create", "data": message}
    await reception.automate("holiday_greeting", **inputs, on_failure=[tell])

    await reception.wait_until("2026-12-24 12:00")

    assert await reception.notifications() == ["Look after 3200"]


async def test_a_run_by_hand(reception: Reception, inputs: dict[str, Any]) -> None:
    """It makes right what is wrong, at any time."""
    await reception.automate("holiday_greeting", **inputs)

    await reception.home.call(
        "automation.trigger", entity_id="automation.holiday_greeting_1"
    )

    assert reception.hears() == NORMAL


@pytest.mark.parametrize(
    ("start", "zone", "plays"),
    [
        ("2026-12-24", "US/Pacific", True),
        ("2026-12-24 00:00", "US/Pacific", True),
        ("2026-12-24 23:30", "UTC", True),
        ("2026-12-23 23:30", "UTC", False),
        ("2026-12-25", "US/Pacific", False),
        ("2026-12-25 00:00", "US/Pacific", False),
    ],
)
async def test_the_evening_before(
    reception: Reception, inputs: dict[str, Any], start: str, zone: str, plays: bool
) -> None:
    """A speaker plays what callers will hear, if an event begins on the next day."""
    end = "2026-12-27 00:00"[: len(start)]
    reception.plan(start, end, "Christmas", zone=ZoneInfo(zone))
    reception.clock.move_to(local("2026-12-23 12:00"))
    await reception.automate(
        "check_greeting",
        calendar="calendar.holidays",
        players={"entity_id": "media_player.kitchen"},
        greeting=inputs["normal_greeting"],
    )

    await reception.wait_until("2026-12-23 18:00")

    announced = [options["announce"] for _, _, options in reception.home.player.played]
    assert announced == [True] * plays
