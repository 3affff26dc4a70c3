"""Who may do what with messages: users are allowed what they are with its entity."""

from typing import Any, Final

from homeassistant.components import stt
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.yeastar_vm.const import DOMAIN
from simulator import PbxSimulator
from tests.common import Player

from .common import KITCHEN, MESSAGE
from .ears import Ears

PLAYER = "media_player.kitchen"
ENGINE = "stt.ears"

type Call = tuple[str, dict[str, Any]]

# What each user may do, by the names that the tests give them.
EVERYTHING: Final = True
POLICIES: Final[dict[str, Any]] = {
    "user": {"entities": EVERYTHING},
    "reader": {"entities": {"all": {"read": True}}},
    "listener": {
        "entities": {"entity_ids": {MESSAGE: {"read": True}, PLAYER: EVERYTHING}}
    },
    "of the players": {"entities": {"domains": {"media_player": EVERYTHING}}},
    "of the sensors": {"entities": {"domains": {"sensor": EVERYTHING}}},
}
LIST: Final[Call] = ("list_messages", {})
TRANSCRIBE: Final[Call] = ("transcribe_message", {"engine": ENGINE})
PLAY: Final[Call] = ("play_message", KITCHEN)
PLAY_AND_MARK: Final[Call] = ("play_message", {**KITCHEN, "mark_as_read": True})
CHANGES: Final = ("mark_message_read", "delete_message")
ALLOWED: Final[dict[str, tuple[Call, ...]]] = {
    "user": (LIST, TRANSCRIBE, PLAY, PLAY_AND_MARK),
    "reader": (LIST, TRANSCRIBE),
    "listener": (LIST, TRANSCRIBE, PLAY),
    "of the players": (),
    "of the sensors": (),
}


async def act(
    hass: HomeAssistant, action: str, user_id: str | None, **data: Any
) -> None:
    """Call an action on the mailbox of Leo Ball in the name of a user."""
    await hass.services.async_call(
        DOMAIN,
        action,
        {"mailbox": "3200", **data},
        blocking=True,
        return_response=action not in CHANGES,
        context=Context(user_id=user_id),
    )


@pytest.fixture
async def _ears(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "stt", {})
    await hass.data[stt.DATA_COMPONENT].async_add_entities([Ears()])


def user_with(hass: HomeAssistant, policy: dict[str, Any]) -> MockUser:
    """Return a user who is allowed what a policy says."""
    user = MockUser().add_to_hass(hass)
    user.mock_policy(policy)
    return user


@pytest.mark.usefixtures("leo", "_ears")
@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("call", [LIST, TRANSCRIBE, PLAY, PLAY_AND_MARK])
async def test_users_hear_what_they_may_see(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    player: Player,
    name: str,
    call: Call,
) -> None:
    """Others are refused before the PBX is asked."""
    left = http_pbx.leave_message("3200", "15550123", announced=False)
    user = user_with(hass, POLICIES[name])
    action, data = call

    if call in ALLOWED[name]:
        await act(hass, action, user.id, **data)
    else:
        with pytest.raises(Unauthorized):
            await act(hass, action, user.id, **data)
        assert http_pbx.requests == []

    assert len(player.played) == (action == "play_message" and call in ALLOWED[name])
    assert left.is_read is (call is PLAY_AND_MARK and call in ALLOWED[name])


@pytest.mark.usefixtures("leo")
@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("action", CHANGES)
async def test_only_administrators_change_the_pbx(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    hass_admin_user: MockUser,
    name: str,
    action: str,
) -> None:
    """Whatever else a user may do."""
    left = http_pbx.leave_message("3200", "15550123", announced=False)
    user = user_with(hass, POLICIES[name])

    with pytest.raises(Unauthorized):
        await act(hass, action, user.id, message_id=left.msg_id)
    assert http_pbx.requests == []

    await act(hass, action, hass_admin_user.id, message_id=left.msg_id)
    assert left.is_read or http_pbx.mailboxes.listed("3200") == []


@pytest.mark.usefixtures("leo", "_ears", "player")
@pytest.mark.parametrize("call", [LIST, TRANSCRIBE, PLAY, PLAY_AND_MARK])
async def test_automations_and_administrators(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    hass_admin_user: MockUser,
    call: Call,
) -> None:
    """They may do everything."""
    http_pbx.leave_message("3200", "15550123", announced=False)
    action, data = call

    for user_id in (None, hass_admin_user.id):
        await act(hass, action, user_id, **data)


@pytest.mark.usefixtures("_ears", "player")
@pytest.mark.parametrize("call", [LIST, TRANSCRIBE, PLAY, PLAY_AND_MARK])
async def test_a_user_who_is_gone(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    call: Call,
) -> None:
    """Nothing is done in their name."""
    action, data = call

    with pytest.raises(UnknownUser):
        await act(hass, action, "nobody", **data)

    assert http_pbx.requests == []
