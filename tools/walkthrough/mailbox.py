"""What the user does with a mailbox: add it, see a message arrive, and hear it."""

import re

from playwright.async_api import Locator

from simulator import SimulatedMessage
from tools.demo.errors import DemoError

from .visit import FORM, INTEGRATION, MEDIA, Visit

_CALLER = "15550123", "Anna Weber"
_DURATION = 5  # seconds, unlike that of all other messages
_TOLERANCE = 0.5
_LENGTH = "Math.max(...window.audios.map((audio) => audio.duration))"


async def add_mailbox(visit: Visit, number: str) -> None:
    """Add the mailbox of an extension, selected from the list."""
    await visit.open(INTEGRATION)
    add = visit.words.ours("config_subentries.mailbox.initiate_flow.user")
    await visit.page.get_by_role("button", name=add, exact=True).click()
    await visit.sees(visit.words.ours("config_subentries.mailbox.step.user.title"))
    form = visit.page.locator(FORM)
    await form.locator("ha-picker-field").click()
    choices = form.locator("ha-picker-combo-box")
    await choices.locator("input").fill(number)
    title = _title(visit, number)
    await choices.locator("ha-combo-box-item", has_text=title).click()
    await visit.album.look("add-mailbox")
    await visit.submit()
    await form.locator("step-flow-create-entry").wait_for()
    await visit.finish()
    await _device(visit, number).wait_for()
    await visit.album.look("mailboxes")


async def select_engine(visit: Visit, engine: str) -> None:
    """Let an engine turn each new message of the mailbox into text."""
    flow = "config_subentries.mailbox"
    reconfigure = visit.words.ours(f"{flow}.initiate_flow.reconfigure")
    await visit.page.get_by_role("button", name=reconfigure, exact=True).click()
    await visit.sees(visit.words.ours(f"{flow}.step.reconfigure.title"))
    picker = visit.page.locator(f"{FORM} ha-entity-picker")
    await picker.locator("ha-picker-field").click()
    choices = picker.locator("ha-picker-combo-box")
    await choices.locator("input").fill(engine)
    await choices.locator("ha-combo-box-item", has_text=engine).first.click()
    await visit.album.look("text-of-messages")
    await visit.submit()
    await visit.page.locator(f"{FORM} step-flow-abort").wait_for()  # it says so
    await visit.finish()


async def receive_message(visit: Visit, number: str) -> SimulatedMessage:
    """Look at the device of a mailbox while a caller leaves a message; return it."""
    await _device(visit, number).click()
    await _see_unread(visit, number)
    message = visit.system.pbx.leave_message(number, *_CALLER, duration=_DURATION)
    await _see_unread(visit, number)
    event_types = "entity.event.message.state_attributes.event_type.state"
    # Its text follows at once.
    await visit.sees(visit.words.ours(f"{event_types}.message_transcribed"))
    await visit.album.look("mailbox")
    return message


async def hear_message(visit: Visit, number: str, message: SimulatedMessage) -> None:
    """Find the message in the media browser, as the newest one, and play it there."""
    await visit.open(MEDIA)
    await visit.browse()
    messages = visit.words.ours("common.messages")
    await visit.folder(messages).wait_for()
    await visit.album.look("folders")
    await visit.folder(messages).click()
    await visit.folder(number).click()
    unread = visit.words.ours("common.unread")
    await visit.hear(f"{unread} · {message.caller_name}")
    length = await visit.page.evaluate(_LENGTH)
    if abs(length - message.duration) > _TOLERANCE:
        raise DemoError(f"the browser plays {length} s, but left were {_DURATION} s")
    await visit.album.look("messages")


def _title(visit: Visit, number: str) -> str:
    return f"{visit.system.pbx.extensions[number].name} ({number})"


def _device(visit: Visit, number: str) -> Locator:
    title = _title(visit, number)
    return visit.page.locator("ha-config-entry-device-row", has_text=title)


async def _see_unread(visit: Visit, number: str) -> None:
    """Wait until the sensor shows how many messages are not read on the PBX."""
    messages = visit.system.pbx.mailboxes.listed(number)
    count = sum(not message.is_read for message in messages)
    name = visit.words.ours("entity.sensor.unread_messages.name")
    sensor = visit.page.locator("hui-sensor-entity-row", has_text=name)
    await sensor.filter(has_text=re.compile(rf"(?<!\d){count}(?!\d)")).wait_for()
