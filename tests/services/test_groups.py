"""Groups of players, and targets that are not all there."""

from typing import Any

from homeassistant.components.media_player import MediaPlayerEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.target import TargetSelection
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator
from tests.common import Player, add_players, play

from .calls import refusal

pytestmark = pytest.mark.usefixtures("players")

TURN_ON = "is not available right now. Turn it on, or select another media player."
GROUPS = {
    "speakers": ["media_player.one", "media_player.two", "media_player.unplugged"],
    "upstairs": ["media_player.two"],
    "house": ["group.upstairs", "media_player.one", "input_boolean.quiet"],
    "silent": ["media_player.unplugged", "media_player.radio"],
    "radios": ["media_player.one", "media_player.tuner", "media_player.radio"],
    "hen": ["group.egg", "media_player.one"],
    "egg": ["group.hen"],
}


class Players:
    """Two players that play, one that is unplugged, and two that play no media."""

    def __init__(self) -> None:
        """Make the players."""
        self.one, self.two = Player("one"), Player("two")
        self.unplugged = Player("unplugged", available=False)
        self.radio = Player("radio", MediaPlayerEntityFeature.PAUSE)
        self.tuner = Player("tuner", MediaPlayerEntityFeature.PAUSE)

    @property
    def played(self) -> list[int]:
        """Return how often the first four of them were told to play."""
        players = (self.one, self.two, self.unplugged, self.radio)
        return [len(player.played) for player in players]


@pytest.fixture
async def players(hass: HomeAssistant, http_entry: MockConfigEntry) -> Players:
    """Return the players, beside a helper and groups of both in YAML."""
    players = Players()
    some = (players.one, players.two, players.unplugged, players.radio, players.tuner)
    await add_players(hass, *some)
    hass.states.async_set("input_boolean.quiet", "off")
    groups = {name: {"entities": members} for name, members in GROUPS.items()}
    assert await async_setup_component(hass, "group", {"group": groups})
    await hass.async_block_till_done()
    return players


@pytest.mark.parametrize(
    ("group", "warning", "played"),
    [
        (
            "speakers",
            "Referenced entities media_player.unplugged are missing or not currently",
            [1, 1, 0, 0],
        ),
        (
            "house",
            "Referenced entities input_boolean.quiet are missing",
            [1, 1, 0, 0],
        ),
        (
            "radios",
            "Members that cannot play media: media_player.radio, media_player.tuner$",
            [1, 0, 0, 0],
        ),
    ],
)
async def test_the_members_that_can_play_do(
    hass: HomeAssistant,
    players: Players,
    expected_warnings: list[str],
    group: str,
    warning: str,
    played: list[int],
) -> None:
    """The log names the others, as for `media_player.play_media`."""
    expected_warnings.append(warning)

    await play(hass, extension="0042", entity_id=f"group.{group}")

    assert players.played == played


async def test_a_group_of_which_nobody_can_play(
    hass: HomeAssistant, http_pbx: PbxSimulator, expected_warnings: list[str]
) -> None:
    """That is an error, before the PBX is asked."""
    expected_warnings += ["media_player.unplugged are missing", "media_player.radio"]

    message = await refusal(hass, extension="0042", entity_id="group.silent")

    assert message == (
        "The target has no media player that is available and can play media. "
        "Turn on a media player, or select another target."
    )
    assert http_pbx.requests == []


@pytest.mark.parametrize(
    ("entity_id", "message"),
    [
        ("group.nowhere", "There is no entity group.nowhere. Select a media player."),
        (
            ["group.upstairs", "media_player.unplugged"],
            f"media_player.unplugged {TURN_ON}",
        ),
        (
            ["group.speakers", "media_player.unplugged"],
            f"media_player.unplugged {TURN_ON}",
        ),
        (
            ["group.upstairs", "switch.lamp"],
            "switch.lamp is not a media player. Select a media player.",
        ),
    ],
)
async def test_what_the_user_names_has_to_be_right(
    hass: HomeAssistant, players: Players, entity_id: str | list[str], message: str
) -> None:
    """Beside a group, too, and as a member of it."""
    assert await refusal(hass, extension="0042", entity_id=entity_id) == message
    assert players.played == [0, 0, 0, 0]


async def test_a_group_that_contains_itself(hass: HomeAssistant) -> None:
    """Home Assistant does not find its way out of it."""
    assert await refusal(hass, extension="0042", entity_id="group.hen") == (
        "A group in the target contains itself. Remove it from its own members."
    )


async def test_an_empty_group(hass: HomeAssistant) -> None:
    """Has nobody to play on."""
    hass.states.async_set("group.empty", "unknown", {"entity_id": []})

    assert "The target has no media player" in await refusal(
        hass, extension="0042", entity_id="group.empty"
    )


async def test_a_media_player_group(
    hass: HomeAssistant, players: Players, expected_warnings: list[str]
) -> None:
    """It passes the greeting on to its members itself."""
    expected_warnings.append("Referenced entities media_player.unplugged are missing")
    options = {
        "group_type": "media_player",
        "name": "Everywhere",
        "entities": GROUPS["speakers"],
        "hide_members": False,
    }
    group = MockConfigEntry(domain="group", title="Everywhere", options=options)
    group.add_to_hass(hass)
    assert await hass.config_entries.async_setup(group.entry_id)
    await hass.async_block_till_done()

    await play(hass, extension="0042", entity_id="media_player.everywhere")
    await hass.async_block_till_done()

    assert players.played == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("target", "warning"),
    [
        ({"area_id": "attic"}, "areas attic"),
        ({"device_id": "gone"}, "devices gone"),
        ({"floor_id": "cellar"}, "floors cellar"),
        ({"label_id": ["loud", "quiet"]}, "labels loud, quiet"),
        (
            {"area_id": "attic", "floor_id": ["cellar"]},
            "floors cellar, areas attic",
        ),
    ],
)
async def test_a_target_that_is_misspelt(
    hass: HomeAssistant,
    players: Players,
    expected_warnings: list[str],
    target: dict[str, Any],
    warning: str,
) -> None:
    """What else is targeted plays, and the log names what is missing."""
    expected_warnings.append(f"Referenced {warning} are missing")

    await play(hass, extension="0042", entity_id="media_player.one", **target)

    assert players.played == [1, 0, 0, 0]


async def test_a_target_with_nothing_but_a_misspelt_area(
    hass: HomeAssistant, expected_warnings: list[str]
) -> None:
    """The error says that there is no player, the log why."""
    expected_warnings.append("Referenced areas attic are missing")

    assert "The target has no media player" in await refusal(
        hass, extension="0042", area_id="attic"
    )


@pytest.mark.skipif(
    "exclude" not in TargetSelection.__slots__, reason="new in Home Assistant 2026.11"
)
@pytest.mark.parametrize("entity_id", ["all", "group.upstairs", "media_player.two"])
async def test_what_a_target_excludes(
    hass: HomeAssistant, players: Players, entity_id: str
) -> None:
    """It is left out, whether all are targeted or a few."""
    await play(
        hass,
        extension="0042",
        entity_id=[entity_id, "media_player.one"] if entity_id != "all" else "all",
        exclude={"entity_id": ["media_player.two"]},
    )

    assert players.played == [1, 0, 0, 0]
