"""The triggers and the condition of the automation editor."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from simulator import Outage, PbxSimulator
from tests.engines import ENGINE, Engine
from tests.growing import Events, fired

from .common import MESSAGE, UNREAD, ann_empty, leo_ball, load_with_mailboxes, poll

RECEIVED: Final = "yeastar_vm.message_received"
TRANSCRIBED: Final = "yeastar_vm.message_transcribed"
UNREAD_MESSAGES: Final = "yeastar_vm.unread_messages"


@pytest.fixture
def runs(hass: HomeAssistant) -> Events:
    """Return what the automation of a test tells of each of its runs."""
    return fired(hass, "ran")


async def automate(
    hass: HomeAssistant,
    trigger: dict[str, Any],
    conditions: list[dict[str, Any]] | None = None,
    told: str = "{{ dict(trigger) }}",
) -> None:
    """Add an automation that tells the variables of its trigger."""
    automation = {
        "mode": "parallel",
        "max": 1000,
        "triggers": [trigger],
        "conditions": conditions or [],
        "actions": [{"event": "ran", "event_data": {"trigger": told}}],
    }
    assert await async_setup_component(hass, "automation", {"automation": automation})


def target_of(hass: HomeAssistant, kind: str) -> dict[str, str]:
    """Return a target that contains the mailbox of Leo Ball."""
    registered = er.async_get(hass).async_get(MESSAGE)
    assert registered
    assert registered.device_id
    devices = dr.async_get(hass)
    if kind == "area_id":
        devices.async_update_device(registered.device_id, area_id="office")
        return {kind: "office"}
    if kind == "label_id":
        devices.async_update_device(registered.device_id, labels={"voicemail"})
        return {kind: "voicemail"}
    return (
        {"entity_id": MESSAGE} if kind == "entity_id" else {kind: registered.device_id}
    )


@pytest.mark.parametrize("kind", ["entity_id", "device_id", "area_id", "label_id"])
async def test_a_message_arrives(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    runs: Events,
    kind: str,
) -> None:
    """The automation runs once, and knows who called and how to play the message."""
    target = target_of(hass, kind)
    await automate(hass, {"trigger": RECEIVED, "target": target})

    message = http_pbx.leave_message("3200", "+49 30 123456", "Anna Weber")
    await poll(leo)
    await runs.wait_for(1)

    [run] = runs
    trigger = run["trigger"]
    registered = er.async_get(hass).async_get(MESSAGE)
    assert registered
    assert trigger["caller_name"] == "Anna Weber"
    assert trigger["caller_number"] == "+49 30 123456"
    assert trigger["message_id"] == message.msg_id
    assert trigger["duration"] == message.duration
    assert trigger["media_content_id"].endswith(f"/messages/3200/{message.msg_id}")
    assert trigger["entity_id"] == MESSAGE
    assert trigger["mailbox"] == registered.device_id


async def test_messages_at_once(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    runs: Events,
) -> None:
    """Each has a run of its own."""
    await automate(hass, {"trigger": RECEIVED, "target": {"entity_id": MESSAGE}})

    left = [http_pbx.leave_message("3200", str(number)) for number in range(50)]
    await poll(leo)
    await runs.wait_for(50)

    assert [run["trigger"]["message_id"] for run in runs] == [
        message.msg_id for message in left
    ]


async def test_what_is_no_new_message(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    runs: Events,
    expected_warnings: list[str],
) -> None:
    """The PBX that is back, a reload, and another name of the entity run nothing."""
    await automate(hass, {"trigger": RECEIVED, "target": {"entity_id": MESSAGE}})
    http_pbx.leave_message("3200", "15550123")
    await poll(leo)
    await runs.wait_for(1)

    expected_warnings.append("The PBX cannot be reached")
    await http_pbx.begin_outage(Outage.REFUSED)
    await poll(leo)
    await http_pbx.end_outage()
    await poll(leo)
    er.async_get(hass).async_update_entity(MESSAGE, name="Voicemail of Leo")
    await hass.config_entries.async_reload(leo.entry_id)
    await hass.async_block_till_done()

    assert len(runs) == 1


async def test_a_message_of_another_mailbox(
    hass: HomeAssistant, http_pbx: PbxSimulator, runs: Events
) -> None:
    """Only the mailboxes of the target run the automation."""
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball(), ann_empty())
    await automate(hass, {"trigger": RECEIVED, "target": {"entity_id": MESSAGE}})

    http_pbx.leave_message("3201", "1")
    http_pbx.leave_message("3200", "2")
    await poll(entry)
    await runs.wait_for(1)
    await hass.async_block_till_done()

    assert [run["trigger"]["caller_number"] for run in runs] == ["2"]


@pytest.mark.parametrize(
    ("said", "text", "reason"),
    [("Please call me back", "Please call me back", None), (None, "", "no_speech")],
)
async def test_a_message_has_its_text(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    runs: Events,
    engine: Engine,
    said: str | None,
    text: str,
    reason: str | None,
) -> None:
    """The automation runs once, with the text or why there is none."""
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball(engine=ENGINE))
    engine.text = said
    await automate(hass, {"trigger": TRANSCRIBED, "target": {"entity_id": MESSAGE}})

    message = http_pbx.leave_message("3200", "15550123", "Anna Weber")
    await runs.wait_for(1)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    [run] = runs
    trigger = run["trigger"]
    assert trigger["message_id"] == message.msg_id
    assert trigger["caller_name"] == "Anna Weber"
    assert trigger["duration"] == message.duration
    assert trigger["entity_id"] == MESSAGE
    assert (trigger["text"], trigger["reason"]) == (text, reason)


async def test_a_text_is_no_new_message(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    runs: Events,
    engine: Engine,
) -> None:
    """What waits for new messages runs once for each of them."""
    await load_with_mailboxes(hass, http_pbx, leo_ball(engine=ENGINE))
    told = {"platform": "{{ trigger.platform }}"}
    automations = [
        {
            "alias": kind,
            "triggers": [{"trigger": kind, "target": {"entity_id": MESSAGE}} | options],
            "actions": [{"event": "ran", "event_data": {"trigger": told}}],
        }
        for kind, options in (
            (RECEIVED, {}),
            (TRANSCRIBED, {}),
            ("event.received", {"options": {"event_type": "message_received"}}),
        )
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})

    http_pbx.leave_message("3200", "1")
    await runs.wait_for(3)
    await hass.async_block_till_done()

    assert len(runs) == 3


@pytest.mark.parametrize(
    ("target", "runs_when_unread"),
    [({"entity_id": UNREAD}, True), ({"entity_id": MESSAGE}, False)],
)
async def test_unread_messages(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    runs: Events,
    target: dict[str, str],
    runs_when_unread: bool,
) -> None:
    """The condition passes while there are some, and looks at the sensor alone."""
    await automate(
        hass,
        {"trigger": "event", "event_type": "ask"},
        [{"condition": UNREAD_MESSAGES, "target": target}],
        told="{{ {'platform': trigger.platform} }}",
    )
    message = http_pbx.leave_message("3200", "15550123")

    await poll(leo)
    hass.bus.async_fire("ask")
    await hass.async_block_till_done()
    assert len(runs) == runs_when_unread

    http_pbx.read_at_phone(message.msg_id)
    await poll(leo)
    hass.bus.async_fire("ask")
    await hass.async_block_till_done()
    assert len(runs) == runs_when_unread


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("trigger", {RECEIVED, TRANSCRIBED}),
        ("condition", {UNREAD_MESSAGES}),
    ],
)
async def test_the_editor_offers_them(
    hass: HomeAssistant,
    leo: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    kind: str,
    keys: set[str],
) -> None:
    """With the mailboxes of this integration as their target."""
    assert await async_setup_component(hass, "automation", {})
    editor = await hass_ws_client(hass)

    await editor.send_json_auto_id({"type": f"{kind}_platforms/subscribe"})
    assert (await editor.receive_json())["success"]
    offered: dict[str, Any] = {}
    while not keys <= offered.keys():
        offered |= (await editor.receive_json())["event"]

    for key in keys:
        [filter_of_target] = offered[key]["target"]["entity"]
        assert filter_of_target["integration"] == "yeastar_vm"
