"""The blueprint that notifies a phone of new messages, and plays them."""

import asyncio
from typing import Any

from homeassistant.components import stt
from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.helpers import entity_registry as er
import pytest

from simulator import Outage, PbxSimulator
from tests.engines import ENGINE, SAID
from tests.mailboxes.common import MESSAGE, UNREAD, leo_ball, poll, until

from .home import Home
from .phone import Phone

FULL = 500  # messages of a mailbox


def button(phone: Phone, number: int = 0) -> str:
    """Return the action of the button of a notification."""
    [action] = phone.notified[number]["data"]["actions"]
    return str(action["action"])


async def test_a_message_is_shown_and_played(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any]
) -> None:
    """The button works as often as it is pressed, also after a restart."""
    await home.automate("new_voicemail", **inputs)
    await home.restart()
    left = http_pbx.leave_message("3200", "15550123", "Anna Weber", duration=62)
    await home.phone.shows(1)
    [notification] = home.phone.notified
    assert notification["title"] == "New voicemail"
    assert notification["message"] == "Anna Weber (1:02)"
    assert notification["data"]["actions"][0]["title"] == "Play"
    assert not left.is_read

    await home.restart()
    for count in (1, 2):
        await home.phone.press(home.user, button(home.phone))
        await home.hass.async_block_till_done()
        assert len(home.player.played) == count

    assert left.is_read
    assert home.phone.notified == [notification]


@pytest.mark.parametrize(
    ("engine", "text"), [("", ""), (None, ""), (ENGINE, f"\n{SAID}")]
)
async def test_an_engine(
    home: Home,
    http_pbx: PbxSimulator,
    inputs: dict[str, Any],
    engine: str | None,
    text: str,
) -> None:
    """Its text is in the notification, unless somebody cleared the field again."""
    await home.automate("new_voicemail", **inputs, engine=engine)

    http_pbx.leave_message("3200", "15550123", duration=4)
    await home.phone.shows(1)

    assert home.phone.messages == [f"15550123 (0:04){text}"]


@pytest.mark.parametrize("mailboxes", [[leo_ball(engine=ENGINE)]])
@pytest.mark.parametrize(("said", "count"), [(SAID, 2), (None, 1)])
async def test_an_engine_of_the_mailbox(
    home: Home,
    http_pbx: PbxSimulator,
    inputs: dict[str, Any],
    said: str | None,
    count: int,
) -> None:
    """The notification comes at once, and its text is added when it is there."""
    home.engine.text = said
    await home.automate("new_voicemail", **inputs)

    http_pbx.leave_message("3200", "15550123", duration=4)
    await home.phone.shows(count)
    await until(lambda: home.engine.heard)
    await home.hass.async_block_till_done()

    texts = ["15550123 (0:04)", f"15550123 (0:04)\n{SAID}"]
    assert home.phone.messages == texts[:count]
    assert len({each["data"]["tag"] for each in home.phone.notified}) == 1
    assert len(home.engine.heard) == 1


async def test_an_engine_that_fails(
    home: Home,
    http_pbx: PbxSimulator,
    inputs: dict[str, Any],
    expected_warnings: list[str],
) -> None:
    """The phone is notified nevertheless."""
    home.engine.error = RuntimeError("out of memory")
    expected_warnings.append(r"stt\.engine failed with RuntimeError")
    expected_warnings.append(r"Error executing script.*stt\.engine")
    await home.automate("new_voicemail", **inputs, engine=ENGINE)

    http_pbx.leave_message("3200", "15550123", duration=4)
    await home.phone.shows(1)

    assert home.phone.messages == ["15550123 (0:04)"]


@pytest.mark.parametrize(("engine", "count"), [("", FULL), (ENGINE, 120)])
async def test_a_full_mailbox_after_an_outage(
    home: Home,
    http_pbx: PbxSimulator,
    inputs: dict[str, Any],
    expected_warnings: list[str],
    engine: str,
    count: int,
) -> None:
    """Nothing is lost, with or without an engine, which may take long."""
    expected_warnings.append("Error fetching PBX mailbox data")
    http_pbx.switches.mailbox_limit = FULL
    home.engine.rates = (stt.AudioSampleRates.SAMPLERATE_8000,)
    home.engine.goes_on.clear()
    quick = home.folder / "ffmpeg"  # The engine takes the audio as it is.
    quick.write_text("#!/bin/sh\nexec cat\n")
    quick.chmod(0o700)
    get_ffmpeg_manager(home.hass)._bin = str(quick)
    await home.automate("new_voicemail", **inputs, engine=engine)
    await http_pbx.begin_outage(Outage.REFUSED)
    await poll(home.entry)
    for number in range(count):
        http_pbx.leave_message("3200", str(number), announced=False, duration=1)

    await http_pbx.end_outage()
    await poll(home.entry)
    if engine:
        await asyncio.sleep(0)
        assert home.phone.notified == []
        home.engine.goes_on.set()
    await home.phone.shows(count)

    text = f"\n{SAID}" if engine else ""
    assert sorted(home.phone.messages) == sorted(
        f"{number} (0:01){text}" for number in range(count)
    )


async def test_many_notifications_at_which_nobody_looks(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any]
) -> None:
    """They do not keep the next one from coming: no run is left of them."""
    automation = await home.automate("new_voicemail", **inputs)

    for count in range(3):
        http_pbx.leave_message("3200", "15550123")
        await home.phone.shows(count + 1)
        await home.hass.async_block_till_done()

    state = home.hass.states.get(automation)
    assert state
    assert state.attributes["current"] == 0


async def test_two_automations(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any]
) -> None:
    """Each has its own buttons."""
    await home.automate("new_voicemail", 1, **inputs, title="One")
    await home.automate("new_voicemail", 2, **inputs, title="Two")
    http_pbx.leave_message("3200", "15550123")
    await home.phone.shows(2)

    await home.phone.press(home.user, button(home.phone))
    await home.hass.async_block_till_done()

    assert len(home.player.played) == 1


@pytest.mark.parametrize("players", [{}, {"entity_id": []}])
async def test_no_players(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any], players: Any
) -> None:
    """There is no button that would play nothing."""
    await home.automate("new_voicemail", **inputs | {"players": players})

    http_pbx.leave_message("3200", "15550123")
    await home.phone.shows(1)

    assert home.phone.notified[0]["data"]["actions"] == []


@pytest.mark.parametrize("renamed", [MESSAGE, "automation.new_voicemail_1"])
async def test_what_was_renamed_meanwhile(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any], renamed: str
) -> None:
    """The button of a notification still works."""
    await home.automate("new_voicemail", **inputs)
    http_pbx.leave_message("3200", "15550123")
    await home.phone.shows(1)
    er.async_get(home.hass).async_update_entity(renamed, new_entity_id=f"{renamed}_2")
    await home.hass.async_block_till_done()

    await home.phone.press(home.user, button(home.phone))
    await home.hass.async_block_till_done()

    assert len(home.player.played) == 1


async def test_a_run_by_hand(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any]
) -> None:
    """It tells of the last message, to see what a notification looks like."""
    automation = await home.automate("new_voicemail", **inputs)
    await home.call("automation.trigger", entity_id=automation)
    http_pbx.leave_message("3200", "15550123", "Anna Weber", duration=4)
    await home.phone.shows(1)

    await home.call("automation.trigger", entity_id=automation)
    await home.phone.shows(2)

    assert home.phone.messages == ["Anna Weber (0:04)"] * 2
    assert button(home.phone, 0) == button(home.phone, 1)


async def delete_message(home: Home, pbx: PbxSimulator) -> None:
    """Delete the message at the phone on the desk."""
    [message] = pbx.mailboxes.listed("3200")
    pbx.delete_at_phone(message.msg_id)


async def remove_mailbox(home: Home, pbx: PbxSimulator) -> None:
    """Remove the mailbox from Home Assistant."""
    home.hass.config_entries.async_remove_subentry(home.entry, "mailbox_3200")
    await home.hass.async_block_till_done()


async def lose_player(home: Home, pbx: PbxSimulator) -> None:
    """Unplug the media player."""
    home.player._attr_available = False
    home.player.async_write_ha_state()


@pytest.mark.parametrize("happens", [delete_message, remove_mailbox, lose_player])
async def test_a_message_that_cannot_be_played(
    home: Home,
    http_pbx: PbxSimulator,
    inputs: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    expected_warnings: list[str],
    happens: Any,
) -> None:
    """Whoever pressed the button is told; one line in the log says why."""
    expected_warnings.append("Error executing script. Error for call_service")
    await home.automate("new_voicemail", **inputs, not_played="Not played.")
    left = http_pbx.leave_message("3200", "15550123")
    await home.phone.shows(1)
    await happens(home, http_pbx)
    caplog.clear()

    await home.phone.press(home.user, button(home.phone))
    await home.phone.shows(2)

    assert home.phone.messages[1] == "Not played."
    assert home.phone.notified[1]["data"]["tag"] == button(home.phone)
    assert [each.levelname for each in caplog.records].count("ERROR") == 1
    assert home.player.played == []
    assert not left.is_read


async def test_other_notifications(home: Home, inputs: dict[str, Any]) -> None:
    """Whatever their buttons are called: nothing happens, nor is anything logged."""
    await home.automate("new_voicemail", **inputs)
    other = "YEASTAR_VM:2:device:message"

    for name in (None, 7, 1.5, True, ["a"], {"a": 1}, "", "[1]", "None", other):
        await home.phone.press(home.user, name)
    await home.phone.tell(home.user, {})
    await home.phone.tell(home.user, {"action": "REPLY", "reply_text": "Yes"})
    await home.hass.async_block_till_done()

    assert home.player.played == []
    assert home.phone.notified == []


async def test_the_sensor_follows(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any]
) -> None:
    """What was played from a notification is no longer unread."""
    await home.automate("new_voicemail", **inputs)
    http_pbx.leave_message("3200", "15550123")
    await home.phone.shows(1)
    assert home.state(UNREAD) == "1"

    await home.phone.press(home.user, button(home.phone))
    await home.hass.async_block_till_done()

    assert home.state(UNREAD) == "0"
