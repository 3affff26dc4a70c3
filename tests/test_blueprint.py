"""The blueprint, as an automation that somebody made with it."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .common import Player

REPOSITORY = Path(__file__).parents[1]
PATH = "automation/yeastar_vm/play_greeting.yaml"


@pytest.fixture
def inputs(hass: HomeAssistant, entry: MockConfigEntry, tmp_path: Path) -> Any:
    """Return what a user chose; the blueprint is where an import puts it."""
    (tmp_path / "blueprints").symlink_to(REPOSITORY / "blueprints")
    hass.config.config_dir = str(tmp_path)
    return {
        "triggers": [{"trigger": "event", "event_type": "doorbell"}],
        "greeting": {
            "media_content_id": f"media-source://yeastar_vm/{entry.entry_id}"
            "/greetings/3200/closed.WAV",
            "media_content_type": "audio/mpeg",
            "metadata": {"title": "closed.WAV"},
        },
        "players": {"entity_id": ["media_player.kitchen"]},
    }


async def ring(hass: HomeAssistant, inputs: dict[str, Any]) -> None:
    """Make an automation of the blueprint, and ring the doorbell."""
    blueprint = {"path": PATH.removeprefix("automation/"), "input": inputs}
    assert await async_setup_component(
        hass, "automation", {"automation": {"use_blueprint": blueprint}}
    )
    hass.bus.async_fire("doorbell")
    await hass.async_block_till_done()


async def test_it_plays_the_greeting(
    hass: HomeAssistant, inputs: dict[str, Any], player: Player
) -> None:
    """On the chosen player, with nothing else filled in."""
    await ring(hass, inputs)

    [(_, url, options)] = player.played
    assert "/api/yeastar_vm/" in url
    assert options["announce"] is False


async def test_it_announces(
    hass: HomeAssistant, inputs: dict[str, Any], player: Player
) -> None:
    """Where that was chosen."""
    await ring(hass, inputs | {"announce": True})

    [(_, _, options)] = player.played
    assert options["announce"] is True


async def test_it_keeps_silent(
    hass: HomeAssistant, inputs: dict[str, Any], player: Player
) -> None:
    """Where a condition is not met."""
    never = {"condition": "template", "value_template": "{{ false }}"}

    await ring(hass, inputs | {"conditions": [never]})

    assert player.played == []


def test_the_readme_imports_it() -> None:
    """From where it says itself that it is, for the same versions as everything."""
    blueprint = load_yaml_dict(str(REPOSITORY / "blueprints" / PATH))["blueprint"]
    readme = (REPOSITORY / "README.md").read_text()
    _, _, rest = readme.partition("https://my.home-assistant.io/redirect/blueprint_")
    link = urlsplit(rest.partition(")")[0])

    assert parse_qs(link.query)["blueprint_url"] == [blueprint["source_url"]]
    assert blueprint["source_url"].endswith(f"/blueprints/{PATH}")
    hacs = json.loads((REPOSITORY / "hacs.json").read_text())
    assert blueprint["homeassistant"]["min_version"] == hacs["homeassistant"]
