"""Answers that are refused: texts that say what to do, and diagnostics with the shape.

The shape has keys and types. Nothing in it is private, not even a key.
"""

import json
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from hypothesis import assume, given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.yeastar_vm.pbx import InvalidResponse
from custom_components.yeastar_vm.pbx.http.mismatches import Mismatches, shape_of
from custom_components.yeastar_vm.pbx.vocabulary import is_key
from simulator import Fault, PbxSimulator, Says, Spoiler
from tests.clock import Clock
from tests.user_interface import TRANSLATIONS

from .common import Player, call, entry_for
from .mailboxes.common import Arrivals, leo_ball, load_with_mailboxes, poll

POINTER = 'select Configure for the PBX, then "Check the PBX"'
GREETINGS: dict[str, Any] = {"extension": "3200"}
KITCHEN: dict[str, Any] = {
    **GREETINGS,
    "file": "vm_welcome.wav",
    "entity_id": "media_player.kitchen",
}
DIRECT: dict[str, Any] = {**KITCHEN, "delivery": "direct"}
SUCCESS = {"errcode": 0, "errmsg": "SUCCESS"}
HEAD = {"errcode": "number", "errmsg": "text"}


async def refused_answers(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry
) -> dict[str, Any]:
    """Return what diagnostics have of them."""
    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert "Weber" not in repr(diagnostics)
    refused: Any = diagnostics["refused_answers"]
    return dict(refused)


@pytest.mark.parametrize(
    ("endpoint", "answer", "action", "given", "shape", "status"),
    [
        (
            "extension_vm_greeting/list",
            Says({**SUCCESS, "greeting_list": {"Weber": "3200", "number": "3200"}}),
            "list_greetings",
            GREETINGS,
            {**HEAD, "greeting_list": {"(key 1)": "text", "number": "text"}},
            None,
        ),
        (
            "extension_vm_greeting/list",
            Says(["Weber", 1, "Anna"]),
            "list_greetings",
            GREETINGS,
            ["text", "number"],
            200,
        ),
        (
            "extension_vm_greeting/list",
            Fault.NOT_FOUND_404,
            "list_greetings",
            GREETINGS,
            "html",
            404,
        ),
        (
            "extension/list",
            Says({**SUCCESS, "data": "Weber"}),
            "search_extensions",
            {"search": ""},
            {**HEAD, "data": "text"},
            None,
        ),
        (
            "extension_vm_greeting/play",
            Says({**SUCCESS, "play_resource_url": "https://weber.example/Weber"}),
            "play_greeting",
            DIRECT,
            {**HEAD, "play_resource_url": "text"},
            None,
        ),
        ("download", Fault.HTML, "play_greeting", DIRECT, "html", 200),
    ],
)
async def test_an_action(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    entry: MockConfigEntry,
    pbx: PbxSimulator,
    player: Player,
    clock: Clock,
    endpoint: str,
    answer: Spoiler,
    action: str,
    given: dict[str, Any],
    shape: Any,
    status: int | None,
) -> None:
    """Its error says what to do next, and diagnostics have what was refused."""
    pbx.faults[endpoint] = answer

    with pytest.raises(HomeAssistantError, match=POINTER) as err:
        await call(hass, action, **given)

    clock.tick(5)
    refused = await refused_answers(hass, hass_client, entry)
    assert "Weber" not in str(err.value)
    assert [*refused] == [endpoint]
    assert refused[endpoint].pop("reason")
    assert refused[endpoint] == {"http_status": status, "age": 5, "shape": shape}


async def test_a_poll(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    pbx: PbxSimulator,
    expected_warnings: list[str],
) -> None:
    """The log says it; only the last answer of an endpoint is kept."""
    entry = await load_with_mailboxes(hass, pbx, leo_ball())
    expected_warnings.append(POINTER)
    pbx.faults["vm/query"] = Fault.HTML
    await poll(entry)
    pbx.faults["vm/query"] = Says({**SUCCESS, "voicemail_list": [{"data": "Weber"}]})
    await poll(entry)
    pbx.faults["vm/query"] = Says({**SUCCESS, "voicemail_list": "Weber"})
    await poll(entry)

    refused = await refused_answers(hass, hass_client, entry)

    assert refused["vm/query"]["shape"] == {**HEAD, "voicemail_list": "text"}
    assert refused["vm/query"]["reason"] == "voicemail_list is not a list"


@pytest.mark.parametrize(
    ("message", "shape", "lacks"),
    [
        (
            '{"Weber": "3200", "status": 1}',
            ["text", {"(key 1)": "text", "status": "number"}],
            "number",
        ),
        ("Weber", "text", "message"),
        (["Weber"], ["text"], "message"),
    ],
)
async def test_an_event(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    pbx: PbxSimulator,
    message: Any,
    shape: Any,
    lacks: str,
) -> None:
    """It is left out; the next one is understood."""
    entry = await load_with_mailboxes(hass, pbx, leo_ball())
    arrivals = Arrivals(hass)

    pbx.events.send_frame(json.dumps({"type": 30009, "msg": message}))
    pbx.leave_message("3200", "15550123")
    await arrivals.wait_for(1)

    refused = await refused_answers(hass, hass_client, entry)
    assert refused["subscribe"]["shape"] == {"type": "number", "msg": shape}
    assert refused["subscribe"]["reason"] == f"an event 30009 without a {lacks}"


@pytest.mark.parametrize(
    ("endpoint", "answer", "shape"),
    [
        (
            "system/information",
            {**SUCCESS, "data": {"model_name": "Weber", "sn": ""}},
            {**HEAD, "data": {"model_name": "text", "sn": "empty text"}},
        ),
        (
            "get_token",
            {**SUCCESS, "access_token": None, "is_new": True},
            {**HEAD, "access_token": "null", "is_new": "true or false"},
        ),
    ],
)
async def test_a_setup(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    pbx: PbxSimulator,
    endpoint: str,
    answer: dict[str, Any],
    shape: Any,
) -> None:
    """It outlives the client whose request it was."""
    pbx.faults[endpoint] = Says(answer)
    entry = entry_for(pbx)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert POINTER in (entry.reason or "")

    refused = await refused_answers(hass, hass_client, entry)

    assert refused[endpoint]["shape"] == shape


def test_a_shape_is_bounded() -> None:
    """However large an answer is, and however deep."""
    rows: list[object] = [{f"key_{number}": number} for number in range(100)]
    deep: Any = "end"
    for _ in range(50):
        deep = {"data": [deep]}

    shape = shape_of({"data": rows, **{f"k{n}": n for n in range(100)}, "msg": deep})

    kinds = shape_of(["Weber", 1, None, True, [], {}])

    assert kinds == ["text", "number", "null", "true or false", "…"]
    assert len(shape) == 41  # with the mark of what is left out
    assert isinstance(shape, dict)
    assert shape["data"] == [{"(key 1)": "number"}]
    assert shape_of([*[1] * 99, "Weber"]) == ["number", "text"]
    assert shape_of([*[1] * 100, "Weber"]) == ["number"]
    assert shape_of(deep) == {"data": [{"data": [{"data": ["…"]}]}]}


@pytest.mark.parametrize(
    ("answer", "shape"),
    [
        (b'{"errcode": 0}', {"errcode": "number"}),
        (b'\xef\xbb\xbf{"errcode": 0}', {"errcode": "number"}),
        (b'{"errcode": 0' + b" " * 250_000 + b"}", {"errcode": "number"}),
        (b'{"errcode": 0' + b" " * 270_000 + b"}", "json"),
        (b'{"errcode": 0', "json"),
        (b"[" * 100_000, "json"),
        (b'"Weber"', "text"),
        (b"<p>Weber", "html"),
        (None, "…"),
    ],
)
def test_the_shape_of_an_answer(answer: bytes | None, shape: Any) -> None:
    """Of one that is too large, or is not JSON, it is what kind of answer it is."""
    mismatches = Mismatches()

    mismatches.note("extension/list", InvalidResponse("no"), answer)

    assert mismatches.by_endpoint["extension/list"].shape == shape


@pytest.mark.parametrize(
    "text",
    [
        "{Weber",
        pytest.param('{"":' + "[" * 250_000, id="deep"),
        pytest.param('{"number":"3200"' + " " * 300_000 + "}", id="large"),
    ],
)
def test_a_text_that_only_begins_like_an_object(text: str) -> None:
    """Or is too deep or too large to read: it is a text like any other."""
    assert shape_of(text) == "text"


def test_an_object_in_a_text_in_an_object() -> None:
    """It is read as deep as any other value."""
    text = "{}"
    for _ in range(4):
        text = json.dumps({"msg": text})

    assert shape_of(text) == [
        "text",
        {"msg": ["text", {"msg": ["text", {"msg": "text"}]}]},
    ]


@given(st.text(st.characters(categories=("L", "N", "Zs")), min_size=8))
def test_a_shape_tells_nothing(secret: str) -> None:
    """Wherever something private stands."""
    assume(not is_key(secret))  # hypothesis tries the words of the code, too
    answer = {
        secret: secret,
        "data": [secret, {secret: [secret]}, {"number": {secret: 1}}],
        "msg": json.dumps({secret: secret}),
    }

    assert secret not in json.dumps(shape_of(answer), ensure_ascii=False)


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("key", ["not_a_pbx", "invalid_link", "no_audio"])
def test_the_text_names_the_check_as_the_menu_does(key: str, language: str) -> None:
    """In each language."""
    translated = TRANSLATIONS[language]
    menu = translated["options"]["step"]["init"]["menu_options"]

    assert menu["check"] in translated["exceptions"][key]["message"]
