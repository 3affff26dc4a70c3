"""Who sees and hears messages in the media browser and on a player."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from simulator import PbxSimulator
from tests.common import add_players
from tests.mailboxes.common import MESSAGE, ann_empty, leo_ball, load_with_mailboxes
from tests.players import MediaSourcePlayer
from tests.users import EVERYTHING, NOTHING, access_token, user_with

from .media import ROOT

KITCHEN = "media_player.kitchen"
BATH = "media_player.bath"
CALLER = "Anna Weber"
# What lies around a mailbox: its own entities are not among it.
ELSEWHERE = {"media_player": True, "input_boolean": True, "script": True}
NOT_OF_THE_MAILBOX: dict[str, Any] = {"entities": {"domains": ELSEWHERE}}
# The users, and whether they may see the event entity of Leo Ball.
USERS: dict[str, tuple[dict[str, Any], bool]] = {
    "everything": (EVERYTHING, True),
    "see everything": (
        {"entities": {"all": {"read": True}, "domains": ELSEWHERE}},
        True,
    ),
    "see the event entity": (
        {"entities": {"entity_ids": {MESSAGE: {"read": True}}, "domains": ELSEWHERE}},
        True,
    ),
    "see that of another": (
        {"entities": {"entity_ids": {"event.ann_empty_3201_message": True}}},
        False,
    ),
    "use what is elsewhere": (NOT_OF_THE_MAILBOX, False),
    "nothing": (NOTHING, False),
}


@dataclass
class Home:
    """A home with two mailboxes, a message in one of them, and two players."""

    hass: HomeAssistant
    pbx: str
    message: str
    players: list[MediaSourcePlayer]

    @property
    def played(self) -> int:
        """Return how often a player played."""
        return sum(len(player.played) for player in self.players)

    async def act(self, action: dict[str, Any]) -> None:
        """Add an automation that does something when the button is pressed."""
        automation = {
            "triggers": {
                "trigger": "state",
                "entity_id": "input_boolean.button",
                "to": "on",
            },
            "actions": [action],
        }
        config = {"automation": automation}
        assert await async_setup_component(self.hass, "automation", config)


@pytest.fixture
async def home(hass: HomeAssistant, http_pbx: PbxSimulator) -> AsyncIterator[Home]:
    """Return a home in which Anna Weber left a message for Leo Ball."""
    for component in ("api", "media_source"):
        assert await async_setup_component(hass, component, {})
    button: dict[str, Any] = {"input_boolean": {"button": {}}}
    assert await async_setup_component(hass, "input_boolean", button)
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball(), ann_empty())
    left = http_pbx.leave_message("3200", "15550123", CALLER, announced=False)
    await entry.runtime_data.mailboxes.messages.async_refresh()
    players = [MediaSourcePlayer("kitchen"), MediaSourcePlayer("bath")]
    await add_players(hass, *players)
    pbx = f"{ROOT}/{http_pbx.serial_number}"
    yield Home(hass, pbx, f"{pbx}/messages/3200/{left.msg_id}", players)
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture(autouse=True)
def _refusals_are_logged(possible_warnings: list[str]) -> None:
    """Let Home Assistant log that it did not do what a user asked for."""
    possible_warnings.append("Error during service call to media_player")


class Browser:
    """The browser of a user."""

    def __init__(self, connection: MockHAClientWebSocket) -> None:
        """Talk over a connection."""
        self._connection = connection

    async def ask(self, command: str, **data: Any) -> str:
        """Send a command; return the answer as it came."""
        await self._connection.send_json_auto_id({"type": command, **data})
        return json.dumps(await self._connection.receive_json())

    async def act(
        self, action: str, *players: str, response: bool = False, **data: Any
    ) -> str:
        """Call an action of players; return the answer as it came."""
        return await self.ask(
            "call_service",
            domain="media_player",
            service=action,
            service_data={"media_content_type": "music", **data},
            target={"entity_id": list(players)},
            return_response=response,
        )


async def browser_of(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, policy: dict[str, Any]
) -> Browser:
    """Return the browser of a user who is allowed what a policy says."""
    user = user_with(hass, policy)
    return Browser(await hass_ws_client(hass, await access_token(hass, user)))


@pytest.mark.parametrize("name", USERS)
async def test_who_may_see_the_event_entity_browses_the_messages(
    hass: HomeAssistant, home: Home, hass_ws_client: WebSocketGenerator, name: str
) -> None:
    """In the Media panel and through a player; others find nothing of them."""
    policy, may_see = USERS[name]
    browser = await browser_of(hass, hass_ws_client, policy)
    mailbox = f"{home.pbx}/messages/3200"

    async def browse(media_content_id: str) -> str:
        return await browser.ask(
            "media_source/browse_media", media_content_id=media_content_id
        )

    assert ("Leo Ball" in await browse(f"{home.pbx}/messages")) is may_see
    answers = [
        await browse(mailbox),
        await browser.ask(
            "media_player/browse_media",
            entity_id=KITCHEN,
            media_content_type="music",
            media_content_id=mailbox,
        ),
        *[
            await browser.ask(
                "media_source/search_media",
                media_content_id=media_content_id,
                search_query="anna",
            )
            for media_content_id in (ROOT, home.pbx, f"{home.pbx}/messages", mailbox)
        ],
    ]
    assert [CALLER in answer for answer in answers] == [may_see] * len(answers)
    # The folder of extensions is there for everybody.
    assert "Extensions" in await browse(home.pbx) or not may_see


@pytest.mark.parametrize("name", USERS)
async def test_who_may_see_the_event_entity_hears_the_messages(
    hass: HomeAssistant, home: Home, hass_ws_client: WebSocketGenerator, name: str
) -> None:
    """In the browser, and on one or several players that play what is typed by hand."""
    policy, may_see = USERS[name]
    browser = await browser_of(hass, hass_ws_client, policy)

    resolved = await browser.ask(
        "media_source/resolve_media", media_content_id=home.message
    )
    await browser.act("play_media", KITCHEN, media_content_id=home.message)
    await browser.act("play_media", KITCHEN, BATH, media_content_id=home.message)

    assert ("/api/yeastar_vm/" in resolved) is may_see
    assert ("Ask an administrator" in resolved) is not may_see
    assert home.played == (3 if may_see else 0)


@pytest.mark.parametrize("players", [(KITCHEN,), (KITCHEN, BATH)])
async def test_an_action_of_players_browses_for_its_user(
    hass: HomeAssistant,
    home: Home,
    hass_ws_client: WebSocketGenerator,
    players: tuple[str, ...],
) -> None:
    """Also where Home Assistant asks several players at once."""
    mailbox = f"{home.pbx}/messages/3200"
    for policy, may_see in (EVERYTHING, True), (NOT_OF_THE_MAILBOX, False):
        browser = await browser_of(hass, hass_ws_client, policy)
        answer = await browser.act(
            "browse_media", *players, media_content_id=mailbox, response=True
        )
        assert (CALLER in answer) is may_see


async def test_a_request_over_http_has_a_user(
    hass: HomeAssistant, home: Home, hass_client: ClientSessionGenerator
) -> None:
    """It plays only what that user may hear."""
    for policy, count in (NOT_OF_THE_MAILBOX, 0), (EVERYTHING, 1):
        token = await access_token(hass, user_with(hass, policy))
        client = await hass_client(token)
        await client.post(
            "/api/services/media_player/play_media",
            json={
                "entity_id": KITCHEN,
                "media_content_type": "music",
                "media_content_id": home.message,
            },
        )
        assert home.played == count


async def test_an_automation_that_a_click_sets_off_plays(
    hass: HomeAssistant, home: Home, hass_ws_client: WebSocketGenerator
) -> None:
    """It acts for itself, whoever clicked; so does a script."""
    browser = await browser_of(hass, hass_ws_client, NOT_OF_THE_MAILBOX)
    play = {
        "action": "media_player.play_media",
        "target": {"entity_id": [KITCHEN, BATH]},
        "data": {"media_content_type": "music", "media_content_id": home.message},
    }
    await home.act(play)
    script = {"script": {"play": {"sequence": [play]}}}
    assert await async_setup_component(hass, "script", script)

    for number, (domain, action) in enumerate(
        (("input_boolean", "turn_on"), ("script", "play")), 1
    ):
        await browser.ask(
            "call_service",
            domain=domain,
            service=action,
            target={"entity_id": "input_boolean.button"} if number == 1 else {},
        )
        await hass.async_block_till_done()
        assert home.played == 2 * number


async def test_an_event_entity_that_was_removed_is_for_those_who_see_all(
    hass: HomeAssistant, home: Home, hass_ws_client: WebSocketGenerator
) -> None:
    """No policy can name it."""
    er.async_get(hass).async_remove(MESSAGE)

    for name, may_hear in ("see everything", True), ("see the event entity", False):
        browser = await browser_of(hass, hass_ws_client, USERS[name][0])
        answer = await browser.ask(
            "media_source/resolve_media", media_content_id=home.message
        )
        assert ("/api/yeastar_vm/" in answer) is may_hear
