"""The actions that answer: greetings, extensions, and playing what they list."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
import voluptuous as vol

from simulator import Fault, PbxSimulator, default_groups
from tests.common import Player, call

pytestmark = pytest.mark.usefixtures("entry")


async def test_list_greetings(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """Each with what plays it."""
    answer = await call(hass, "list_greetings", extension="0042")

    assert answer == {
        "greetings": [
            {
                "file": "hello.wav",
                "type": "record",
                "extension": "0042",
                "media_content_id": (
                    f"media-source://yeastar_vm/{pbx.serial_number}"
                    "/greetings/0042/hello.wav"
                ),
            }
        ]
    }


async def test_list_no_greetings(hass: HomeAssistant) -> None:
    """An extension without any is told apart from none."""
    assert await call(hass, "list_greetings", extension=3201) == {"greetings": []}

    with pytest.raises(HomeAssistantError, match="group voicemail 9999"):
        await call(hass, "list_greetings", extension="9999")


async def test_search_extensions(hass: HomeAssistant) -> None:
    """By number or name, as many as are wanted."""
    answer = await call(hass, "search_extensions", search=" leo ")
    assert answer == {
        "extensions": [
            {
                "number": "3200",
                "name": "Leo Ball",
                "presence": "available",
                "kind": "extension",
            }
        ],
        "total": 1,
    }

    answer = await call(hass, "search_extensions", search=320, limit=2)
    assert [found["number"] for found in answer["extensions"]] == ["3200", "3201"]
    assert answer["total"] == 3

    answer = await call(hass, "search_extensions", search="nobody")
    assert answer == {"extensions": [], "total": 0}


async def test_search_groups(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """They are found as extensions are."""
    pbx.groups = default_groups()
    group = pbx.groups["6300"]

    answer = await call(hass, "search_extensions", search=group.name)

    assert answer == {
        "extensions": [
            {"number": "6300", "name": group.name, "presence": None, "kind": "group"}
        ],
        "total": 1,
    }


@pytest.mark.parametrize("limit", [0, -1, 501, "many"])
async def test_a_limit_has_bounds(hass: HomeAssistant, limit: object) -> None:
    """And is a number."""
    with pytest.raises(vol.Invalid):
        await call(hass, "search_extensions", search="leo", limit=limit)


async def test_a_fault_of_the_pbx(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """Is said in words."""
    pbx.faults["*"] = Fault.RESET

    with pytest.raises(HomeAssistantError, match="closed the connection"):
        await call(hass, "list_greetings", extension="3200")
    with pytest.raises(HomeAssistantError, match="closed the connection"):
        await call(hass, "search_extensions", search="leo")


async def test_what_was_listed_can_be_played(
    hass: HomeAssistant, player: Player
) -> None:
    """As the media selector gives it, too."""
    listed = await call(hass, "list_greetings", extension="3200")
    closed = listed["greetings"][-1]["media_content_id"]

    answer = await call(
        hass,
        "play_greeting",
        entity_id="media_player.kitchen",
        media={
            "media_content_id": closed,
            "media_content_type": "audio/mpeg",
            "metadata": {"title": "closed.WAV"},
        },
    )

    assert (answer["extension"], answer["file"]) == ("3200", "closed.WAV")
    assert len(player.played) == 1


@pytest.mark.usefixtures("player")
@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "either a greeting as the media, or the number"),
        ({"file": "hello.wav"}, "either a greeting as the media, or the number"),
        (
            {"media": "x/greetings/0042/hello.wav", "extension": "0042"},
            "either a greeting as the media, or the number",
        ),
        (
            {"media": "x/greetings/0042/hello.wav", "config_entry_id": "x"},
            "either a greeting as the media, or the number",
        ),
    ],
)
async def test_what_cannot_be_played(
    hass: HomeAssistant, player: Player, data: dict[str, Any], message: str
) -> None:
    """The error says what to choose, and nothing is played."""
    if "media" in data:
        media = f"media-source://yeastar_vm/{data['media']}"
        data = {**data, "media": {"media_content_id": media}}

    with pytest.raises(HomeAssistantError, match=message):
        await call(hass, "play_greeting", entity_id="media_player.kitchen", **data)
    assert player.played == []
