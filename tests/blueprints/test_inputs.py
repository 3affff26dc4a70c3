"""What people select for blueprints, beside what everybody selects."""

from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.helpers import (
    area_registry as ar,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.util.yaml import load_yaml_dict
import pytest

from simulator import PbxSimulator
from simulator.default_mail import default_groups
from tests.mailboxes.common import (
    MESSAGE,
    UNREAD,
    leo_ball,
    load_with_mailboxes,
    mailbox,
)

from .assist import ask
from .home import FOLDER, Home

PLAYER: Final = "media_player.kitchen"
# What an automation of 2.1.0 has stored: all that had to be filled in.
REQUIRED: Final = {
    "check_greeting": {"calendar", "greeting", "players"},
    "holiday_greeting": {
        "calendar",
        "pbx",
        "extension",
        "file",
        "tts_engine",
        "normal_greeting",
    },
    "new_voicemail": {"mailbox", "phone"},
    "play_greeting": {"triggers", "greeting", "players"},
    "play_my_messages": {"triggers", "mailbox", "players"},
}


@pytest.mark.parametrize("name", REQUIRED)
def test_an_automation_of_2_1_0_lacks_nothing(name: str) -> None:
    """The blueprint can be imported again without changing it."""
    inputs = load_yaml_dict(str(FOLDER / f"{name}.yaml"))["blueprint"]["input"]

    assert {key for key, each in inputs.items() if "default" not in each} <= REQUIRED[
        name
    ]
    assert inputs.keys() >= REQUIRED[name]


async def press(home: Home, mailbox: str, players: Any) -> None:
    """Press the button that plays the messages of a mailbox."""
    triggers = [{"trigger": "event", "event_type": "button"}]
    inputs = {"triggers": triggers, "mailbox": mailbox, "players": players}
    await home.automate("play_my_messages", 2, **inputs)
    home.hass.bus.async_fire("button")
    await home.hass.async_block_till_done()


@pytest.mark.parametrize(
    "players",
    [
        {"entity_id": PLAYER},
        {"entity_id": ["group.speakers"]},
        {"entity_id": "all"},
        {"area_id": "kitchen"},
        {"area_id": ["kitchen"], "entity_id": []},
        {"floor_id": ["ground"]},
        {"label_id": ["loud"], "area_id": ["attic"]},
    ],
)
async def test_players(home: Home, http_pbx: PbxSimulator, players: Any) -> None:
    """They may be selected as everywhere in Home Assistant."""
    hass = home.hass
    floor = fr.async_get(hass).async_create("Ground").floor_id
    areas = ar.async_get(hass)
    areas.async_create("Attic")
    kitchen = areas.async_create("Kitchen", floor_id=floor).id
    label = lr.async_get(hass).async_create("Loud").label_id
    er.async_get(hass).async_update_entity(PLAYER, area_id=kitchen, labels={label})
    hass.states.async_set("group.speakers", "on", {"entity_id": [PLAYER]})
    http_pbx.leave_message("3200", "15550123")
    await hass.async_block_till_done()

    await press(home, UNREAD, players)

    assert len(home.player.played) == 1
    assert home.state(UNREAD) == "0"


class TestGroup:
    """The mailbox of a group."""

    @pytest.fixture
    def http_pbx(self, http_pbx: PbxSimulator) -> PbxSimulator:
        """Return a PBX with groups."""
        http_pbx.groups = default_groups()
        return http_pbx

    @pytest.fixture
    def mailboxes(self) -> list[ConfigSubentry]:
        """Return the mailbox of a group."""
        return [mailbox("6400", "Support", "group")]

    async def test_play(self, home: Home, http_pbx: PbxSimulator) -> None:
        """Its messages are played as those of an extension."""
        http_pbx.leave_message("6400", "15550123", "Anna")

        await press(home, "sensor.support_6400_unread_messages", {"entity_id": PLAYER})

        assert len(home.player.played) == 1


async def test_two_pbxs_with_the_same_number(
    home: Home, http_pbx: PbxSimulator
) -> None:
    """The messages are those of the mailbox that was selected."""
    async with PbxSimulator(https=False) as branch:
        branch.serial_number, branch.name = "2", "Branch"
        await load_with_mailboxes(home.hass, branch, leo_ball())
        for pbx, caller in ((http_pbx, "Anna"), (branch, "Bea")):
            pbx.leave_message("3200", "15550123", caller)
        await home.automate(
            "ask_for_messages", mailbox=f"{MESSAGE}_2", elsewhere=PLAYER
        )

        answer = await ask(home)
        await home.hass.async_block_till_done()
        await press(home, UNREAD, {"entity_id": PLAYER})

        assert "Bea" in answer
        assert "Anna" not in answer
        assert len(home.player.played) == 2
        listed = [pbx.mailboxes.listed("3200") for pbx in (http_pbx, branch)]
        assert all(message.is_read for [message] in listed)
