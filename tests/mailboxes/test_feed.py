"""The card follows mailboxes over a WebSocket, and changes their messages."""

from typing import Any, Final

from homeassistant.components.stt import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from simulator import Outage, PbxSimulator
from tests.engines import ENGINE, Engine
from tests.users import access_token, user_with

from .common import ANN_MESSAGE, MESSAGE, ann_empty, leo_ball, load_with_mailboxes, poll

SUBSCRIBE: Final = "yeastar_vm/messages/subscribe"
MARK: Final = "yeastar_vm/messages/mark_read"
DELETE: Final = "yeastar_vm/messages/delete"
TRANSCRIBE: Final = "yeastar_vm/messages/transcribe"


class Card:
    """A card in a browser: what it is told, and what it asks for."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket

    async def follow(self, *entity_ids: str) -> list[dict[str, Any]]:
        """Follow mailboxes, by default that of Leo Ball; return what is told."""
        followed = list(entity_ids or [MESSAGE])
        answer = await self.ask(SUBSCRIBE, entity_ids=followed)
        assert answer["success"]
        return [await self.told() for _ in followed]

    async def told(self) -> dict[str, Any]:
        """Return what is told next."""
        event = await self._socket.receive_json()
        told: dict[str, Any] = event["event"]
        return told

    async def ask(self, command: str, **data: Any) -> dict[str, Any]:
        """Send a command; return its answer, and skip what is told before it."""
        await self._socket.send_json_auto_id({"type": command, **data})
        while "event" in (answer := await self._socket.receive_json()):
            pass
        found: dict[str, Any] = answer
        return found


async def card_of(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, policy: dict[str, Any]
) -> Card:
    """Return the card of a user with a policy."""
    user = user_with(hass, policy)
    return Card(await hass_ws_client(hass, await access_token(hass, user)))


@pytest.fixture
async def card(
    hass: HomeAssistant, leo: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> Card:
    """Return the card of an administrator."""
    return Card(await hass_ws_client(hass))


async def test_a_card_shows_the_messages(
    http_pbx: PbxSimulator, leo: MockConfigEntry, card: Card
) -> None:
    """Who called, when, and whether it is new; then each change alone."""
    message = http_pbx.leave_message("3200", "+4930123456", "Anna Weber", duration=4)
    await poll(leo)

    [shown] = await card.follow()

    [row] = shown.pop("messages")
    assert shown == {
        "type": "mailbox",
        "entity_id": MESSAGE,
        "state": "ready",
        "name": "Leo Ball (3200)",
        "can_control": True,
        "can_transcribe": False,
        "is_current": True,
        "limit": None,
    }
    assert row["message_id"] == message.msg_id
    assert row["caller_name"] == "Anna Weber"
    assert row["caller_number"] == "+4930123456"
    assert (row["duration"], row["unread"], row["transcript"]) == (4, True, None)
    assert row["media_content_id"].endswith(f"/messages/3200/{message.msg_id}")

    new = http_pbx.leave_message("3200", "2")
    http_pbx.read_at_phone(message.msg_id)
    await poll(leo)
    changed = await card.told()
    assert changed["type"] == "change"
    assert {each["message_id"] for each in changed["messages"]} == {
        new.msg_id,
        message.msg_id,
    }
    assert changed["removed"] == []


async def test_the_pbx_is_away(
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    card: Card,
    expected_warnings: list[str],
) -> None:
    """The card keeps its list, and knows that it is not up to date."""
    http_pbx.leave_message("3200", "1")
    await poll(leo)
    await card.follow()
    expected_warnings.append("cannot be reached")

    await http_pbx.begin_outage(Outage.REFUSED)
    await poll(leo)
    away = await card.told()
    await http_pbx.end_outage()
    await poll(leo)
    back = await card.told()

    assert (away["is_current"], away["messages"], away["removed"]) == (False, [], [])
    assert back["is_current"]


async def test_a_reload_ends_in_the_list(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, card: Card
) -> None:
    """Without anything that the card has to do."""
    http_pbx.leave_message("3200", "1")
    await poll(leo)
    await card.follow()

    await hass.config_entries.async_reload(leo.entry_id)
    states: list[str] = []
    while not states or states[-1] != "ready":
        told = await card.told()
        states.append(told["state"])

    assert states[0] != "ready"
    assert len(told["messages"]) == 1


async def test_a_mailbox_that_is_not_there(
    hass: HomeAssistant, leo: MockConfigEntry, card: Card
) -> None:
    """Nor is one that is no mailbox, or that is removed while it is shown."""
    shown = await card.follow(MESSAGE, "event.nobody", "sensor.leo_ball_3200_presence")
    assert [each["state"] for each in shown[1:]] == ["not_found", "not_found"]

    [subentry] = leo.subentries.values()
    hass.config_entries.async_remove_subentry(leo, subentry.subentry_id)
    await hass.async_block_till_done()

    told = await card.told()
    assert told == {"type": "mailbox", "entity_id": MESSAGE, "state": "not_found"}


@pytest.mark.parametrize(
    ("policy", "state", "can_control"),
    [
        ({}, "not_allowed", None),
        ({"entities": {"entity_ids": {MESSAGE: {"read": True}}}}, "ready", False),
        ({"entities": {"entity_ids": {MESSAGE: True}}}, "ready", True),
    ],
)
async def test_who_may_see_and_change(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    policy: dict[str, Any],
    state: str,
    can_control: bool | None,
) -> None:
    """Nothing of a mailbox reaches who may not see its event entity."""
    message = http_pbx.leave_message("3200", "1", "Anna Weber")
    await poll(leo)
    card = await card_of(hass, hass_ws_client, policy)

    [shown] = await card.follow()
    answers = [
        await card.ask(command, entity_id=MESSAGE, message_ids=[message.msg_id])
        for command in (MARK, DELETE)
    ]

    assert shown["state"] == state
    assert shown.get("can_control") == can_control
    assert ("Anna Weber" in str(shown)) == (state == "ready")
    assert [each["success"] for each in answers] == [bool(can_control)] * 2
    if not can_control:
        assert {each["error"]["code"] for each in answers} == {"not_allowed"}
    http_pbx.leave_message("3200", "2", "Zoe")
    await poll(leo)


async def test_marking_and_deleting(
    http_pbx: PbxSimulator, leo: MockConfigEntry, card: Card
) -> None:
    """Each card is told; what is gone already is no error."""
    first = http_pbx.leave_message("3200", "1")
    second = http_pbx.leave_message("3200", "2")
    await poll(leo)

    marked = await card.ask(
        MARK, entity_id=MESSAGE, message_ids=[first.msg_id, second.msg_id]
    )
    deleted = await card.ask(DELETE, entity_id=MESSAGE, message_ids=[first.msg_id])
    again = await card.ask(
        DELETE, entity_id=MESSAGE, message_ids=[first.msg_id, "1790000000-00000001"]
    )

    assert [marked["success"], deleted["success"], again["success"]] == [True] * 3
    assert http_pbx.mailboxes.listed("3200") == [second]
    assert second.is_read
    [shown] = await card.follow()
    assert [row["message_id"] for row in shown["messages"]] == [second.msg_id]


@pytest.mark.parametrize(
    ("entity_id", "is_away", "code", "said"),
    [
        ("event.nobody", False, "not_found", "event.nobody is not a mailbox"),
        (MESSAGE, True, "home_assistant_error", "The PBX"),
    ],
)
async def test_what_cannot_be_marked(
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    card: Card,
    entity_id: str,
    is_away: bool,
    code: str,
    said: str,
) -> None:
    """The card gets a reason in words to show."""
    message = http_pbx.leave_message("3200", "1")
    await poll(leo)
    if is_away:
        await http_pbx.begin_outage(Outage.REFUSED)

    answer = await card.ask(MARK, entity_id=entity_id, message_ids=[message.msg_id])

    assert answer["error"]["code"] == code
    assert answer["error"]["message"].startswith(said)


async def test_the_text_of_a_message(
    http_pbx: PbxSimulator, leo: MockConfigEntry, engine: Engine, card: Card
) -> None:
    """On demand, if there is an engine."""
    message = http_pbx.leave_message("3200", "1")
    await poll(leo)
    [shown] = await card.follow()

    answer = await card.ask(TRANSCRIBE, entity_id=MESSAGE, message_id=message.msg_id)

    assert shown["can_transcribe"]
    assert answer["result"]["state"] == "text"
    assert answer["result"]["text"] == engine.text


@pytest.mark.parametrize(
    ("is_available", "languages"), [(False, ("en-US",)), (True, ("de-DE",))]
)
async def test_the_text_of_a_message_with_several_engines(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    engine: Engine,
    card: Card,
    is_available: bool,
    languages: tuple[str, ...],
) -> None:
    """It comes from one that is available and knows the language."""
    other = Engine()
    other.entity_id = "stt.a_first_one"
    other._attr_unique_id = "other"
    other._attr_available = is_available
    other.languages = languages
    await hass.data[DATA_COMPONENT].async_add_entities([other])
    message = http_pbx.leave_message("3200", "1")

    answer = await card.ask(TRANSCRIBE, entity_id=MESSAGE, message_id=message.msg_id)

    assert answer["result"]["text"] == engine.text
    assert other.heard == []


async def test_the_only_engine_cannot_be_used(
    http_pbx: PbxSimulator, leo: MockConfigEntry, engine: Engine, card: Card
) -> None:
    """Whoever asks for a text is told why there is none."""
    engine.languages = ("de-DE",)
    message = http_pbx.leave_message("3200", "1")

    answer = await card.ask(TRANSCRIBE, entity_id=MESSAGE, message_id=message.msg_id)

    assert "stt.engine does not support the language en" in answer["error"]["message"]
    assert engine.heard == []


async def test_nothing_turns_messages_into_text(
    http_pbx: PbxSimulator, leo: MockConfigEntry, card: Card
) -> None:
    """A card offers it only where it can be done; whoever asks for it is told why."""
    message = http_pbx.leave_message("3200", "1")

    answer = await card.ask(TRANSCRIBE, entity_id=MESSAGE, message_id=message.msg_id)

    assert answer["error"]["message"].startswith("There is no speech-to-text entity. ")


async def test_the_text_that_comes_by_itself(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    engine: Engine,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A card shows that it is to come, and then the text, without being asked."""
    await load_with_mailboxes(hass, http_pbx, leo_ball(engine=ENGINE))
    card = Card(await hass_ws_client(hass))
    await card.follow()

    http_pbx.leave_message("3200", "1")
    shown: list[Any] = []
    while len(shown) < 3:
        [row] = (await card.told())["messages"]
        shown.append(row["transcript"])

    assert shown == [
        None,
        {"state": "pending", "language": ""},
        {"state": "text", "language": "en-US", "text": engine.text},
    ]
    [again] = await card.follow()
    assert again["messages"][0]["transcript"] == shown[-1]


async def test_two_cards_share_what_is_read(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """And each follows its own mailboxes."""
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball(), ann_empty())
    one = Card(await hass_ws_client(hass))
    other = Card(await hass_ws_client(hass))
    await one.follow(MESSAGE)
    await other.follow(MESSAGE, ANN_MESSAGE)

    http_pbx.leave_message("3201", "1")
    http_pbx.leave_message("3200", "2")
    await poll(entry)

    assert (await one.told())["entity_id"] == MESSAGE
    assert {(await other.told())["entity_id"] for _ in range(2)} == {
        MESSAGE,
        ANN_MESSAGE,
    }
    assert er.async_get(hass).async_get(ANN_MESSAGE)
