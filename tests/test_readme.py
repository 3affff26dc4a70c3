"""The examples of the README, as somebody who copied them."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .readme import DOCUMENTS, all_examples, examples

# What tests do with the examples, by a key of those: here, or in mailboxes/.
TRIED = ("triggers", "action", "entities", "tap_action")


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(
    "automation", examples("triggers"), ids=lambda each: each["alias"]
)
async def test_automations(hass: HomeAssistant, automation: dict[str, Any]) -> None:
    """Home Assistant accepts them; one that it does not accept is unavailable."""
    off = automation | {"initial_state": False}

    assert await async_setup_component(hass, "automation", {"automation": off})

    [state] = hass.states.async_all("automation")
    assert state.state == "off"


@pytest.mark.parametrize("action", examples("action"), ids=lambda each: each["action"])
async def test_actions(
    hass: HomeAssistant, entry: MockConfigEntry, action: dict[str, Any]
) -> None:
    """Their fields are those of the action."""
    domain, name = action["action"].split(".")

    schema = hass.services.async_services()[domain][name].schema

    assert schema
    schema(action["data"] | action.get("target", {}))


def test_each_example_is_tried() -> None:
    """None is of a kind that no test knows, or hidden from them by how it is marked."""
    fences = sum(page.read_text("utf-8").count("```yaml") for page in DOCUMENTS)

    assert [each for each in all_examples() if not each.keys() & TRIED] == []
    assert len(all_examples()) == fences
