"""Which players `play_greeting` plays on."""

from homeassistant.components.media_player import MediaPlayerEntityFeature
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import (
    area_registry as ar,
    entity_registry as er,
    label_registry as lr,
)
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from simulator import PbxSimulator
from tests.common import LINK, Player, add_players, endpoints, play

from .calls import KITCHEN, refusal

TURN_ON = "is not available right now. Turn it on, or select another media player."


@pytest.fixture
async def players(hass: HomeAssistant, http_entry: MockConfigEntry) -> list[Player]:
    """Return players of all kinds, in the area `house` and with the label `all`."""
    some = [
        Player("hall"),
        Player("bath"),
        Player("garage", available=False),
        Player("radio", MediaPlayerEntityFeature.PAUSE),
    ]
    await add_players(hass, *some)
    area = ar.async_get(hass).async_create("House")
    label = lr.async_get(hass).async_create("All")
    registry = er.async_get(hass)
    for some_player in some:
        registry.async_update_entity(
            some_player.entity_id, area_id=area.id, labels={label.label_id}
        )
    return some


@pytest.mark.usefixtures("players")
@pytest.mark.parametrize(
    ("entity_id", "message"),
    [
        (
            "media_player.nowhere",
            "There is no entity media_player.nowhere. Select a media player.",
        ),
        ("media_player.garage", f"media_player.garage {TURN_ON}"),
        (
            "media_player.radio",
            "media_player.radio cannot play media. Select another media player.",
        ),
        ("sun.sun", "sun.sun is not a media player. Select a media player."),
        (
            ["media_player.hall", "media_player.garage"],
            f"media_player.garage {TURN_ON}",
        ),
        (
            "none",
            "The target has no media player that is available and can play media. "
            "Turn on a media player, or select another target.",
        ),
    ],
)
async def test_a_player_that_cannot_play(
    hass: HomeAssistant,
    players: list[Player],
    http_pbx: PbxSimulator,
    entity_id: str | list[str],
    message: str,
) -> None:
    """Is an error before anything is played or the PBX is asked."""
    assert await refusal(hass, extension="0042", entity_id=entity_id) == message
    assert [some_player.played for some_player in players] == [[], [], [], []]
    assert http_pbx.requests == []


@pytest.mark.parametrize(
    "target", [{"area_id": "house"}, {"label_id": "all"}, {"entity_id": "all"}]
)
async def test_of_an_area_those_play_that_can(
    hass: HomeAssistant,
    players: list[Player],
    http_pbx: PbxSimulator,
    target: dict[str, str],
) -> None:
    """All at once, for one link and a look at the audio."""
    await play(hass, extension="0042", file="hello.wav", **target)

    assert [len(some_player.played) for some_player in players] == [1, 1, 0, 0]
    assert endpoints(http_pbx) == [LINK, "download", LINK]


async def test_an_area_without_players(
    hass: HomeAssistant, players: list[Player]
) -> None:
    """Is an error rather than silence."""
    empty = ar.async_get(hass).async_create("Attic")

    assert "The target has no media player" in await refusal(
        hass, extension="0042", area_id=empty.id
    )


async def test_an_error_of_the_player_reaches_the_automation(
    hass: HomeAssistant, http_entry: MockConfigEntry, player: Player
) -> None:
    """As the player's integration words it."""
    player.error = HomeAssistantError("The loudspeaker is on fire")

    with pytest.raises(HomeAssistantError, match="on fire"):
        await play(hass, extension="0042")


@pytest.mark.usefixtures("http_entry", "player")
async def test_the_players_action_has_the_same_context(hass: HomeAssistant) -> None:
    """So that the logbook says who played."""
    calls = async_capture_events(hass, EVENT_CALL_SERVICE)
    context = Context(user_id=None)

    await hass.services.async_call(
        "yeastar_vm",
        "play_greeting",
        {"entity_id": KITCHEN, "extension": "0042"},
        blocking=True,
        context=context,
    )

    assert [call.context.id for call in calls] == [context.id, context.id]
