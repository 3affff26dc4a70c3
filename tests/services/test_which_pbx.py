"""Which PBX an action asks."""

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common import Player, entry_for, load
from tests.pbx_simulator import PbxSimulator

from .calls import play, refusal


async def test_with_several_pbxs_one_has_to_be_chosen(
    hass: HomeAssistant, entry: MockConfigEntry, player: Player
) -> None:
    """The error names them."""
    async with PbxSimulator(https=False) as second_pbx:
        second_pbx.serial_number, second_pbx.name = "2", "Branch"
        branch = await load(hass, entry_for(second_pbx))

        message = await refusal(hass, extension="0042")
        assert message == (
            "Several PBXs are set up. Choose which one to use (config_entry_id): "
            f"PBX ({entry.entry_id}), Branch ({branch.entry_id})."
        )
        assert player.played == []

        response = await play(hass, extension="0042", config_entry_id=branch.entry_id)
        assert response["url"].startswith(second_pbx.base_url)


async def test_without_a_pbx(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """The error says where to add one."""
    await hass.config_entries.async_remove(entry.entry_id)

    assert await refusal(hass, extension="0042") == (
        "No PBX is set up. Add one under Settings > Devices & services."
    )


async def test_a_disabled_pbx_does_not_count(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """As if there were none."""
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )

    assert "No PBX is set up" in await refusal(hass, extension="0042")


async def test_a_pbx_that_is_not_loaded(
    hass: HomeAssistant, entry: MockConfigEntry, player: Player
) -> None:
    """Whether it is named or the only one."""
    await hass.config_entries.async_unload(entry.entry_id)

    assert "not loaded" in await refusal(hass, extension="0042")
    assert "not loaded" in await refusal(
        hass, extension="0042", config_entry_id=entry.entry_id
    )
    assert player.played == []


@pytest.mark.usefixtures("entry")
async def test_a_pbx_that_there_is_not(hass: HomeAssistant) -> None:
    """The error says so."""
    with pytest.raises(ServiceValidationError):
        await play(hass, extension="0042", config_entry_id="nothing")
