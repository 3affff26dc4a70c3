"""What is cancelled at any of its awaits, as by a browser that goes away."""

import asyncio
from collections.abc import Callable, Coroutine
import gc
from itertools import count
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.mailboxes.mailboxes import Mailboxes
from custom_components.yeastar_vm.pbx import Message, PbxFault
from simulator import PbxSimulator
from tests.clock import Clock
from tests.common import MINUTE, asked, call, our_tasks
from tests.gate import Gate
from tests.interruption import interrupt

from .common import (
    ANN_MESSAGE,
    MESSAGE,
    Arrivals,
    ann_empty,
    leo_ball,
    load_with_mailboxes,
    poll,
    unread,
)


async def test_a_reload(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
) -> None:
    """The entry is loaded in the end, and each message is reported once."""
    left = []
    for suspension in count(1):
        left.append(http_pbx.leave_message("3200", "1", announced=False).msg_id)
        if not await interrupt(
            hass.config_entries.async_reload(leo.entry_id), suspension
        ):
            break
        await hass.async_block_till_done(wait_background_tasks=False)
        assert leo.state is ConfigEntryState.LOADED
        await poll(leo)
        await arrivals.wait_for(len(left))

    await arrivals.wait_for(len(left))
    assert arrivals.ids == left
    assert suspension > 2
    assert await hass.config_entries.async_unload(leo.entry_id)
    assert our_tasks() == []


async def mark(mailboxes: Mailboxes, message: Message) -> None:
    """Mark a message as read."""
    await mailboxes.messages.async_mark_read(message)


async def delete(mailboxes: Mailboxes, message: Message) -> None:
    """Delete a message."""
    await mailboxes.messages.async_delete(message)


async def update(mailboxes: Mailboxes, message: Message) -> None:
    """Ask for the messages of the mailbox."""
    await mailboxes.messages.async_update([message.number])


async def check(mailboxes: Mailboxes, _: Message) -> None:
    """Ask for everything."""
    await mailboxes.boxes.async_refresh()


async def select(mailboxes: Mailboxes, message: Message) -> None:
    """Set a presence, and ask for it."""
    await mailboxes.boxes.async_set_presence(message.number, "lunch")
    await mailboxes.boxes.questions.ask([message.number])


@pytest.mark.parametrize("action", [mark, delete, update, check, select])
async def test_what_is_asked_or_changed(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    action: Callable[[Mailboxes, Message], Coroutine[Any, Any, None]],
) -> None:
    """What follows waits for nothing, and shows what the PBX has."""
    mailboxes: Mailboxes = leo.runtime_data.mailboxes
    for suspension in count(1):
        left = http_pbx.leave_message("3200", "1", announced=False)
        await poll(leo)
        message = mailboxes.messages.data["3200"].messages[0]
        is_interrupted = await interrupt(action(mailboxes, message), suspension)
        await poll(leo)
        held = http_pbx.mailboxes.listed("3200")
        assert unread(hass) == str(sum(not each.is_read for each in held))
        if left in held:
            http_pbx.delete_at_phone(left.msg_id)
        if not is_interrupted:
            break

    assert suspension > 1
    assert len(set(arrivals.ids)) == len(arrivals.ids) == suspension


async def test_a_reload_while_a_message_is_looked_for(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
    arrivals: Arrivals,
) -> None:
    """Its event does not come again: the next poll finds it, once."""
    http_pbx.switches.message_listed_after = 25
    left = http_pbx.leave_message("3200", "15550123")
    await clock.pass_time(5)
    await hass.config_entries.async_reload(leo.entry_id)

    await clock.pass_time(6 * MINUTE)

    assert arrivals.ids == [left.msg_id]


async def test_a_message_for_a_mailbox_that_is_removed_at_that_moment(
    hass: HomeAssistant, http_pbx: PbxSimulator, clock: Clock
) -> None:
    """Nothing is left of the mailbox; the others go on."""
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball(), ann_empty())
    leo, ann = Arrivals(hass), Arrivals(hass, ANN_MESSAGE)

    http_pbx.leave_message("3201", "15550123")
    left = http_pbx.leave_message("3200", "15550123")
    hass.config_entries.async_remove_subentry(entry, "mailbox_3201")
    await leo.wait_for(1)
    await clock.pass_time(MINUTE)

    assert leo.ids == [left.msg_id]
    assert ann.ids == []
    assert [state.entity_id for state in hass.states.async_all("event")] == [MESSAGE]


async def test_nobody_waits_for_an_answer_any_longer(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """The error of a shared question is not reported as one that nobody handled."""
    errors: list[str] = []
    hass.loop.set_exception_handler(lambda _, context: errors.append(str(context)))
    http_pbx.errcodes["vm/query"] = 70082
    messages = leo.runtime_data.mailboxes.messages

    await interrupt(messages.async_update(["3200"]), 1)
    with pytest.raises(PbxFault):  # another question, after that one
        await messages.async_update(["3200"])
    gc.collect()

    assert errors == []


async def test_an_unload_while_messages_are_asked_for(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry
) -> None:
    """Whoever asked is told why there is no answer."""
    gate = Gate(http_pbx, "vm/query")
    action = asyncio.create_task(call(hass, "list_messages", mailbox="3200"))
    await gate.arrived()

    await hass.config_entries.async_unload(leo.entry_id)

    with pytest.raises(HomeAssistantError, match="was interrupted"):
        await action
    gate.open()


async def test_a_mailbox_that_is_removed_while_its_messages_are_asked_for(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """The answer brings nothing of it back."""
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball(), ann_empty())
    for number in ("3200", "3201"):
        http_pbx.leave_message(number, "15550123", announced=False)
    gate = Gate(http_pbx, "vm/query")
    polled = asyncio.create_task(poll(entry))
    await gate.arrived()
    listed = asyncio.create_task(call(hass, "list_messages", mailbox="3201"))
    await hass.async_block_till_done(wait_background_tasks=False)
    hass.config_entries.async_remove_subentry(entry, "mailbox_3201")
    while "3201" in entry.runtime_data.mailboxes:  # noqa: ASYNC110
        await asyncio.sleep(0)

    gate.open()
    await polled

    with pytest.raises(ServiceValidationError, match="3201 is not a mailbox"):
        await listed
    assert entry.runtime_data.mailboxes.messages.data.keys() == {"3200"}
    assert unread(hass) == "1"


async def test_a_mailbox_that_is_removed_while_its_presence_is_asked_for(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """The answer brings nothing of it back, and is taken over for the other one."""
    entry = await load_with_mailboxes(hass, http_pbx, ann_empty(), leo_ball())
    boxes = entry.runtime_data.mailboxes.boxes
    gate = Gate(http_pbx, "extension/search")
    asked = asyncio.create_task(boxes.async_refresh())
    await gate.arrived()
    hass.config_entries.async_remove_subentry(entry, "mailbox_3201")
    await hass.async_block_till_done(wait_background_tasks=False)
    http_pbx.extensions["3200"].presence = "lunch"

    gate.open()
    await asked

    assert boxes.data.keys() == {"3200"}
    assert boxes.data["3200"].presence == "lunch"


async def test_a_socket_that_ends_while_home_assistant_stops(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    leo: MockConfigEntry,
) -> None:
    """No other one is opened, and no error is logged."""
    errors: list[str] = []
    hass.loop.set_exception_handler(lambda _, context: errors.append(str(context)))
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()

    http_pbx.drop_sockets()
    await clock.pass_time(30)
    await hass.config_entries.async_unload(leo.entry_id)
    gc.collect()

    assert errors == []
    assert "subscribe" not in asked(http_pbx)
