"""Who may play: what Home Assistant's own actions of players allow."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized, UnknownUser
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from simulator import PbxSimulator
from tests.common import Player, add_players

pytestmark = pytest.mark.usefixtures("http_entry")


async def play_as(hass: HomeAssistant, user_id: str, **data: Any) -> None:
    """Play a greeting as a user."""
    await hass.services.async_call(
        "yeastar_vm",
        "play_greeting",
        {"extension": "0042", **data},
        blocking=True,
        context=Context(user_id=user_id),
    )


@pytest.mark.parametrize("entity_id", ["media_player.kitchen", "group.downstairs"])
async def test_a_user_who_may_only_read(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    player: Player,
    hass_read_only_user: MockUser,
    entity_id: str,
) -> None:
    """They are refused before the PBX is asked."""
    hass.states.async_set("group.downstairs", "on", {"entity_id": [player.entity_id]})

    with pytest.raises(Unauthorized) as caught:
        await play_as(hass, hass_read_only_user.id, entity_id=entity_id)

    refused = caught.value
    assert refused.context
    assert refused.context.user_id == hass_read_only_user.id
    assert (refused.entity_id, refused.permission) == (player.entity_id, "control")
    assert player.played == []
    assert http_pbx.requests == []


@pytest.mark.usefixtures("player")
async def test_a_user_who_is_gone(hass: HomeAssistant, http_pbx: PbxSimulator) -> None:
    """Nothing is done in their name."""
    with pytest.raises(UnknownUser) as caught:
        await play_as(hass, "nobody", entity_id="media_player.kitchen")

    assert caught.value.context
    assert caught.value.context.user_id == "nobody"
    assert http_pbx.requests == []


async def test_all_players_of_a_user(hass: HomeAssistant) -> None:
    """Those are meant that the user may control."""
    players = [Player("hall"), Player("bath")]
    await add_players(hass, *players)
    user = MockUser().add_to_hass(hass)
    user.mock_policy({"entities": {"entity_ids": {"media_player.bath": True}}})

    await play_as(hass, user.id, entity_id="all")

    assert [len(player.played) for player in players] == [0, 1]


async def test_a_user_who_may_control_everything(
    hass: HomeAssistant, player: Player, hass_admin_user: MockUser
) -> None:
    """The greeting is played."""
    await play_as(hass, hass_admin_user.id, entity_id="media_player.kitchen")

    assert len(player.played) == 1
