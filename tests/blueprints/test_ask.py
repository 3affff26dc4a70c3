"""The blueprint to ask for messages, as somebody who talks to Assist."""

import asyncio
from datetime import datetime
from typing import Any, Final, override
from zoneinfo import ZoneInfo

from homeassistant.components.media_player import (
    DATA_COMPONENT as PLAYERS,
    MediaPlayerEntityFeature,
    MediaPlayerState,
)
from homeassistant.helpers import area_registry as ar, device_registry as dr
import pytest

from simulator import Outage, PbxSimulator
from tests.clock import Clock
from tests.common import asked
from tests.mailboxes.common import MESSAGE, poll
from tests.players import FetchingPlayer

from .assist import SATELLITE, Satellite, ask
from .home import Home

NONE: Final = "You have no new messages."
OUTDATED: Final = "I cannot say, because the mailbox is not up to date."


@pytest.fixture
def noon(clock: Clock) -> datetime:
    """Return what time it is: noon."""
    noon = datetime(2026, 12, 24, 12, tzinfo=ZoneInfo("US/Pacific"))
    clock.move_to(noon)
    return noon


@pytest.fixture
def home(noon: datetime, home: Home) -> Home:
    """Return the home at noon."""
    return home


@pytest.fixture
def inputs(home: Home) -> dict[str, Any]:
    """Return what a user selects: the phone is in the kitchen, as the player."""
    kitchen = ar.async_get(home.hass).async_get_or_create("Kitchen").id
    dr.async_get(home.hass).async_update_device(home.phone.device_id, area_id=kitchen)
    return {
        "mailbox": MESSAGE,
        "rooms": [{"area": kitchen, "player": "media_player.kitchen"}],
    }


async def ask_phone(home: Home, sentence: str = "Do I have any messages?") -> str:
    """Ask the phone in the kitchen, wait for what that sets off; return the answer."""
    answer = await ask(home, sentence, device_id=home.phone.device_id)
    await home.hass.async_block_till_done()
    return answer


async def add_player(home: Home, player: FetchingPlayer) -> FetchingPlayer:
    """Add another player."""
    player.fetch = home.user.fetch
    await home.hass.data[PLAYERS].async_add_entities([player])
    return player


async def test_the_answer(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any], noon: datetime
) -> None:
    """Who called and when, after a restart, too; then the messages are played once."""
    await home.automate("ask_for_messages", **inputs)
    await home.restart()
    for caller, hours in (("Anna Weber", 60), ("", 20), ("Zoë", 3)):
        number = "" if caller else "+49 30 123456"
        left_at = noon.timestamp() - hours * 3600
        http_pbx.leave_message("3200", number, caller, left_at=left_at)

    answer = await ask_phone(home)

    assert answer == (
        "You have 3 new messages. "
        "Anna Weber, on Tuesday, December 22, at 12:00 AM. "
        "+ 4 9, 3 0, 1 2 3 4 5 6, yesterday at 4:00 PM. "
        "Zoë, today at 9:00 AM."
    )
    assert len(home.player.played) == 1
    assert await ask_phone(home) == NONE
    assert len(home.player.played) == 1


@pytest.mark.parametrize(
    "sentence",
    [
        "Do I have new messages?",
        "are there any voicemails",
        "Play my messages!",
        "check voicemail",
        "How many messages do I have?",
        "who left me a message",
    ],
)
async def test_sentences(home: Home, inputs: dict[str, Any], sentence: str) -> None:
    """People ask in many ways."""
    await home.automate("ask_for_messages", **inputs)

    assert await ask_phone(home, sentence) == NONE


def told(answer: str) -> list[str]:
    """Return the callers of an answer, in order."""
    return [part.split(",")[0] for part in answer.split(". ")[1:]]


@pytest.mark.parametrize(
    ("more", "callers", "left"),
    [
        ({"limit": 2}, ["Here are 2 of them", "A", "B"], "C"),
        ({"limit": 2.0, "first": "newest"}, ["Here are 2 of them", "C", "B"], "A"),
        ({"limit": None, "first": "newest"}, ["C", "B", "A"], ""),
    ],
)
async def test_the_order(
    home: Home,
    http_pbx: PbxSimulator,
    inputs: dict[str, Any],
    noon: datetime,
    more: dict[str, Any],
    callers: list[str],
    left: str,
) -> None:
    """Those that are told are played and marked as read, and no others."""
    await home.automate("ask_for_messages", **inputs, **more)
    for minute, caller in enumerate("ABC"):
        http_pbx.leave_message(
            "3200", "1", caller, left_at=noon.timestamp() - 600 + minute
        )

    answer = await ask_phone(home)

    assert answer.startswith("You have 3 new messages. ")
    assert told(answer) == callers
    unread = [m for m in http_pbx.mailboxes.listed("3200") if not m.is_read]
    assert [message.caller_name for message in unread] == list(left)


NUMBER: Final = "1 5 5 5 0 1 2 3"


@pytest.mark.parametrize(
    ("number", "name", "caller"),
    [
        ("15550123", "", NUMBER),
        ("15550123", "15550123", NUMBER),
        ("15550123", "☎", NUMBER),
        ("007", "12.", "0 0 7"),
        ("+49 (0)30/12-3", "", "+ 4 9, 0, 3 0, 1 2, 3"),
        ("", "", "An unknown caller"),
        ("anonymous", "", "An unknown caller"),
        ("15550123", 'Anna "Ann" O\'Neil: ☎ {{ 1 + 1 }}', ""),
        ("15550123", "{count} {limit}", ""),
        ("15550123", "[1, 2] None #", ""),
        ("15550123", "Ünal 李", ""),
    ],
)
async def test_callers(
    home: Home,
    http_pbx: PbxSimulator,
    inputs: dict[str, Any],
    noon: datetime,
    number: str,
    name: str,
    caller: str,
) -> None:
    """Names are said as the PBX has them, numbers digit by digit."""
    await home.automate("ask_for_messages", **inputs)
    http_pbx.leave_message("3200", number, name, left_at=noon.timestamp() - 60)

    answer = await ask_phone(home)

    when = "today at 11:59 AM"
    assert answer == f"You have one new message. {caller or name}, {when}."


GERMAN: Final[dict[str, Any]] = {
    "sentences": ["(habe ich|gibt es) [neue] Nachrichten"],
    "one_message": "Du hast eine neue Nachricht.",
    "unknown_caller": "Unbekannt",
    "today": "heute um %-H Uhr %M",
    "yesterday": "gestern um %-H Uhr %M",
    "earlier": "am %-d.%-m. um %-H Uhr %M",
}


@pytest.mark.parametrize(
    ("zone", "left_at", "when"),
    [
        ("Europe/Berlin", "2026-12-24 11:05+01:00", "heute um 11 Uhr 05"),
        ("Europe/Berlin", "2026-12-23 23:05+00:00", "heute um 0 Uhr 05"),
        ("Europe/Berlin", "2026-12-23 23:55+01:00", "gestern um 23 Uhr 55"),
        ("Asia/Kathmandu", "2026-12-24 18:00+00:00", "gestern um 23 Uhr 45"),
        ("UTC", "2026-02-01 07:30+00:00", "am 1.2. um 7 Uhr 30"),
    ],
)
async def test_another_language(
    home: Home,
    http_pbx: PbxSimulator,
    inputs: dict[str, Any],
    noon: datetime,
    zone: str,
    left_at: str,
    when: str,
) -> None:
    """Sentences, texts, and times are the user's own; the day is the one at home."""
    await home.hass.config.async_set_time_zone(zone)
    await home.automate("ask_for_messages", **inputs, **GERMAN)
    http_pbx.leave_message(
        "3200", "", left_at=datetime.fromisoformat(left_at).timestamp()
    )

    answer = await ask_phone(home, "Habe ich neue Nachrichten?")

    assert answer == f"Du hast eine neue Nachricht. Unbekannt, {when}."


@pytest.mark.parametrize("nothing", ["", None])
async def test_texts_that_are_cleared(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any], nothing: str | None
) -> None:
    """They are not said."""
    texts = ("one_message", "unknown_caller", "today", "yesterday", "earlier")
    cleared = dict.fromkeys((*texts, "no_messages", "elsewhere"), nothing)
    await home.automate("ask_for_messages", **inputs, **cleared)

    assert await ask_phone(home) == ""
    http_pbx.leave_message("3200", "15550123")
    assert await ask_phone(home) == f"{NUMBER}."


async def test_the_pbx_is_away(
    home: Home,
    http_pbx: PbxSimulator,
    inputs: dict[str, Any],
    expected_warnings: list[str],
) -> None:
    """That is no reason to say that there are none, nor to wait once it is known."""
    expected_warnings += ["Error fetching PBX mailbox data", "Error executing script"]
    await home.automate("ask_for_messages", **inputs)
    http_pbx.leave_message("3200", "15550123")
    await http_pbx.begin_outage(Outage.REFUSED)

    asked_first = await ask_phone(home)
    await poll(home.entry)
    await http_pbx.end_outage()
    http_pbx.requests.clear()
    asked_again = await ask_phone(home)

    assert (asked_first, asked_again) == (OUTDATED, OUTDATED)
    assert http_pbx.requests == []
    assert home.player.played == []


async def test_which_player(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any]
) -> None:
    """That of the device, else of the area, else the one for everywhere else."""
    tablet = await add_player(home, FetchingPlayer("tablet"))
    office = await add_player(home, FetchingPlayer("office"))
    elsewhere = {**inputs, "elsewhere": "media_player.office", "mark_as_read": False}
    await home.automate("ask_for_messages", 1, **elsewhere)
    own = {"device": home.phone.device_id, "player": "media_player.tablet"}
    sentences = {"sentences": ["messages for me"], "rooms": [*inputs["rooms"], own]}
    await home.automate("ask_for_messages", 2, **elsewhere | sentences)
    Satellite(home, "Kitchen").is_now("idle")
    http_pbx.leave_message("3200", "15550123")

    async def played_by(**who: Any) -> list[int]:
        await ask(home, **who)
        await home.hass.async_block_till_done()
        return [len(each.played) for each in (home.player, tablet, office)]

    phone = {"device_id": home.phone.device_id}
    assert await played_by(**phone) == [1, 0, 0]
    assert await played_by(satellite_id=SATELLITE) == [2, 0, 0]
    assert await played_by(sentence="messages for me", **phone) == [2, 1, 0]
    assert await played_by() == [2, 1, 1]
    assert await played_by(device_id="removed") == [2, 1, 2]


async def test_no_player(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any]
) -> None:
    """The messages are told, and stay unread."""
    half = [{"player": "media_player.kitchen"}, {"area": "", "device": None}]
    await home.automate("ask_for_messages", **inputs | {"rooms": half})
    message = http_pbx.leave_message("3200", "15550123", "Anna")

    assert told(await ask_phone(home)) == ["Anna"]
    assert told(await ask(home)) == ["Anna"]
    await home.hass.async_block_till_done()

    assert home.player.played == []
    assert not message.is_read


@pytest.mark.parametrize("state", ["unavailable", None])
async def test_a_player_that_is_unavailable(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any], state: str | None
) -> None:
    """The answer says so, and nothing is tried."""
    await home.automate("ask_for_messages", **inputs)
    if state:
        home.player._attr_available = False
        home.player.async_write_ha_state()
    else:
        await home.player.async_remove(force_remove=True)
    http_pbx.leave_message("3200", "15550123")

    answer = await ask_phone(home)

    assert answer.endswith(
        "I cannot play them, because the media player is unavailable."
    )
    assert home.player.played == []


class Amplifier(FetchingPlayer):
    """A player that is off until it is turned on."""

    _attr_state = MediaPlayerState.OFF

    async def async_turn_on(self) -> None:
        """Turn on."""
        self._attr_state = MediaPlayerState.IDLE
        self.async_write_ha_state()


@pytest.mark.parametrize("can_turn_on", [True, False])
async def test_a_player_that_is_off(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any], can_turn_on: bool
) -> None:
    """It is turned on, if it can be, and plays."""
    features = MediaPlayerEntityFeature.PLAY_MEDIA
    if can_turn_on:
        features |= MediaPlayerEntityFeature.TURN_ON
    amplifier = await add_player(home, Amplifier("amplifier", features))
    await home.automate("ask_for_messages", **inputs, elsewhere=amplifier.entity_id)
    http_pbx.leave_message("3200", "15550123")

    await ask(home)
    await home.hass.async_block_till_done()

    assert len(amplifier.played) == 1
    assert home.state(amplifier.entity_id) == ("idle" if can_turn_on else "off")


class SlowPlayer(FetchingPlayer):
    """A player that takes its time."""

    def __init__(self, name: str) -> None:
        """Begin to wait."""
        super().__init__(name)
        self.begins, self.goes_on = asyncio.Event(), asyncio.Event()

    @override
    async def async_play_media(self, *args: Any, **kwargs: Any) -> None:
        self.begins.set()
        await self.goes_on.wait()
        await super().async_play_media(*args, **kwargs)


async def test_the_answer_comes_at_once(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any]
) -> None:
    """However long it takes until the player has the messages; the next one, too."""
    slow = SlowPlayer("slow")
    await add_player(home, slow)
    await home.automate("ask_for_messages", **inputs, elsewhere=slow.entity_id)
    http_pbx.leave_message("3200", "15550123", "Anna")

    answers = [await ask(home), await ask(home)]
    await slow.begins.wait()
    assert slow.played == []
    slow.goes_on.set()
    await home.hass.async_block_till_done()

    assert [told(each) for each in answers] == [["Anna"], ["Anna"]]
    assert slow.played


async def test_several_people_ask_at_once(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any]
) -> None:
    """Each of them gets an answer, and hears the messages where they are."""
    office = await add_player(home, FetchingPlayer("office"))
    await home.automate("ask_for_messages", **inputs, elsewhere=office.entity_id)
    http_pbx.leave_message("3200", "15550123", "Anna")

    answers = await asyncio.gather(ask_phone(home), *(ask(home) for _ in range(12)))
    await home.hass.async_block_till_done()

    assert [told(each) for each in answers] == [["Anna"]] * 13
    assert len(home.player.played) == 1
    assert office.played


@pytest.fixture
def satellite(home: Home, inputs: dict[str, Any]) -> Satellite:
    """Return a voice satellite in the kitchen, which is asked something."""
    return Satellite(home, "Kitchen")


async def test_a_satellite_answers_before_the_messages_are_played(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any], satellite: Satellite
) -> None:
    """One voice does not talk over the other."""
    await home.automate("ask_for_messages", **inputs)
    http_pbx.leave_message("3200", "15550123", "Anna")

    answer = await ask(home, satellite_id=SATELLITE)
    satellite.is_now("responding")
    for _ in range(5):  # The PBX answers questions meanwhile.
        await ask(home)
    during = asked(http_pbx)["vm/download"]
    satellite.is_now("idle")
    await home.hass.async_block_till_done()

    assert told(answer) == ["Anna"]
    assert during == 0
    assert len(home.player.played) == 1
    assert satellite.announced == []


async def test_a_satellite_that_never_ends_its_answer(
    home: Home,
    http_pbx: PbxSimulator,
    inputs: dict[str, Any],
    satellite: Satellite,
    clock: Clock,
) -> None:
    """The messages are played after a minute."""
    await home.automate("ask_for_messages", **inputs)
    http_pbx.leave_message("3200", "15550123", "Anna")
    await ask(home, satellite_id=SATELLITE)

    await clock.pass_time(61)
    await home.hass.async_block_till_done()

    assert len(home.player.played) == 1


@pytest.mark.parametrize(("gone", "played"), [("A", 1), ("AB", 0)])
async def test_messages_that_are_deleted_during_the_answer(
    home: Home,
    http_pbx: PbxSimulator,
    inputs: dict[str, Any],
    satellite: Satellite,
    possible_warnings: list[str],
    gone: str,
    played: int,
) -> None:
    """The others are played; if there are none, the satellite says that it failed."""
    possible_warnings.append("Error executing script")
    await home.automate("ask_for_messages", **inputs)
    left = {each: http_pbx.leave_message("3200", "1", each) for each in "AB"}
    await ask(home, satellite_id=SATELLITE)

    for name in gone:
        http_pbx.delete_at_phone(left[name].msg_id)
    satellite.is_now("idle")
    await home.hass.async_block_till_done()

    assert len(home.player.played) == played
    failed = ["The messages could not be played."] * (not played)
    assert satellite.announced == failed


async def test_a_run_by_hand(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any]
) -> None:
    """It plays the messages as if somebody had asked from elsewhere."""
    automation = await home.automate(
        "ask_for_messages", **inputs, elsewhere="media_player.kitchen"
    )
    http_pbx.leave_message("3200", "15550123")

    await home.call("automation.trigger", entity_id=automation)

    assert len(home.player.played) == 1


async def test_two_automations(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any]
) -> None:
    """Each plays what it was asked for."""
    await home.automate("ask_for_messages", 1, **inputs)
    await home.automate("ask_for_messages", 2, **inputs, sentences=["other messages"])
    http_pbx.leave_message("3200", "15550123")

    await ask_phone(home, "other messages")

    assert len(home.player.played) == 1


async def test_other_events(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any]
) -> None:
    """Whoever fires them: messages are played where the user selected, or nowhere."""
    office = await add_player(home, FetchingPlayer("office"))
    await home.automate("ask_for_messages", **inputs)
    message = http_pbx.leave_message("3200", "15550123")
    where = {"player": office.entity_id, "device_id": home.phone.device_id}

    for data in ({}, {"automation": "2", **where}, {"automation": 1, **where}):
        home.hass.bus.async_fire(
            "yeastar_vm_play_messages", {**data, "messages": [message.msg_id]}
        )
        await home.hass.async_block_till_done()

    assert office.played == []
    assert len(home.player.played) == 1
