"""The options of an entry."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.const import DOMAIN
from tests.common import Player, endpoints
from tests.pbx_simulator import PbxSimulator

from .forms import suggested


@pytest.mark.parametrize("delivery", ["auto", "direct", "relay"])
async def test_the_delivery_is_an_option(
    hass: HomeAssistant, http_entry: MockConfigEntry, player: Player, delivery: str
) -> None:
    """It holds for actions that do not say otherwise, and the form remembers it."""
    form = await hass.config_entries.options.async_init(http_entry.entry_id)
    assert form["step_id"] == "init"
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], {"delivery": delivery}
    )
    await hass.async_block_till_done()

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert http_entry.options == {"delivery": delivery}
    assert http_entry.state is ConfigEntryState.LOADED
    response = await hass.services.async_call(
        DOMAIN,
        "play_greeting",
        {
            "extension": "3200",
            "file": "vm_welcome.wav",
            "entity_id": "media_player.kitchen",
        },
        blocking=True,
        return_response=True,
    )
    assert response
    assert response["delivery"] == ("relay" if delivery == "relay" else "direct")
    assert len(player.played) == 1
    form = await hass.config_entries.options.async_init(http_entry.entry_id)
    assert suggested(form) == {"delivery": delivery}


async def test_the_delivery_is_automatic_at_first(
    hass: HomeAssistant, http_entry: MockConfigEntry
) -> None:
    """The form shows what holds without options."""
    form = await hass.config_entries.options.async_init(http_entry.entry_id)

    assert form["data_schema"]
    assert form["data_schema"]({}) == {"delivery": "auto"}


async def test_options_cost_no_token(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """The entry is reloaded with the token that it has."""
    form = await hass.config_entries.options.async_init(entry.entry_id)
    await hass.config_entries.options.async_configure(
        form["flow_id"], {"delivery": "relay"}
    )
    await hass.async_block_till_done()

    assert endpoints(pbx) == ["system/information"]
    assert entry.state is ConfigEntryState.LOADED


async def test_the_delivery_can_be_set_for_all_actions(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    player: Player,
) -> None:
    """It is in effect at once, and costs no token."""
    form = await hass.config_entries.options.async_init(http_entry.entry_id)
    assert form["type"] is FlowResultType.FORM
    assert form["data_schema"]
    assert form["data_schema"]({}) == {"delivery": "auto"}

    result = await hass.config_entries.options.async_configure(
        form["flow_id"], {"delivery": "relay"}
    )
    await hass.async_block_till_done()
    assert result["type"] is FlowResultType.CREATE_ENTRY

    response = await hass.services.async_call(
        "yeastar_vm",
        "play_greeting",
        {"entity_id": "media_player.kitchen", "extension": "0042"},
        blocking=True,
        return_response=True,
    )
    assert response
    assert response["delivery"] == "relay"
    assert "get_token" not in [request.endpoint for request in http_pbx.requests]
