"""How `play_greeting` hands a greeting to players."""

from datetime import UTC, datetime
import re

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common import Player
from tests.pbx_simulator import PbxSimulator

from .calls import KITCHEN, play, refusal


@pytest.mark.usefixtures("http_entry")
async def test_plain_http_and_wav_go_directly(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player
) -> None:
    """The player gets exactly the base URL and the PBX's play URL, for one request."""
    http_pbx.switches.play_resource_url = "/api/download/PBX-VoicemailGreeting-1.wav"

    await hass.services.async_call(
        "yeastar_vm",
        "play_greeting",
        {"entity_id": KITCHEN, "extension": "3200", "file": "vm_welcome.wav"},
        blocking=True,
    )

    link = f"{http_pbx.base_url}/api/download/PBX-VoicemailGreeting-1.wav"
    assert player.played == [("music", link, {"extra": {}})]
    assert [request.endpoint for request in http_pbx.requests] == [
        "extension_vm_greeting/play"
    ]


@pytest.mark.usefixtures("http_entry", "player")
async def test_an_expired_token_costs_one_more_request(
    hass: HomeAssistant, http_pbx: PbxSimulator, freezer: FrozenDateTimeFactory
) -> None:
    """And no more."""
    freezer.tick(31 * 60)

    await play(hass, extension="3200", file="vm_welcome.wav")

    assert [request.endpoint for request in http_pbx.requests] == [
        "refresh_token",
        "extension_vm_greeting/play",
    ]


@pytest.mark.usefixtures("http_entry")
async def test_the_response_says_what_was_played(
    hass: HomeAssistant, player: Player, freezer: FrozenDateTimeFactory
) -> None:
    """And until when the link works."""
    freezer.move_to("2026-11-23 12:00:00")

    response = await play(hass, extension="3200", file="vm_welcome.wav")

    assert response == {
        "extension": "3200",
        "file": "vm_welcome.wav",
        "url": player.played[0][1],
        "expires_at": "2026-11-23T12:30:00+00:00",
        "delivery": "direct",
        "media_content_type": "music",
    }


@pytest.mark.usefixtures("entry")
async def test_a_self_signed_pbx_is_relayed(
    hass: HomeAssistant, pbx: PbxSimulator, player: Player
) -> None:
    """The player gets a link of Home Assistant; the audio has been fetched by then."""
    response = await play(hass, extension="3200", file="vm_welcome.wav")

    [(kind, url, _)] = player.played
    assert kind == "music"
    assert url == response["url"]
    assert re.fullmatch(
        r"http://homeassistant\.test:8123/api/yeastar_vm/greetings/.+\.mp3\?authSig=.+",
        url,
    )
    assert response["delivery"] == "relay"
    hours = datetime.fromisoformat(response["expires_at"]) - datetime.now(UTC)
    assert 23 * 3600 < hours.total_seconds() <= 24 * 3600
    assert [request.endpoint for request in pbx.requests] == [
        "extension_vm_greeting/play",
        "download",
    ]


@pytest.mark.usefixtures("http_entry", "player")
@pytest.mark.parametrize(
    ("file", "asked", "delivery"),
    [
        ("vm_welcome.wav", None, "direct"),
        ("vm_welcome.wav", "auto", "direct"),
        ("vm_welcome.wav", "relay", "relay"),
        ("closed.WAV", None, "relay"),
        ("closed.WAV", "direct", "direct"),
    ],
)
async def test_the_delivery_can_be_chosen(
    hass: HomeAssistant, file: str, asked: str | None, delivery: str
) -> None:
    """`auto` relays what no player decodes."""
    data = {"delivery": asked} if asked else {}

    response = await play(hass, extension="3200", file=file, **data)

    assert response["delivery"] == delivery


@pytest.mark.usefixtures("player")
async def test_the_entry_can_have_a_delivery_of_its_own(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_entry: MockConfigEntry
) -> None:
    """The call's comes first."""
    hass.config_entries.async_update_entry(http_entry, options={"delivery": "relay"})

    response = await play(hass, extension="3200", file="vm_welcome.wav")
    assert response["delivery"] == "relay"

    response = await play(
        hass, extension="3200", file="vm_welcome.wav", delivery="direct"
    )
    assert response["delivery"] == "direct"


@pytest.mark.usefixtures("http_entry")
async def test_a_link_with_a_query_never_gets_to_a_player(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player
) -> None:
    """It could carry the token."""
    http_pbx.switches.play_resource_url = "/api/download/a.wav?access_token=x"

    assert "must not be handed to a player" in await refusal(
        hass, extension="3200", file="vm_welcome.wav", delivery="direct"
    )
    assert player.played == []


@pytest.mark.usefixtures("entry")
async def test_the_relay_needs_an_address_of_home_assistant(
    hass: HomeAssistant, player: Player
) -> None:
    """The error says where to enter it."""
    await hass.config.async_update(internal_url=None)
    hass.config.api = None

    assert "Settings > System > Network" in await refusal(
        hass, extension="3200", file="vm_welcome.wav"
    )
    assert player.played == []


@pytest.mark.usefixtures("http_entry")
async def test_options_for_the_player_are_passed_on(
    hass: HomeAssistant, player: Player
) -> None:
    """As they are."""
    await play(
        hass,
        extension="3200",
        file="vm_welcome.wav",
        announce=True,
        extra={"metadata": {"title": "Reception"}},
    )

    assert player.played[0][2] == {
        "announce": True,
        "extra": {"metadata": {"title": "Reception"}},
    }
