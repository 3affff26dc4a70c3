"""What `auto` makes of PBX, greeting and players, and how a response tells it."""

import asyncio

from aiohttp import web
from homeassistant.components.media_player import MediaPlayerEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Fault, PbxSimulator, SimulatedGreeting
from simulator.lines import Answer, body_of, promise
from simulator.wav import Encoding
from tests.clock import Clock
from tests.common import LINK, Player, asked, endpoints, play
from tests.greetings.home import greetings

from .calls import KITCHEN, refusal

pytestmark = pytest.mark.usefixtures("player")

AUDIO = "download"
# What Home Assistant says of players that have only a state in these tests.
NO_ENTITY = "Referenced entities media_player."


def other_player(hass: HomeAssistant, integration: str) -> str:
    """Return the entity ID of a player of an integration."""
    features = {"supported_features": MediaPlayerEntityFeature.PLAY_MEDIA}
    entity = er.async_get(hass).async_get_or_create(
        "media_player", integration, "other"
    )
    hass.states.async_set(entity.entity_id, "idle", features)
    return entity.entity_id


def outcome(response: dict[str, object]) -> tuple[object, object]:
    """Return how a greeting was delivered, and why."""
    return response["delivery"], response["reason"]


@pytest.mark.usefixtures("http_entry")
async def test_what_every_player_plays_goes_directly(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """The PBX is asked for the first bytes of the audio, and for a link that is new."""
    response = await play(hass)

    assert outcome(response) == ("direct", "playable")
    assert endpoints(http_pbx) == [LINK, AUDIO, LINK]


@pytest.mark.usefixtures("http_entry")
async def test_plays_in_a_row_take_a_request_each(
    hass: HomeAssistant, http_pbx: PbxSimulator, clock: Clock
) -> None:
    """The audio is looked at once a minute."""
    for _ in range(3):
        await play(hass)
    assert endpoints(http_pbx) == [LINK, AUDIO, LINK, LINK, LINK]

    clock.tick(61)
    await play(hass)

    assert endpoints(http_pbx)[5:] == [LINK, AUDIO, LINK]


@pytest.mark.usefixtures("http_entry")
async def test_plays_at_once_look_at_the_audio_once(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player
) -> None:
    """Each of them has its own link."""
    fields = {"extension": "3200", "file": "vm_welcome.wav"}

    await asyncio.gather(*(play(hass, **fields) for _ in range(20)))

    assert asked(http_pbx) == {LINK: 21, AUDIO: 1}
    assert len({url for _, url, _ in player.played}) == 20


@pytest.mark.usefixtures("entry")
async def test_a_certificate_that_no_player_trusts(hass: HomeAssistant) -> None:
    """It is the user who trusts it."""
    response = await play(hass)

    assert outcome(response) == ("relay", "certificate")


@pytest.mark.usefixtures("http_entry")
async def test_a_name_of_what_few_players_decode(hass: HomeAssistant) -> None:
    """The upper-case suffix is Asterisk's for GSM."""
    response = await play(hass, extension="3200", file="closed.WAV")

    assert outcome(response) == ("relay", "format")


@pytest.mark.usefixtures("http_entry")
@pytest.mark.parametrize("encoding", [Encoding.ALAW, Encoding.MULAW, Encoding.GSM])
async def test_audio_that_few_players_decode(
    hass: HomeAssistant, http_pbx: PbxSimulator, encoding: Encoding
) -> None:
    """Whatever its name promises."""
    greeting = SimulatedGreeting("hello.wav", encoding=encoding, frequency=600)
    http_pbx.extensions["0042"].greetings = [greeting]

    response = await play(hass, extension="0042", file="hello.wav")

    assert outcome(response) == ("relay", "format")


@pytest.mark.usefixtures("http_entry")
async def test_a_link_with_a_query(hass: HomeAssistant, http_pbx: PbxSimulator) -> None:
    """It could contain the token, which no player may see."""
    link = (await play(hass))["url"]
    resource = f"{link.removeprefix(http_pbx.base_url)}?id=1"
    http_pbx.switches.play_resource_url = resource

    response = await play(hass)

    assert outcome(response) == ("relay", "link")


class QueryLater:
    """Lets the links that follow the first audio have a query."""

    def __init__(self, pbx: PbxSimulator) -> None:
        self.pbx = pbx

    async def inflict(self, http: web.Request, answer: Answer) -> web.StreamResponse:
        """Send the audio."""
        self.pbx.switches.play_resource_url = f"{http.path}?id=1"
        return answer()


@pytest.mark.usefixtures("http_entry")
async def test_a_second_link_with_a_query(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """The player would get that one: the first one was used to look at the audio."""
    http_pbx.faults[AUDIO] = QueryLater(http_pbx)

    response = await play(hass)

    assert outcome(response) == ("relay", "link")


@pytest.mark.usefixtures("http_entry")
async def test_a_link_that_needs_the_token(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """A player would get no audio from it; the relay does."""
    http_pbx.switches.play_link_needs_token = True

    response = await play(hass)

    assert outcome(response) == ("relay", "link")


@pytest.mark.usefixtures("http_entry")
@pytest.mark.parametrize(
    "integration", ["apple_tv", "cast", "slimproto", "sonos", "soundtouch"]
)
async def test_a_player_that_fails_with_telephony_wav(
    hass: HomeAssistant,
    player: Player,
    integration: str,
    expected_warnings: list[str],
) -> None:
    """It is known by its integration. One of several is enough."""
    expected_warnings.append(NO_ENTITY)
    other = other_player(hass, integration)

    response = await play(hass, entity_id=[KITCHEN, other])

    assert outcome(response) == ("relay", "player")
    assert len(player.played) == 1


@pytest.mark.usefixtures("http_entry")
@pytest.mark.parametrize(
    "attributes",
    [
        {"entity_id": ["media_player.inner", "media_player.outer"]},
        {"active_child": "media_player.inner"},
    ],
)
async def test_players_behind_players(
    hass: HomeAssistant,
    attributes: dict[str, object],
    expected_warnings: list[str],
) -> None:
    """Groups and universal players pass on what they are told to play."""
    expected_warnings.append(NO_ENTITY)
    other = other_player(hass, "sonos")
    features = {"supported_features": MediaPlayerEntityFeature.PLAY_MEDIA}
    members = {"entity_id": ["media_player.gone", other]}
    hass.states.async_set("media_player.inner", "idle", members)
    hass.states.async_set("media_player.outer", "idle", {**features, **attributes})

    response = await play(
        hass,
        entity_id=[KITCHEN, "media_player.outer"],
    )

    assert outcome(response) == ("relay", "player")


@pytest.mark.usefixtures("http_entry")
@pytest.mark.parametrize("file", ["vm_welcome.wav", "closed.WAV"])
@pytest.mark.parametrize("delivery", ["direct", "relay"])
async def test_a_delivery_that_the_action_names(
    hass: HomeAssistant, file: str, delivery: str
) -> None:
    """It is the one."""
    response = await play(hass, extension="3200", file=file, delivery=delivery)

    assert outcome(response) == (delivery, "requested")


@pytest.mark.parametrize("delivery", ["direct", "relay"])
async def test_a_delivery_that_the_pbx_has_as_its_option(
    hass: HomeAssistant, http_entry: MockConfigEntry, delivery: str
) -> None:
    """It is the one unless the action names another, which may be `auto`."""
    hass.config_entries.async_update_entry(http_entry, options={"delivery": delivery})
    await hass.async_block_till_done()
    fields = {"extension": "3200", "file": "vm_welcome.wav"}

    assert outcome(await play(hass, **fields)) == (delivery, "option")
    assert outcome(await play(hass, **fields, delivery="auto")) == (
        "direct",
        "playable",
    )


@pytest.mark.usefixtures("http_entry")
@pytest.mark.parametrize(
    "fault", [Fault.NOT_FOUND_404, Fault.HTML, Fault.EMPTY, Fault.RESET]
)
@pytest.mark.parametrize("delivery", ["direct", "auto"])
async def test_a_file_that_is_gone(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    player: Player,
    fault: Fault,
    delivery: str,
) -> None:
    """The PBX still gives a link to it. The action fails, and plays it once it can."""
    http_pbx.faults[AUDIO] = fault
    fields = {"extension": "3200", "file": "vm_welcome.wav", "delivery": delivery}

    for _ in range(2):
        message = await refusal(hass, **fields)
        assert "does not lead to audio" in message or "closed the connection" in message
    assert player.played == []

    http_pbx.faults.clear()
    await play(hass, **fields)
    assert len(player.played) == 1


class Once:
    """Lets each link lead to its audio once."""

    def __init__(self) -> None:
        """Begin with no link used."""
        self.used: set[str] = set()

    async def inflict(self, http: web.Request, answer: Answer) -> web.StreamResponse:
        """Answer, or do not find it."""
        if http.path in self.used:
            return web.Response(status=404)
        self.used.add(http.path)
        return answer()


@pytest.mark.usefixtures("http_entry")
@pytest.mark.parametrize("delivery", ["direct", "auto", "relay"])
async def test_a_link_that_works_once(
    hass: HomeAssistant, http_pbx: PbxSimulator, delivery: str
) -> None:
    """It is left to the player."""
    http_pbx.faults[AUDIO] = Once()

    response = await play(hass, delivery=delivery)

    if delivery != "relay":
        session = async_get_clientsession(hass)
        async with session.get(response["url"]) as audio:
            assert await audio.read() == greetings(http_pbx, "3200")["vm_welcome.wav"]


class Stalling:
    """Sends the first bytes of an answer, and then nothing."""

    async def inflict(self, http: web.Request, answer: Answer) -> web.StreamResponse:
        """Begin to answer."""
        whole = answer()
        response = await promise(http, whole)
        await response.write(body_of(whole)[:300])
        return await asyncio.Future()


@pytest.mark.usefixtures("http_entry")
async def test_a_slow_line(hass: HomeAssistant, http_pbx: PbxSimulator) -> None:
    """A few bytes are enough to look at; nobody waits for thousands of them."""
    http_pbx.faults[AUDIO] = Stalling()

    response = await play(hass)

    assert outcome(response) == ("direct", "playable")


@pytest.mark.usefixtures("http_entry")
async def test_long_audio_is_not_fetched_to_look_at_it(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player
) -> None:
    """Its first bytes are enough; nothing waits for the rest."""
    http_pbx.faults[AUDIO] = Fault.HUGE_AUDIO

    response = await play(hass, delivery="direct")

    assert player.played[0][1] == response["url"]
