"""What is cancelled at any of its awaits, as by a browser that goes away."""

from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.coordinator import MailboxCoordinator
from custom_components.yeastar_vm.pbx import Message
from tests.common import our_tasks
from tests.interruption import interrupt
from tests.pbx_simulator import PbxSimulator

from .common import UNREAD, Arrivals, poll


async def test_a_reload(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    expected_warnings: list[str],
) -> None:
    """The entry is loaded in the end, and each message is reported once."""
    expected_warnings.append("Setup of config entry 'PBX' for yeastar_vm .* cancelled")
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
    assert suspension > 5
    assert await hass.config_entries.async_unload(leo.entry_id)
    assert our_tasks() == []


async def mark(mailboxes: MailboxCoordinator, message: Message) -> None:
    """Mark a message as read."""
    await mailboxes.async_mark_message_read(message)


async def delete(mailboxes: MailboxCoordinator, message: Message) -> None:
    """Delete a message."""
    await mailboxes.async_delete_message(message)


async def update(mailboxes: MailboxCoordinator, message: Message) -> None:
    """Ask for the messages of the mailbox."""
    await mailboxes.async_update_messages([message.number])


async def check(mailboxes: MailboxCoordinator, _: Message) -> None:
    """Ask for everything."""
    await mailboxes.async_check_boxes()


async def select(mailboxes: MailboxCoordinator, message: Message) -> None:
    """Set a presence, and ask for it."""
    await mailboxes.async_set_presence(message.number, "lunch")
    await mailboxes.async_update_presences([message.number])


@pytest.mark.parametrize("action", [mark, delete, update, check, select])
async def test_what_is_asked_or_changed(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    action: Callable[[MailboxCoordinator, Message], Coroutine[Any, Any, None]],
) -> None:
    """What follows waits for nothing, and shows what the PBX has."""
    mailboxes: MailboxCoordinator = leo.runtime_data.mailboxes
    for suspension in count(1):
        left = http_pbx.leave_message("3200", "1", announced=False)
        await poll(leo)
        message = mailboxes.data["3200"].messages[0]
        is_interrupted = await interrupt(action(mailboxes, message), suspension)
        await poll(leo)
        held = http_pbx.mailboxes.listed("3200")
        state = hass.states.get(UNREAD)
        assert state
        assert state.state == str(sum(not each.is_read for each in held))
        if left in held:
            http_pbx.delete_at_phone(left.msg_id)
        if not is_interrupted:
            break

    assert suspension > 3
    assert len(set(arrivals.ids)) == len(arrivals.ids) == suspension
