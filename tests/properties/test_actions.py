"""The actions, called with anything at all."""

from contextlib import suppress
import logging
from typing import Any

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.json import json_bytes
from hypothesis import example, given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.services import targets
from custom_components.yeastar_vm.services.extensions import SEARCH_EXTENSIONS_SCHEMA
from custom_components.yeastar_vm.services.greetings.changes import (
    DELETE_GREETING_SCHEMA,
    RENAME_GREETING_SCHEMA,
)
from custom_components.yeastar_vm.services.greetings.lists import LIST_GREETINGS_SCHEMA
from custom_components.yeastar_vm.services.greetings.play import PLAY_GREETING_SCHEMA
from custom_components.yeastar_vm.services.greetings.record import (
    RECORD_GREETING_SCHEMA,
)
from custom_components.yeastar_vm.services.greetings.upload import (
    UPLOAD_GREETING_SCHEMA,
)
from simulator import PbxSimulator, SimulatedGreeting
from simulator.lines import Answer
from tests.common import Player

from .browser import BrowserUrl
from .running import Run
from .strategies import WITH_FIXTURES, attacks, joined, json_values, near, texts

KITCHEN = "media_player.kitchen"

_greeting_ids = st.just("SERIAL/greetings/3200/vm_welcome.wav") | joined(
    "SERIAL", "/greetings/", "3200/", "closed.WAV", "3202/a+b", "/messages/", "/"
)
# Home Assistant checks targets for all actions, and takes no number or flag for one.
_targets = st.sampled_from((KITCHEN, "all", "none")) | texts | st.lists(texts)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "extension": st.sampled_from(("3200", 3200, "3200.0", " 3200 ", "3201", "9"))
    | texts
    | st.floats(),
    "file": st.sampled_from(("vm_welcome.wav", "closed.WAV")) | texts,
    "media": st.builds(
        lambda wrap, identifier: wrap(f"media-source://{DOMAIN}/{identifier}"),
        st.sampled_from(
            (
                lambda media: media,
                lambda media: [media],
                lambda media: {"media_content_id": media},
                lambda media: [{"media_content_id": media, "metadata": {}}],
            )
        ),
        _greeting_ids,
    ),
    "config_entry_id": st.just("ENTRY") | texts,
    "announce": st.booleans(),
    "enqueue": st.sampled_from(("play", "next", "add", "replace")),
    "extra": st.dictionaries(texts, json_values),
    "delivery": st.sampled_from(("auto", "direct", "relay")),
    "entity_id": st.just(KITCHEN) | st.just([KITCHEN]) | _targets,
    "area_id": _targets,
    "device_id": _targets,
    "label_id": _targets,
    "search": st.sampled_from(("3200", "leo", "")) | texts,
    "limit": st.integers(-1, 501) | st.floats(),
    "overwrite": st.booleans(),
    "recorder": st.sampled_from(("3200", 3200.0)) | texts,
    "new_name": st.just("holiday") | texts,
    "timeout": st.integers(9, 601) | st.floats(),
}
# YAML has more than JSON.
anything = json_values | st.dates() | st.binary() | st.tuples(texts)
_replaceable = st.sampled_from([key for key in FIELDS if not key.endswith("_id")])


def data_of(required: str, optional: str = "") -> st.SearchStrategy[dict[str, Any]]:
    """Return data with these fields, which are right or nearly so."""
    return st.fixed_dictionaries(
        {name: FIELDS[name] for name in required.split()},
        optional={name: FIELDS[name] for name in optional.split()},
    )


@given(
    data_of("", " ".join(FIELDS)),
    st.dictionaries(_replaceable | texts, anything, max_size=2),
)
@example({}, {"search": "a", "limit": float("inf")})
@example({}, {"search": "a", "limit": float("nan")})
@example({}, {"search": "a", "limit": 10**400})
def test_data_is_valid_or_invalid(
    data: dict[str, Any], replaced: dict[str, Any]
) -> None:
    """Whatever an automation has in its place."""
    for schema in (
        PLAY_GREETING_SCHEMA,
        LIST_GREETINGS_SCHEMA,
        SEARCH_EXTENSIONS_SCHEMA,
        UPLOAD_GREETING_SCHEMA,
        RECORD_GREETING_SCHEMA,
        RENAME_GREETING_SCHEMA,
        DELETE_GREETING_SCHEMA,
    ):
        with suppress(vol.Invalid):
            schema({**data, **replaced})


_options = "announce enqueue extra delivery label_id"
calls = st.one_of(
    st.tuples(st.just("play_greeting"), data_of("extension entity_id", "file")),
    st.tuples(
        st.just("play_greeting"),
        data_of("extension file entity_id", f"config_entry_id {_options}"),
    ),
    st.tuples(st.just("play_greeting"), data_of("media entity_id", _options)),
    st.tuples(st.just("list_greetings"), data_of("extension", "config_entry_id")),
    st.tuples(st.just("search_extensions"), data_of("search", "config_entry_id limit")),
)


def with_serial_number(value: Any, serial_number: str) -> Any:
    """Return a value of a call with the serial number of the PBX."""
    if isinstance(value, str):
        return value.replace("SERIAL", serial_number)
    if isinstance(value, list):
        return [with_serial_number(each, serial_number) for each in value]
    if isinstance(value, dict):
        return {
            key: with_serial_number(each, serial_number) for key, each in value.items()
        }
    return value


@pytest.fixture
def _missing_targets_are_silent(caplog: pytest.LogCaptureFixture) -> None:
    """Let the log name what is missing of a target."""
    caplog.set_level(logging.CRITICAL, targets.__name__)
    caplog.set_level(logging.DEBUG)


@pytest.mark.usefixtures("_refusals_are_silent", "_missing_targets_are_silent")
@WITH_FIXTURES
@given(calls)
@example(("play_greeting", {"entity_id": KITCHEN, "extension": "\ud800"}))
@example(
    ("play_greeting", {"entity_id": KITCHEN, "extension": "3200", "file": "\ud800"})
)
@example(("list_greetings", {"extension": "a" * 100_000}))
@example(("search_extensions", {"search": "\ud800\0"}))
def test_an_action_succeeds_or_says_why_not(
    run: Run,
    hass: HomeAssistant,
    http_entry: MockConfigEntry,
    player: Player,
    http_pbx: PbxSimulator,
    call: tuple[str, dict[str, Any]],
) -> None:
    """In an error of Home Assistant's own; players get links of PBX or relay."""
    action, data = call
    if data.get("config_entry_id") == "ENTRY":
        data = {**data, "config_entry_id": http_entry.entry_id}
    if "media" in data:
        media = with_serial_number(data["media"], http_pbx.serial_number)
        data = {**data, "media": media}
    try:
        response = run(
            hass.services.async_call(
                DOMAIN, action, data, blocking=True, return_response=True
            )
        )
    except vol.Invalid, HomeAssistantError:
        return
    assert json_bytes(response)
    for _, url, _ in player.played:
        assert url.startswith(
            (f"{http_pbx.base_url}/", f"http://homeassistant.test:8123/api/{DOMAIN}/")
        )
    player.played.clear()


class Audio:
    """Answers every request for audio with a greeting."""

    async def inflict(self, http: web.Request, answer: Answer) -> web.StreamResponse:
        """Answer."""
        return web.Response(body=SimulatedGreeting("a.wav").audio())


@WITH_FIXTURES
@given(st.data(), st.sampled_from(("auto", "direct", "relay")))
@pytest.mark.usefixtures("http_entry")
def test_no_answer_of_the_pbx_sends_a_player_elsewhere(
    run: Run,
    hass: HomeAssistant,
    player: Player,
    http_pbx: PbxSimulator,
    data: st.DataObject,
    delivery: str,
) -> None:
    """Whatever it says the play URL is, and whatever is there."""
    http_pbx.faults[""] = http_pbx.faults["download"] = Audio()
    resource = data.draw(attacks | near(f"{http_pbx.base_url}/a.wav") | json_values)
    http_pbx.switches.play_resource_url = resource
    call = {"entity_id": KITCHEN, "extension": "3200", "file": "vm_welcome.wav"}
    try:
        run(
            hass.services.async_call(
                DOMAIN, "play_greeting", {**call, "delivery": delivery}, blocking=True
            )
        )
    except HomeAssistantError:
        return
    [(_, url, _)] = player.played
    player.played.clear()
    if url.startswith(f"http://homeassistant.test:8123/api/{DOMAIN}/"):
        return
    assert BrowserUrl.read(url).origin == BrowserUrl.read(http_pbx.base_url).origin
    assert "?" not in url
