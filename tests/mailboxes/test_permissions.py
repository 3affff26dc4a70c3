"""Who may do what with messages: users, what they may do with the event entity."""

from typing import Any, Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.yeastar_vm.const import DOMAIN
from simulator import PbxSimulator
from tests.common import KITCHEN, Player
from tests.engines import ENGINE
from tests.users import EVERYTHING, access_token, user_with

from .common import MESSAGE

pytestmark = pytest.mark.usefixtures("leo")

PLAYER = "media_player.kitchen"

type Call = tuple[str, dict[str, Any]]

# What each user may do, by the names that the tests give them.
POLICIES: Final[dict[str, Any]] = {
    "user": EVERYTHING,
    "reader": {"entities": {"all": {"read": True}}},
    "listener": {"entities": {"entity_ids": {MESSAGE: {"read": True}, PLAYER: True}}},
    "owner": {"entities": {"entity_ids": {MESSAGE: True, PLAYER: True}}},
    "of the players": {"entities": {"domains": {"media_player": True}}},
    "of the sensors": {"entities": {"domains": {"sensor": True}}},
}
LIST: Final[Call] = ("list_messages", {})
TRANSCRIBE: Final[Call] = ("transcribe_message", {"engine": ENGINE})
PLAY: Final[Call] = ("play_message", KITCHEN)
PLAY_AND_MARK: Final[Call] = ("play_message", {**KITCHEN, "mark_as_read": True})
MARK: Final[Call] = ("mark_message_read", {})
DELETE: Final[Call] = ("delete_message", {})
CALLS: Final = (LIST, TRANSCRIBE, PLAY, PLAY_AND_MARK, MARK, DELETE)
ALLOWED: Final[dict[str, tuple[Call, ...]]] = {
    "user": CALLS,
    "reader": (LIST, TRANSCRIBE),
    "listener": (LIST, TRANSCRIBE, PLAY),
    "owner": CALLS,
    "of the players": (),
    "of the sensors": (),
}


async def act(
    hass: HomeAssistant, call: Call, user_id: str | None, message_id: str
) -> None:
    """Use a message in the mailbox of Leo Ball in the name of a user."""
    action, data = call
    if action != "list_messages":
        data = {**data, "message_id": message_id}
    await hass.services.async_call(
        DOMAIN,
        action,
        {"mailbox": "3200", **data},
        blocking=True,
        return_response=call not in (MARK, DELETE),
        context=Context(user_id=user_id),
    )


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("call", CALLS)
async def test_users_use_what_they_may_use_of_the_entity(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    player: Player,
    name: str,
    call: Call,
) -> None:
    """See it to hear, control it to change; others are refused before the PBX is asked.

    The error says whom to ask.
    """
    left = http_pbx.leave_message("3200", "15550123", announced=False)
    user = user_with(hass, POLICIES[name])

    if is_allowed := call in ALLOWED[name]:
        await act(hass, call, user.id, left.msg_id)
    else:
        with pytest.raises(Unauthorized) as refused:
            await act(hass, call, user.id, left.msg_id)
        assert http_pbx.requests == []
        error = refused.value
        assert (error.context or error).user_id == user.id
        assert error.entity_id in (MESSAGE, PLAYER)
        is_changed = error.entity_id == PLAYER or call in (PLAY_AND_MARK, MARK, DELETE)
        assert error.permission == ("control" if is_changed else "read")

    assert len(player.played) == (is_allowed and call[0] == "play_message")
    assert left.is_read is (is_allowed and call is MARK)
    is_gone = http_pbx.mailboxes.listed("3200") == []
    assert is_gone is (is_allowed and call is DELETE)


@pytest.mark.usefixtures("engine", "player")
@pytest.mark.parametrize("call", CALLS)
async def test_automations_and_administrators(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    hass_admin_user: MockUser,
    call: Call,
) -> None:
    """They may do everything."""
    for user_id in (None, hass_admin_user.id):
        left = http_pbx.leave_message("3200", "15550123", announced=False)
        await act(hass, call, user_id, left.msg_id)


@pytest.mark.usefixtures("engine", "player")
@pytest.mark.parametrize("call", CALLS)
async def test_a_user_who_is_gone(
    hass: HomeAssistant, http_pbx: PbxSimulator, call: Call
) -> None:
    """Nothing is done in their name."""
    with pytest.raises(UnknownUser):
        await act(hass, call, "nobody", "1")

    assert http_pbx.requests == []


async def test_the_error_says_whom_to_ask(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    expected_warnings: list[str],
) -> None:
    """In a dashboard, where Home Assistant itself only says "Unauthorized"."""
    expected_warnings.append("Error during service call")
    user = user_with(hass, POLICIES["of the sensors"])
    dashboard = await hass_ws_client(hass, await access_token(hass, user))

    await dashboard.send_json_auto_id(
        {
            "type": "call_service",
            "domain": DOMAIN,
            "service": "list_messages",
            "service_data": {"mailbox": "3200"},
            "return_response": True,
        }
    )

    answer = await dashboard.receive_json()
    assert answer["error"]["message"] == (
        "Your user may not do this with the messages of 3200."
        " Ask an administrator of Home Assistant"
    )


@pytest.mark.usefixtures("player")
@pytest.mark.parametrize("call", [LIST, PLAY, PLAY_AND_MARK, MARK])
async def test_an_event_entity_that_was_renamed_or_disabled(
    hass: HomeAssistant, http_pbx: PbxSimulator, call: Call
) -> None:
    """Its new ID counts, and its old one no longer does."""
    left = http_pbx.leave_message("3200", "15550123", announced=False)
    old = user_with(hass, POLICIES["owner"])
    new = user_with(
        hass, {"entities": {"entity_ids": {"event.leo": True, PLAYER: True}}}
    )
    er.async_get(hass).async_update_entity(
        MESSAGE,
        new_entity_id="event.leo",
        disabled_by=er.RegistryEntryDisabler.USER,
    )
    await hass.async_block_till_done()

    await act(hass, call, new.id, left.msg_id)
    with pytest.raises(Unauthorized):
        await act(hass, call, old.id, left.msg_id)


@pytest.mark.usefixtures("player", "engine")
@pytest.mark.parametrize("call", CALLS)
async def test_an_event_entity_that_was_removed_from_the_registry(
    hass: HomeAssistant, http_pbx: PbxSimulator, hass_admin_user: MockUser, call: Call
) -> None:
    """Who may use all entities still can: no policy can name one that is not there."""
    owner = user_with(hass, POLICIES["owner"])
    er.async_get(hass).async_remove(MESSAGE)

    for user_id in (None, hass_admin_user.id, user_with(hass, EVERYTHING).id):
        left = http_pbx.leave_message("3200", "15550123", announced=False)
        await act(hass, call, user_id, left.msg_id)
    with pytest.raises(Unauthorized):
        await act(hass, call, owner.id, left.msg_id)
