"""What the actions take: which fields, up to where, and what is meant without them."""

from typing import Any

import pytest
import voluptuous as vol

from custom_components.yeastar_vm.services import ACTIONS

from .calls import KITCHEN

GREETING = {"extension": "3200", "file": "a"}
MAILBOX = {"mailbox": "3200"}
PLAYER = {"entity_id": [KITCHEN]}
# What each action needs, and what it means by what is left out.
NEEDED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "delete_greeting": (GREETING, {}),
    "list_greetings": ({"extension": "3200"}, {}),
    "record_greeting": ({**GREETING, "recorder": "3201"}, {"timeout": 60}),
    "rename_greeting": ({**GREETING, "new_name": "b"}, {}),
    "search_extensions": ({"search": ""}, {"limit": 20}),
    "upload_greeting": ({**GREETING, "media": "/a.wav"}, {"overwrite": False}),
    "delete_message": ({**MAILBOX, "message_id": "1"}, {}),
    "list_messages": (MAILBOX, {"limit": 20, "unread": False}),
    "mark_message_read": ({**MAILBOX, "message_id": "1"}, {}),
    "play_message": ({**MAILBOX, **PLAYER}, {"mark_as_read": False}),
    "play_greeting": (PLAYER, {}),
    "transcribe_message": ({**MAILBOX, "engine": "stt.engine"}, {}),
}
PBX = {"config_entry_id": "01K7ZQ3V8XQ2M4S6T8W0Y2A4C6"}
PLAYING = {"announce": True, "extra": {"volume": 1}}
# What else each action takes, as it takes it.
TAKEN: dict[str, list[dict[str, Any]]] = {
    **{action: [PBX] for action in NEEDED},
    "list_messages": [PBX, {"unread": True}, {"limit": 1}, {"limit": 500}],
    "play_greeting": [
        {**PBX, **GREETING, **PLAYING, "delivery": "relay"},
        {"media": "x" * 2048, "enqueue": "add"},
        {"area_id": ["kitchen"]},
    ],
    "play_message": [
        {**PBX, **PLAYING, "message_id": ["1"] * 500, "mark_as_read": True},
        {"selection": "newest", "enqueue": "next"},
        {"selection": "all_unread"},
    ],
    "record_greeting": [PBX, {"timeout": 10}, {"timeout": 600}],
    "search_extensions": [PBX, {"limit": 1}, {"limit": 500}, {"search": "x" * 255}],
    "transcribe_message": [{**PBX, "message_id": "1", "language": "en"}],
    "upload_greeting": [{**PBX, "overwrite": True}, {"media": "x" * 32_768}],
}
REFUSED: dict[str, list[dict[str, Any]]] = {
    "list_greetings": [{"extension": "1" * 65}],
    "list_messages": [{"limit": 0}, {"limit": 501}, {"mailbox": "x" * 256}],
    "play_greeting": [{"delivery": "mail"}, {"enqueue": "add", "announce": True}],
    "play_message": [
        {"message_id": []},
        {"message_id": ["1"] * 501},
        {"selection": "oldest"},
        {"message_id": ["1"], "selection": "newest"},
    ],
    "record_greeting": [{"timeout": 9}, {"timeout": 601}],
    "search_extensions": [{"limit": 0}, {"limit": 501}, {"search": "x" * 256}],
}


def read(action: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return what an action makes of what it is given."""
    return dict(ACTIONS[action].schema(data))


def test_every_action_is_here() -> None:
    """With what it needs."""
    assert NEEDED.keys() == ACTIONS.keys()


@pytest.mark.parametrize("action", NEEDED)
def test_what_an_action_needs(action: str) -> None:
    """No field can be left out, and none is unknown."""
    needed, meant = NEEDED[action]

    assert read(action, needed) == {**needed, **meant}
    for field in needed:
        with pytest.raises(vol.Invalid):
            read(action, {key: needed[key] for key in needed if key != field})
    with pytest.raises(vol.Invalid):
        read(action, {**needed, "volume": 1})


@pytest.mark.parametrize(
    ("action", "data"), [(action, each) for action in TAKEN for each in TAKEN[action]]
)
def test_what_an_action_takes(action: str, data: dict[str, Any]) -> None:
    """It is passed on as it is."""
    needed, meant = NEEDED[action]

    assert read(action, {**needed, **data}) == {**needed, **meant, **data}


@pytest.mark.parametrize(
    ("action", "data"),
    [(action, each) for action in REFUSED for each in REFUSED[action]],
)
def test_what_an_action_does_not_take(action: str, data: dict[str, Any]) -> None:
    """It is refused before anything is asked."""
    with pytest.raises(vol.Invalid):
        read(action, {**NEEDED[action][0], **data})


@pytest.mark.parametrize(
    ("action", "length"), [("play_greeting", 2049), ("upload_greeting", 32_769)]
)
def test_media_that_is_too_long(action: str, length: int) -> None:
    """It is no media: the action says so."""
    read_media = read(action, {**NEEDED[action][0], "media": "x" * length})["media"]

    assert read_media == ""
