"""Play: from a media identifier to what a player gets, on every way that there is."""

from datetime import timedelta

from homeassistant.components.media_source import async_resolve_media
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from simulator import PbxSimulator, SimulatedGreeting
from tests.clock import Clock
from tests.common import HOUR, add_players
from tests.players import MediaSourcePlayer
from tools.demo.audio import measure

from .media import ROOT

BASE = "http://192.168.178.100:8123"
LONGEST = f"{251 * 'é'}.wav"


@pytest.fixture
async def kitchen(hass: HomeAssistant, here: str) -> MediaSourcePlayer:
    """Return the player `media_player.kitchen` in an ordinary home."""
    await async_process_ha_core_config(hass, {"internal_url": BASE})
    kitchen = MediaSourcePlayer("kitchen")
    await add_players(hass, kitchen)
    return kitchen


async def play(hass: HomeAssistant, media_content_id: str) -> None:
    """Call `media_player.play_media` for the kitchen."""
    await hass.services.async_call(
        "media_player",
        "play_media",
        {
            "entity_id": "media_player.kitchen",
            "media_content_id": media_content_id,
            "media_content_type": "music",
        },
        blocking=True,
    )


async def test_play_media_plays_a_greeting(
    hass: HomeAssistant,
    here: str,
    kitchen: MediaSourcePlayer,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """The player fetches it without signing in."""
    await play(hass, f"{here}/greetings/3200/closed.WAV")

    ((media_type, url, _),) = kitchen.played
    assert media_type == "audio/mpeg"
    assert url.startswith(BASE)
    player = await hass_client_no_auth()
    answer = await player.get(url.removeprefix(BASE))
    assert (await measure(await answer.read())).frequency == pytest.approx(600, abs=5)


@pytest.mark.parametrize("file", ["closed.WAV", LONGEST], ids=["short", "longest"])
async def test_no_player_gets_a_long_link(
    hass: HomeAssistant,
    here: str,
    pbx: PbxSimulator,
    kitchen: MediaSourcePlayer,
    hass_ws_client: WebSocketGenerator,
    file: str,
) -> None:
    """Neither from the action nor in the browser, whatever the file is called."""
    pbx.extensions["3200"].greetings.append(SimulatedGreeting(LONGEST))
    media_content_id = f"{here}/greetings/3200/{file}"

    await play(hass, media_content_id)
    browser = await hass_ws_client(hass)
    await browser.send_json_auto_id(
        {"type": "media_source/resolve_media", "media_content_id": media_content_id}
    )
    resolved = (await browser.receive_json())["result"]

    assert resolved["mime_type"] == "audio/mpeg"
    for url in (kitchen.played[0][1], BASE + resolved["url"]):
        assert len(url) <= 200
        assert "authSig" not in url
        assert url.isascii()


async def test_a_link_ends_after_a_day_and_is_no_failed_login(
    hass: HomeAssistant,
    here: str,
    entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
    clock: Clock,
) -> None:
    """Home Assistant bans who fails to sign in too often: it answers 404 instead.

    A warning of a failed login would fail this test.
    """
    media = await async_resolve_media(hass, f"{here}/greetings/3200/closed.WAV", None)
    player = await hass_client_no_auth()
    assert (await player.get(media.url)).status == 200

    clock.tick(24 * HOUR)
    assert (await player.get(media.url)).status == 404

    media = await async_resolve_media(hass, f"{here}/greetings/3200/closed.WAV", None)
    assert (await player.get(media.url)).status == 200
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await player.get(media.url)).status == 404


async def test_a_player_that_does_not_fetch_its_link(
    hass: HomeAssistant,
    here: str,
    kitchen: MediaSourcePlayer,
    expected_warnings: list[str],
) -> None:
    """The log names it; a browser may resolve a link without playing it."""
    expected_warnings.append(r"was not fetched .* by media_player\.kitchen\.")
    await async_resolve_media(hass, f"{here}/greetings/3200/holiday.wav", None)
    await play(hass, f"{here}/greetings/3200/closed.WAV")

    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=16))
    await hass.async_block_till_done()


async def test_a_player_that_browses_sees_greetings(
    hass: HomeAssistant,
    here: str,
    kitchen: MediaSourcePlayer,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """It leaves out what is no audio."""
    browser = await hass_ws_client(hass)

    async def shown(media_content_id: str) -> list[str]:
        await browser.send_json_auto_id(
            {
                "type": "media_player/browse_media",
                "entity_id": "media_player.kitchen",
                "media_content_type": "music",
                "media_content_id": media_content_id,
            }
        )
        result = (await browser.receive_json())["result"]
        assert result["not_shown"] == 0
        return [child["title"] for child in result["children"]]

    assert await shown(ROOT) == ["PBX"]
    assert "3200 · Leo Ball" in await shown(here)
    assert "closed.WAV" in await shown(f"{here}/greetings/3200")


@pytest.mark.parametrize(
    "file",
    ["after hours.wav", "a+b & c#1.wav", "50%20off.wav", "fermé.wav", "night.WAV"],
)
async def test_any_file_name_plays(
    hass: HomeAssistant, here: str, pbx: PbxSimulator, file: str
) -> None:
    """Exactly that one, with one request for its link."""
    await async_resolve_media(hass, f"{here}/greetings/3202/{file}", None)

    assert [request.query.get("file") for request in pbx.requests] == [file, None]


@pytest.mark.parametrize(
    ("on_the_pbx", "stored"),
    [
        ("Ferme\u0301 a\u0300 Noe\u0308l.wav", "Fermé à Noël.wav"),
        ("Fermé à Noël.wav", "Ferme\u0301 a\u0300 Noe\u0308l.wav"),
        ("after\xa0hours.wav", "after hours.wav"),
    ],
)
async def test_a_file_that_looks_the_same_plays(
    hass: HomeAssistant, here: str, pbx: PbxSimulator, on_the_pbx: str, stored: str
) -> None:
    """Its name was typed, and the file was uploaded from a Mac."""
    pbx.extensions["3201"].greetings = [SimulatedGreeting(on_the_pbx)]

    await async_resolve_media(hass, f"{here}/greetings/3201/{stored}", None)

    links = [r for r in pbx.requests if r.endpoint == "extension_vm_greeting/play"]
    assert [link.query["file"] for link in links] == [stored, on_the_pbx]


async def test_a_greeting_that_was_deleted(hass: HomeAssistant, here: str) -> None:
    """The error says that it is gone, or its whole extension."""
    with pytest.raises(
        HomeAssistantError, match=r'no longer has a greeting named "old\.'
    ):
        await async_resolve_media(hass, f"{here}/greetings/3200/old.wav", None)
    with pytest.raises(HomeAssistantError, match="group voicemail 3299"):
        await async_resolve_media(hass, f"{here}/greetings/3299/old.wav", None)


@pytest.mark.parametrize(
    "end",
    [
        "",
        "/greetings/3200",
        "/extensions/1-2",
        "/a/b/c",
        "/greetings/3200/",
        "/greetings//a.wav",
        "/greetings/3200/" + 1_000_000 * "a",
        "/greetings/" + 1_000_000 * "3" + "/a.wav",
    ],
    ids=lambda end: str(end)[:30],
)
async def test_what_is_no_greeting_does_not_play(
    hass: HomeAssistant, here: str, pbx: PbxSimulator, end: str
) -> None:
    """A folder, or nothing at all; the PBX is not asked."""
    with pytest.raises(HomeAssistantError, match="nothing to play here"):
        await async_resolve_media(hass, here + end, None)

    assert pbx.requests == []


@pytest.mark.parametrize(
    "file", ["../../etc/passwd", "..", "a/b.wav", "%2e%2e", "?x=1"]
)
async def test_a_name_is_only_a_name(
    hass: HomeAssistant, here: str, pbx: PbxSimulator, file: str
) -> None:
    """It leads nowhere else, neither here nor on the PBX."""
    with pytest.raises(HomeAssistantError, match="no longer has a greeting"):
        await async_resolve_media(hass, f"{here}/greetings/3200/{file}", None)

    link = pbx.requests[0]
    assert link.endpoint == "extension_vm_greeting/play"
    assert (link.query["extension"], link.query["file"]) == ("3200", file)
