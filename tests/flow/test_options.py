"""The options of an entry."""

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator
from tests.common import Player, call, endpoints

from .forms import suggested


async def delivery_form(
    hass: HomeAssistant, entry: MockConfigEntry
) -> ConfigFlowResult:
    """Return the form of the delivery, which is one of the options."""
    options = hass.config_entries.options
    menu = await options.async_init(entry.entry_id)
    assert menu["menu_options"] == ["delivery", "check"]
    return await options.async_configure(menu["flow_id"], {"next_step_id": "delivery"})


async def test_the_delivery_can_be_set_for_all_actions(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    player: Player,
) -> None:
    """It is in effect at once, costs no token, and the form remembers it."""
    form = await delivery_form(hass, http_entry)
    assert form["type"] is FlowResultType.FORM
    assert form["data_schema"]
    assert form["data_schema"]({}) == {"delivery": "auto"}

    result = await hass.config_entries.options.async_configure(
        form["flow_id"], {"delivery": "relay"}
    )
    await hass.async_block_till_done()
    assert result["type"] is FlowResultType.CREATE_ENTRY

    response = await call(
        hass, "play_greeting", entity_id="media_player.kitchen", extension="0042"
    )
    assert response
    assert response["delivery"] == "relay"
    assert "get_token" not in endpoints(http_pbx)
    form = await delivery_form(hass, http_entry)
    assert suggested(form) == {"delivery": "relay"}


@pytest.mark.parametrize("step", ["init", "delivery", "check"])
async def test_an_entry_that_is_removed_while_its_menu_is_open(
    hass: HomeAssistant, http_entry: MockConfigEntry, step: str
) -> None:
    """The dialog says so, whatever is selected."""
    options = hass.config_entries.options
    menu = await options.async_init(http_entry.entry_id)
    await hass.config_entries.async_remove(http_entry.entry_id)

    selected = None if step == "init" else {"next_step_id": step}
    result = await options.async_configure(menu["flow_id"], selected)

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "entry_removed"
