"""How `play_greeting` hands a greeting to players."""

from datetime import UTC, datetime
import re

from homeassistant.components.http import ApiConfig
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.const import DOMAIN
from simulator import PbxSimulator
from tests.clock import Clock
from tests.common import LINK, Player, call, endpoints, play

from .calls import KITCHEN, refusal


@pytest.mark.usefixtures("http_entry")
async def test_plain_http_and_wav_go_directly(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player
) -> None:
    """The player gets exactly the base URL and the PBX's play URL."""
    await call(
        hass,
        "play_greeting",
        entity_id=KITCHEN,
        extension="3200",
        file="vm_welcome.wav",
    )

    [(kind, url, options)] = player.played
    assert (kind, options) == ("music", {"extra": {}})
    assert re.fullmatch(
        re.escape(http_pbx.base_url) + r"/api/download/PBX-VoicemailGreeting-.+\.wav",
        url,
    )


@pytest.mark.usefixtures("http_entry", "player")
async def test_an_expired_token_costs_one_more_request(
    hass: HomeAssistant, http_pbx: PbxSimulator, clock: Clock
) -> None:
    """And no more."""
    clock.tick(31 * 60)

    await play(hass)

    assert endpoints(http_pbx) == ["refresh_token", LINK, "download", LINK]


@pytest.mark.usefixtures("http_entry")
async def test_the_response_says_what_was_played(
    hass: HomeAssistant, player: Player, clock: Clock
) -> None:
    """And until when the link works."""
    clock.move_to("2026-11-23 12:00:00")

    response = await play(hass)

    assert response == {
        "extension": "3200",
        "file": "vm_welcome.wav",
        "url": player.played[0][1],
        "expires_at": "2026-11-23T12:30:00+00:00",
        "delivery": "direct",
        "reason": "playable",
        "media_content_type": "music",
    }


@pytest.mark.usefixtures("entry")
async def test_a_self_signed_pbx_is_relayed(
    hass: HomeAssistant, pbx: PbxSimulator, player: Player
) -> None:
    """The player gets a link of Home Assistant; the audio has been fetched by then."""
    response = await play(hass)

    [(kind, url, _)] = player.played
    assert kind == "music"
    assert url == response["url"]
    assert re.fullmatch(
        r"http://homeassistant\.test:8123/api/yeastar_vm/[\w-]{22}/vm_welcome\.mp3\?\w+",
        url,
    )
    assert response["delivery"] == "relay"
    hours = datetime.fromisoformat(response["expires_at"]) - datetime.now(UTC)
    assert 23 * 3600 < hours.total_seconds() <= 24 * 3600
    assert endpoints(pbx) == [LINK, "download"]


@pytest.mark.usefixtures("http_entry")
async def test_a_link_with_a_query_never_gets_to_a_player(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player
) -> None:
    """It could carry the token."""
    http_pbx.switches.play_resource_url = "/api/download/a.wav?access_token=x"

    assert await refusal(hass, delivery="direct") == (
        "Direct delivery is not possible, because the PBX's link to this greeting "
        "might contain an access token. Use the delivery auto or relay."
    )
    assert player.played == []


@pytest.mark.usefixtures("entry")
async def test_the_relay_needs_a_url_of_home_assistant(
    hass: HomeAssistant, player: Player
) -> None:
    """The error says where to enter it."""
    await hass.config.async_update(internal_url=None)
    hass.config.api = None

    message = await refusal(hass)

    assert message == (
        "Media players need the URL of Home Assistant, but it is not configured. Enter "
        "the URL for the local network under Settings > System > Network."
    )
    assert player.played == []


async def test_a_url_with_an_ip_address_and_a_certificate(
    hass: HomeAssistant, entry: MockConfigEntry, player: Player
) -> None:
    """Home Assistant does not hand it out. The error and the issue say why."""
    issue_id = f"no_url_available_{entry.entry_id}"
    hass.config.api = ApiConfig("192.168.1.72", "192.168.1.72", 8123, True)
    await hass.config.async_update(internal_url="https://192.168.1.72:8123")
    fields = {"extension": "3200", "file": "vm_welcome.wav"}

    assert await refusal(hass, **fields) == (
        "Media players need the URL of Home Assistant, but https://192.168.1.72:8123 "
        "has an IP address, and the certificate of Home Assistant is valid for a host "
        "name only. Under Settings > System > Network, enter the URL with that host "
        "name."
    )
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue
    assert issue.translation_key == "url_has_ip_address"
    assert issue.translation_placeholders == {
        "name": "PBX",
        "url": "https://192.168.1.72:8123",
    }

    await hass.config.async_update(internal_url="https://home.example:8123")
    await hass.async_block_till_done()

    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None
    response = await play(hass, **fields)
    assert response["url"].startswith("https://home.example:8123/")
    assert len(player.played) == 1


async def test_the_issue_follows_what_is_entered(
    hass: HomeAssistant, entry: MockConfigEntry, player: Player
) -> None:
    """A URL that does not help either is told as such."""
    hass.config.api = ApiConfig("192.168.1.72", "192.168.1.72", 8123, True)
    await hass.config.async_update(internal_url=None)
    await refusal(hass)

    await hass.config.async_update(internal_url="https://192.168.1.72:8123")
    await hass.async_block_till_done()

    issue_id = f"no_url_available_{entry.entry_id}"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue
    assert issue.translation_key == "url_has_ip_address"
    assert player.played == []


@pytest.mark.usefixtures("http_entry")
async def test_options_for_the_player_are_passed_on(
    hass: HomeAssistant, player: Player
) -> None:
    """As they are."""
    await play(
        hass,
        announce=True,
        extra={"metadata": {"title": "Reception"}},
    )

    assert player.played[0][2] == {
        "announce": True,
        "extra": {"metadata": {"title": "Reception"}},
    }
