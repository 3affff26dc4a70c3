"""Restarts and crashes of Home Assistant, as automations notice them."""

from collections.abc import AsyncIterator
from pathlib import Path
import time
from typing import Any, override

from homeassistant.core import Event, HomeAssistant, callback
import pytest

from custom_components.yeastar_vm.const import DOMAIN
from simulator import Outage, PbxSimulator
from tests.common import HOUR, MINUTE, asked, entry_for, our_tasks, shown
from tests.growing import Growing
from tests.restarts import House

from .common import (
    MESSAGE,
    PRESENCE,
    UNREAD,
    Arrivals,
    leo_ball,
    load_again,
    load_with_mailboxes,
    poll,
    updated,
)
from .house import MailboxHouse

RAN = "automation_ran"
# What Home Assistant offers for event entities, and what people wrote before.
TRIGGERS: dict[str, Any] = {
    "event": {
        "trigger": "event.received",
        "target": {"entity_id": MESSAGE},
        "options": {"event_type": "message_received"},
    },
    "state": {
        "trigger": "state",
        "entity_id": MESSAGE,
        "not_from": ["unavailable"],
        "not_to": ["unavailable", "unknown"],
    },
}


class AutomatedHouse(MailboxHouse):
    """A house with the mailbox of Leo Ball, and automations for its messages."""

    def __init__(self, folder: Path, ffmpeg: str) -> None:
        """Begin with an empty folder."""
        self.ran = {key: Growing[str]() for key in TRIGGERS}
        automations = [
            {
                "alias": key,
                "triggers": trigger,
                "mode": "queued",
                "actions": {
                    "event": RAN,
                    "event_data": {
                        "automation": key,
                        "message": "{{ trigger.to_state.attributes.message_id }}",
                    },
                },
            }
            for key, trigger in TRIGGERS.items()
        ]
        super().__init__(folder, ffmpeg, {"automation": automations})

    @override
    def watch(self, hass: HomeAssistant) -> None:
        hass.bus.async_listen(RAN, self._note)

    async def wait_for(self, count: int) -> None:
        """Wait until each automation ran so many times."""
        for ran in self.ran.values():
            await ran.wait_for(count)

    def shown(self, entity_id: str) -> str:
        """Return what an entity shows."""
        return shown(self.hass, entity_id)

    @callback
    def _note(self, event: Event[Any]) -> None:
        self.ran[event.data["automation"]].append(event.data["message"])


@pytest.fixture
async def home(
    tmp_path: Path, ffmpeg_binary: str, http_pbx: PbxSimulator
) -> AsyncIterator[AutomatedHouse]:
    """Return a home whose mailbox and first message are from before a restart."""
    home = AutomatedHouse(tmp_path, ffmpeg_binary)
    await home.start()
    await load_with_mailboxes(home.hass, http_pbx, leo_ball())
    await home.restart()
    first = http_pbx.leave_message("3200", "15550100").msg_id
    await home.wait_for(1)
    await home.written(first)
    for ran in home.ran.values():
        ran.clear()
    http_pbx.requests.clear()
    yield home
    await home.stop()
    assert our_tasks() == []


async def test_what_arrived_meanwhile_runs_automations_at_the_next_start(
    home: AutomatedHouse, http_pbx: PbxSimulator
) -> None:
    """Once for each message, the oldest one first, and not again at another start."""
    await home.stop()
    left = [http_pbx.leave_message("3200", each).msg_id for each in "123"]

    await home.start()
    await home.wait_for(3)
    await home.written(left[-1])
    await home.restart()
    await poll(home.entry)

    assert home.ran == {"event": left, "state": left}
    assert home.shown(UNREAD) == "4"
    assert asked(http_pbx)["get_token"] == 0


@pytest.mark.parametrize("ends", [House.stop, House.crash])
async def test_a_start_alone_runs_no_automation(
    home: AutomatedHouse, http_pbx: PbxSimulator, ends: Any
) -> None:
    """The event entity shows its last event; the others what is right."""
    before = home.shown(MESSAGE)
    http_pbx.set_presence("3200", "lunch")
    await ends(home)

    await home.start()
    await poll(home.entry)

    assert home.ran == {"event": [], "state": []}
    assert home.shown(PRESENCE) == "lunch"
    assert home.shown(UNREAD) == "1"
    if ends is House.stop:
        assert home.shown(MESSAGE) == before


async def test_a_start_while_the_pbx_is_away(
    home: AutomatedHouse, http_pbx: PbxSimulator, expected_warnings: list[str]
) -> None:
    """All is unavailable; once the PBX is back, only what is new runs automations."""
    before = home.shown(MESSAGE)
    await home.stop()
    await http_pbx.begin_outage(Outage.REFUSED)
    await home.start()
    for entity_id in (MESSAGE, PRESENCE, UNREAD):
        assert home.shown(entity_id) == "unavailable"

    await http_pbx.end_outage()
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    await updated(home.hass, home.entry)
    assert home.ran == {"event": [], "state": []}
    assert home.shown(MESSAGE) == before
    assert home.shown(UNREAD) == "1"
    left = http_pbx.leave_message("3200", "15550101").msg_id
    await home.wait_for(1)

    assert home.ran == {"event": [left], "state": [left]}


async def test_a_reload_runs_no_automation(home: AutomatedHouse) -> None:
    """The event entity is unavailable for a moment, and shows its last event again."""
    before = home.shown(MESSAGE)

    await home.hass.config_entries.async_reload(home.entry.entry_id)
    await updated(home.hass, home.entry)
    await poll(home.entry)

    assert home.ran == {"event": [], "state": []}
    assert home.shown(MESSAGE) == before


async def test_a_pbx_that_was_away_runs_automations_for_new_messages_alone(
    home: AutomatedHouse, http_pbx: PbxSimulator, expected_warnings: list[str]
) -> None:
    """Also where nothing is new."""
    expected_warnings.append("Error fetching PBX mailbox data")
    before = home.shown(MESSAGE)
    for new in ([], ["1", "2"]):
        await http_pbx.begin_outage(Outage.REFUSED)
        await poll(home.entry)
        assert home.shown(MESSAGE) == "unavailable"
        left = [
            http_pbx.leave_message("3200", each, announced=False).msg_id for each in new
        ]
        await http_pbx.end_outage()
        await poll(home.entry)
        await home.wait_for(len(new))

        assert home.ran == {"event": left, "state": left}
        assert (home.shown(MESSAGE) == before) is not bool(new)


async def test_a_crash_at_the_moment_of_an_event_loses_nothing(
    home: AutomatedHouse, http_pbx: PbxSimulator
) -> None:
    """What was told and not yet written is told again, and only that."""
    home.cut_power_when_told(MESSAGE, "message_received")
    first = http_pbx.leave_message("3200", "1").msg_id
    await home.wait_for(1)
    await home.crash()
    second = http_pbx.leave_message("3200", "2").msg_id

    await home.start()
    await home.wait_for(3)
    await home.written(second)
    await home.restart()

    assert home.ran == {key: [first, first, second] for key in TRIGGERS}


async def test_a_crash_before_a_message_is_told(
    home: AutomatedHouse, http_pbx: PbxSimulator
) -> None:
    """It is told at the next start, once."""
    left = http_pbx.leave_message("3200", "1", announced=False).msg_id
    await home.crash()

    await home.start()
    await home.wait_for(1)
    await home.written(left)
    await home.crash()
    await home.start()

    assert home.ran == {"event": [left], "state": [left]}


async def test_a_crash_long_after_an_event_repeats_nothing(
    home: AutomatedHouse, http_pbx: PbxSimulator
) -> None:
    """What was told is in the file a moment later."""
    left = http_pbx.leave_message("3200", "1").msg_id
    await home.wait_for(1)
    await home.written(left)
    await home.crash()

    await home.start()
    await poll(home.entry)

    assert home.ran == {"event": [left], "state": [left]}


@pytest.mark.parametrize("ends", [House.stop, House.crash])
async def test_a_mailbox_that_was_deleted_meanwhile(
    home: AutomatedHouse, http_pbx: PbxSimulator, ends: Any
) -> None:
    """What is left there after it is created again is told, once."""
    leo = http_pbx.extensions["3200"]
    await ends(home)
    http_pbx.delete_extension("3200")
    await home.start()
    assert home.shown(UNREAD) == "unavailable"

    await home.stop()
    http_pbx.add_extension(leo)
    left = http_pbx.leave_message("3200", "1").msg_id
    await home.start()
    await home.wait_for(1)
    await home.written(left)
    await home.restart()

    assert home.ran == {"event": [left], "state": [left]}
    assert home.shown(UNREAD) == "1"


async def test_a_mailbox_that_the_pbx_had_refused_to_list(
    hass: HomeAssistant, hass_storage: dict[str, Any], http_pbx: PbxSimulator
) -> None:
    """What arrived since then is new at the next start; what was there is not."""
    now = time.time()
    entry = entry_for(http_pbx)
    leo = leo_ball()
    index = f"{DOMAIN}.{entry.entry_id}.messages"
    for key, minor_version, data in (
        (index, 2, {"mailboxes": [leo.subentry_id]}),
        (
            f"{index}.{leo.subentry_id}",
            1,
            {"reported": None, "waits_since": now - HOUR},
        ),
    ):
        hass_storage[key] = {
            "version": 1,
            "minor_version": minor_version,
            "key": key,
            "data": data,
        }
    _, new = [
        http_pbx.leave_message("3200", "1", announced=False, left_at=now - age)
        for age in (2 * HOUR, MINUTE)
    ]
    entry.add_to_hass(hass)
    hass.config_entries.async_add_subentry(entry, leo)
    arrivals = Arrivals(hass)

    await load_again(hass, entry)
    await arrivals.wait_for(1)

    assert arrivals.ids == [new.msg_id]
