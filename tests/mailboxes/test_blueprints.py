"""The blueprints of messages, as automations that somebody made with them."""

import asyncio
import json
from pathlib import Path
from typing import Any

from homeassistant.components import stt
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    template,
)
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_platform,
)

from simulator import PbxSimulator
from tests.common import Player

from .common import MESSAGE, UNREAD, Arrivals
from .ears import Ears

REPOSITORY = Path(__file__).parents[2]

FOLDER = "blueprints/automation/yeastar_vm"
NAMES = ("new_voicemail", "play_my_messages")
PLAYERS = {"entity_id": ["media_player.kitchen"]}


async def automate(
    hass: HomeAssistant, tmp_path: Path, name: str, inputs: dict[str, Any]
) -> None:
    """Make an automation of a blueprint, which is where an import puts it."""
    (tmp_path / "blueprints").symlink_to(REPOSITORY / "blueprints")
    hass.config.config_dir = str(tmp_path)
    blueprint = {"path": f"yeastar_vm/{name}.yaml", "input": inputs}
    assert await async_setup_component(
        hass, "automation", {"automation": {"use_blueprint": blueprint}}
    )


async def test_all_unread_messages_are_played(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    player: Player,
    tmp_path: Path,
) -> None:
    """Once; when there are none, nothing happens."""
    http_pbx.leave_message("3200", "15550123")
    await arrivals.wait_for(1)
    button = {"trigger": "event", "event_type": "button"}
    await automate(
        hass,
        tmp_path,
        "play_my_messages",
        {"triggers": [button], "mailbox": UNREAD, "players": PLAYERS},
    )

    for _ in range(2):
        hass.bus.async_fire("button")
        await hass.async_block_till_done()

    assert len(player.played) == 1
    state = hass.states.get(UNREAD)
    assert state
    assert state.state == "0"


class Phone:
    """The device action of the app, whose own needs more than the tests have."""

    ACTION_SCHEMA = cv.DEVICE_ACTION_BASE_SCHEMA.extend(
        {
            "type": "notify",
            "message": cv.template,
            "title": cv.template,
            "data": cv.template_complex,
        }
    )

    def __init__(self, device_id: str) -> None:
        """Begin without a notification."""
        self.device_id = device_id
        self.notified: list[dict[str, Any]] = []
        self.arrived = asyncio.Event()

    async def async_call_action_from_config(
        self, hass: HomeAssistant, config: dict[str, Any], variables: Any, context: Any
    ) -> None:
        """Show a notification, as the app's action does."""
        keys = ("message", "title", "data")
        self.notified.append(
            {key: template.render_complex(config[key], variables) for key in keys}
        )
        self.arrived.set()


@pytest.fixture
def phone(hass: HomeAssistant) -> Phone:
    """Return a phone with the app."""
    entry = MockConfigEntry(domain="mobile_app")
    entry.add_to_hass(hass)
    entry.mock_state(hass, ConfigEntryState.LOADED)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("mobile_app", "phone")}
    )
    phone = Phone(device.id)
    platform: Any = phone
    mock_platform(hass, "mobile_app.device_action", platform)
    hass.config.components.add("mobile_app")
    return phone


@pytest.mark.parametrize("engine", ["", "stt.ears"])
async def test_a_phone_is_notified_and_plays_the_message(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    player: Player,
    phone: Phone,
    tmp_path: Path,
    engine: str,
) -> None:
    """With caller and duration, and with the text where an engine is chosen."""
    if engine:
        assert await async_setup_component(hass, "stt", {})
        await hass.data[stt.DATA_COMPONENT].async_add_entities([Ears()])
    await automate(
        hass,
        tmp_path,
        "new_voicemail",
        {
            "mailbox": MESSAGE,
            "phone": phone.device_id,
            "players": PLAYERS,
            "engine": engine,
        },
    )

    left = http_pbx.leave_message("3200", "15550123", "Anna Weber", duration=62)
    await arrivals.wait_for(1)
    await phone.arrived.wait()

    text = "Anna Weber (1:02)" + ("\nPlease call me back" if engine else "")
    assert phone.notified[0]["message"] == text
    [button] = phone.notified[0]["data"]["actions"]
    assert not left.is_read
    # Nothing is left of the run, as after a restart.
    for change in ("turn_off", "turn_on"):
        await hass.services.async_call(
            "automation", change, {"entity_id": "all"}, blocking=True
        )
    for action in ("SOMETHING_ELSE", button["action"]):
        hass.bus.async_fire("mobile_app_notification_action", {"action": action})
        await hass.async_block_till_done()
    assert left.is_read
    assert len(player.played) == 1
    assert len(phone.notified) == 1


async def test_many_notifications_at_which_nobody_looks(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    phone: Phone,
    tmp_path: Path,
) -> None:
    """They do not keep the next one from coming."""
    inputs = {"mailbox": MESSAGE, "phone": phone.device_id, "players": PLAYERS}
    await automate(hass, tmp_path, "new_voicemail", inputs)

    for count in range(60):
        http_pbx.leave_message("3200", "15550123")
        await arrivals.wait_for(count + 1)
        await hass.async_block_till_done()

    assert len(phone.notified) == 60


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_imports_it(name: str) -> None:
    """From where it says itself that it is, for the same versions as everything."""
    path = f"{FOLDER}/{name}.yaml"
    blueprint = load_yaml_dict(str(REPOSITORY / path))["blueprint"]
    readme = (REPOSITORY / "README.md").read_text()
    hacs = json.loads((REPOSITORY / "hacs.json").read_text())

    assert f"%2F{name}.yaml)" in readme
    assert blueprint["source_url"].endswith(path)
    assert blueprint["homeassistant"]["min_version"] == hacs["homeassistant"]
