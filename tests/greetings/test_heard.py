"""What callers and players hear right after a greeting was changed."""

from urllib.parse import urlsplit

from aiohttp import ClientSession
from homeassistant.components.media_source import async_resolve_media
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import imageio_ffmpeg
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.yeastar_vm.audio import to_telephony
from simulator import Encoding, PbxSimulator, SimulatedGreeting
from tests.common import Player, call, entry_for, load

from .home import Shelf, greetings, upload
from .recordings import music, pitch

NEW, NEWEST = 1000, 2000


class Speaker:
    """A player that fetches over sockets what it is told to play."""

    def __init__(self, hass: HomeAssistant, player: Player, home: str) -> None:
        """Take the address at which Home Assistant is reached."""
        self._hass = hass
        self._player = player
        self._home = home

    async def hear(self, **data: str) -> float:
        """Play a greeting of 3200; return the pitch of what arrives."""
        await call(
            self._hass,
            "play_greeting",
            entity_id=self._player.entity_id,
            extension="3200",
            file="vm_welcome.wav",
            **data,
        )
        return await self.fetch(self._player.played[-1][1])

    async def fetch(self, url: str) -> float:
        """Return the pitch of what a URL leads to."""
        parts = urlsplit(url)
        if parts.hostname in ("homeassistant.test", None):
            url = f"{self._home}{parts.path}?{parts.query}"
        session: ClientSession = async_get_clientsession(self._hass)
        async with session.get(url) as response:
            audio = await response.read()
        return pitch(await to_telephony(imageio_ffmpeg.get_ffmpeg_exe(), audio))


@pytest.fixture
async def speaker(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    shelf: Shelf,
    player: Player,
    hass_client_no_auth: ClientSessionGenerator,
) -> Speaker:
    """Return a speaker in a home whose PBX has plain http: direct is possible."""
    shelf.put("high.wav", music(frequency=NEWEST))
    client = await hass_client_no_auth()
    return Speaker(hass, player, str(client.make_url("")).rstrip("/"))


@pytest.fixture
async def entry(hass: HomeAssistant, http_pbx: PbxSimulator) -> MockConfigEntry:
    """Return the loaded entry of the PBX on plain http."""
    return await load(hass, entry_for(http_pbx))


@pytest.mark.parametrize("delivery", ["relay", "direct", "auto"])
async def test_a_new_greeting_is_heard_at_once(
    hass: HomeAssistant, speaker: Speaker, delivery: str
) -> None:
    """Although the old one was played a moment before."""
    old = await speaker.hear(delivery=delivery)
    await upload(hass, "vm_welcome", extension="3200", overwrite=True)
    new = await speaker.hear(delivery=delivery)
    high = "media-source://media_source/local/high.wav"
    await upload(hass, "vm_welcome", extension="3200", overwrite=True, media=high)
    newest = await speaker.hear(delivery=delivery)

    assert [old, new, newest] == [
        pytest.approx(pitch, rel=0.03) for pitch in (300, NEW, NEWEST)
    ]


async def test_a_new_greeting_goes_directly(
    hass: HomeAssistant, speaker: Speaker, player: Player, http_pbx: PbxSimulator
) -> None:
    """Although few players could decode the old one a moment before."""
    alaw = SimulatedGreeting("vm_welcome.wav", encoding=Encoding.ALAW)
    http_pbx.extensions["3200"].greetings = [alaw]
    await speaker.hear()
    await upload(hass, "vm_welcome", extension="3200", overwrite=True)
    await speaker.hear()

    relayed, direct = (url for _, url, _ in player.played)
    assert relayed.startswith("http://homeassistant.test:8123/")
    assert direct.startswith(http_pbx.base_url)


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_a_new_greeting_is_heard_from_the_media_source(
    hass: HomeAssistant, http_pbx: PbxSimulator, speaker: Speaker, is_deleted: bool
) -> None:
    """And under the link that a player was given before."""
    media = (
        f"media-source://yeastar_vm/{http_pbx.serial_number}/greetings/3200"
        "/vm_welcome.wav"
    )
    before = (await async_resolve_media(hass, media, None)).url
    old = await speaker.fetch(before)
    if is_deleted:
        http_pbx.extensions["3200"].greetings.clear()

    await upload(hass, "vm_welcome", extension="3200", overwrite=True)

    new = await speaker.fetch(before)
    after = (await async_resolve_media(hass, media, None)).url
    assert old == pytest.approx(300, rel=0.03)
    assert new == pytest.approx(NEW, rel=0.03)
    assert await speaker.fetch(after) == pytest.approx(NEW, rel=0.03)


async def test_a_link_from_before_leads_to_the_new_greeting(
    hass: HomeAssistant, speaker: Speaker, player: Player
) -> None:
    """A player that repeats a greeting does not repeat the old one."""
    await speaker.hear(delivery="relay")

    await upload(hass, "vm_welcome", extension="3200", overwrite=True)

    url = player.played[-1][1]
    assert await speaker.fetch(url) == pytest.approx(NEW, rel=0.03)
    await speaker.hear(delivery="relay")
    before, after = (url.partition("?")[0] for _, url, _ in player.played)
    assert after == before


async def test_a_renamed_greeting(
    hass: HomeAssistant, speaker: Speaker, http_pbx: PbxSimulator
) -> None:
    """What is renamed to a name that was played before is not taken for it."""
    await speaker.hear(delivery="relay")
    await upload(hass, "other", extension="3200")
    greeting = {"extension": "3200"}
    await call(hass, "delete_greeting", **greeting, file="vm_welcome")
    await call(hass, "rename_greeting", **greeting, file="other", new_name="vm_welcome")

    assert await speaker.hear(delivery="relay") == pytest.approx(NEW, rel=0.03)
    assert "other.wav" not in greetings(http_pbx, "3200")


async def test_callers_hear_what_is_uploaded_under_a_bound_name(
    hass: HomeAssistant, shelf: Shelf, http_pbx: PbxSimulator
) -> None:
    """The trick of the holiday greeting: the PBX knows a greeting by its file."""
    http_pbx.extensions["3200"].vm_greeting = "vm_welcome.wav"

    await upload(hass, "vm_welcome", extension="3200", overwrite=True)

    heard = http_pbx.greeting_for_callers("3200")
    assert heard == greetings(http_pbx, "3200")["vm_welcome.wav"]
    assert heard is not None
    assert pitch(heard) == pytest.approx(NEW, rel=0.03)
