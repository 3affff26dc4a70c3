"""Which PBX an action asks."""

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator
from tests.common import Player, entry_for, load, play
from tests.gate import Gate

from .calls import refusal

pytestmark = pytest.mark.usefixtures("player")

DEVICES = "Settings > Devices & services"


async def test_with_several_pbxs_one_has_to_be_chosen(
    hass: HomeAssistant, entry: MockConfigEntry, player: Player
) -> None:
    """The error names them."""
    async with PbxSimulator(https=False) as second_pbx:
        second_pbx.serial_number, second_pbx.name = "2", "Branch"
        branch = await load(hass, entry_for(second_pbx))

        message = await refusal(hass, extension="0042")
        assert message == (
            "Several PBXs are set up. Specify which one to use (config_entry_id): "
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


async def test_a_pbx_that_was_added_again(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_entry: MockConfigEntry
) -> None:
    """An automation that names its old config entry still works."""
    await hass.config_entries.async_remove(http_entry.entry_id)
    await load(hass, entry_for(http_pbx))

    await play(hass, extension="0042", config_entry_id=http_entry.entry_id)
    await play(
        hass,
        media=f"media-source://yeastar_vm/{http_entry.entry_id}/greetings/0042/hello.wav",
    )


async def test_a_pbx_that_was_removed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Of several others, none is meant."""
    async with PbxSimulator(https=False) as second_pbx:
        second_pbx.serial_number, second_pbx.name = "2", "Branch"
        branch = await load(hass, entry_for(second_pbx))

        message = await refusal(hass, extension="0042", config_entry_id="gone")
        assert message == (
            "The PBX of this action is no longer set up. Specify which one to use "
            f"(config_entry_id): PBX ({entry.entry_id}), Branch ({branch.entry_id})."
        )
        message = await refusal(
            hass, media="media-source://yeastar_vm/gone/greetings/0042/hello.wav"
        )
        assert message == (
            "This PBX is no longer set up in Home Assistant. Select another greeting "
            "or message."
        )


async def test_a_config_entry_of_another_integration(
    hass: HomeAssistant, http_entry: MockConfigEntry
) -> None:
    """It is no PBX; the only one is meant."""
    other = MockConfigEntry(domain="sun")
    other.add_to_hass(hass)

    await play(hass, extension="0042", config_entry_id=other.entry_id)


async def test_a_disabled_pbx(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """The error says so, whether it is named or the only one."""
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )

    for data in ({}, {"config_entry_id": entry.entry_id}):
        assert (
            await refusal(hass, extension="0042", **data)
            == f"PBX is disabled. Enable it under {DEVICES}."
        )


async def test_a_pbx_that_was_unloaded(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Whether it is named or the only one."""
    await hass.config_entries.async_unload(entry.entry_id)

    for data in ({}, {"config_entry_id": entry.entry_id}):
        assert await refusal(hass, extension="0042", **data) == (
            f"PBX is not connected right now. Look at it under {DEVICES}."
        )


async def test_a_pbx_that_cannot_be_reached(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The error says why, and how to try again; then it works."""
    entry = entry_for(pbx)
    entry.add_to_hass(hass)
    await pbx.stop()
    await hass.config_entries.async_setup(entry.entry_id)

    assert await refusal(hass, extension="0042") == (
        "PBX is not connected. The PBX cannot be reached: nothing answers at its "
        "address and port. Check that it is running, or select Reconfigure in the "
        "integration's menu to correct the address. To try again now, reload it under "
        f"{DEVICES}."
    )
    assert "nothing answers" in await refusal(
        hass, media="media-source://yeastar_vm/1/greetings/0042/hello.wav"
    )

    await pbx.start()
    await hass.config_entries.async_reload(entry.entry_id)
    await play(hass, extension="0042")


async def test_the_reason_is_told_in_the_users_language(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """As far as Home Assistant knows it."""
    hass.config.language = "de"
    entry = entry_for(pbx)
    entry.add_to_hass(hass)
    await pbx.stop()
    await hass.config_entries.async_setup(entry.entry_id)

    assert "Die Telefonanlage ist nicht erreichbar" in await refusal(
        hass, extension="0042"
    )


async def test_a_sign_in_that_was_refused(
    hass: HomeAssistant, pbx: PbxSimulator, expected_warnings: list[str]
) -> None:
    """Reloading would not help: the error says what does."""
    expected_warnings.append("could not authenticate")
    entry = entry_for(pbx, client_secret="wrong")
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)

    assert await refusal(hass, extension="0042") == (
        f"The PBX no longer accepts the credentials. Sign in again under {DEVICES}."
    )


async def test_a_pbx_that_is_being_set_up(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The error says to wait a moment."""
    entry = entry_for(pbx)
    entry.add_to_hass(hass)
    gate = Gate(pbx, "get_token")
    setup = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    await gate.arrived()

    assert await refusal(hass, extension="0042") == (
        "PBX is being loaded or unloaded right now. Try again in a moment."
    )

    gate.open()
    await setup
    await play(hass, extension="0042")
