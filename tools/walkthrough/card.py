"""What the user does with the card: add it, read, hear, mark, and delete messages."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from playwright.async_api import Locator, expect

from simulator import PbxSimulator, SimulatedMessage
from simulator.wav import Encoding, tone
from tools.demo.dashboard import DASHBOARD, show_cards
from tools.demo.errors import DemoError
from tools.demo.waiting import wait_until
from tools.demo.written_speech import TEXTS

from .visit import Visit
from .words import NAME

_CARD = "yeastar-vm-card"
_CALLER = "15550123", "Anna Weber"
_SECONDS = 11  # of the message that arrives
_SECONDS_TO_HAPPEN = 15
_SECONDS_TO_UNDO = 5
_TOLERANCE = 0.5
_HOUR = 3600

# Who called before: number, name, seconds of the message, hours ago.
_CALLS = (
    ("+49301234567", "Practice of Dr. Kaya", 14, 26),
    ("15550177", "Ben's Bicycles", 9, 3),
    ("15550199", "", 4, 1),
)


def leave_messages(pbx: PbxSimulator, number: str) -> None:
    """Put messages into a box, and nothing else is in it."""
    pbx.mailboxes.clear(number)
    for caller, name, seconds, hours in _CALLS:
        pbx.leave_message(
            number,
            caller,
            name,
            tone(Encoding.PCM16, 440, seconds),
            left_at=pbx.clock() - hours * _HOUR,
            announced=False,
        )


@dataclass(frozen=True)
class Row:
    """A message on the card, by its caller."""

    visit: Visit
    message: SimulatedMessage

    def find(self, selector: str = "", state: str = "") -> Locator:
        """Return the row, or what is in it; `state` is a class of the row."""
        rows = self.visit.page.locator(f"{_CARD} .list li{state}")
        caller = self.message.caller_name or self.message.caller_number
        row = rows.filter(has_text=caller)
        return row.locator(selector) if selector else row

    async def press(self, selector: str) -> None:
        """Press a button of the row."""
        await self.find(selector).click()

    async def on_pbx(self, state: str, happens: Callable[[], bool]) -> None:
        """Wait until something is true of the message on the PBX."""

        async def look() -> bool:
            return happens()

        if not await wait_until(look, _SECONDS_TO_HAPPEN):
            raise DemoError(f"the message is not {state} on the PBX")

    @property
    def is_gone(self) -> bool:
        """Return whether the PBX no longer has the message."""
        pbx = self.visit.system.pbx
        return pbx.mailboxes.find(msg_id=self.message.msg_id) is None


async def add_card(visit: Visit, number: str) -> None:
    """Add the card that is suggested for the event entity of a mailbox."""
    await show_cards(visit.system.home)  # none
    await visit.open(f"/{DASHBOARD}/0?edit=1")
    await visit.page.locator("hui-grid-section button.add").click()
    picker = visit.page.locator("hui-dialog-create-card")
    await picker.locator("input").first.fill(number)
    entity = visit.words.ours("entity.event.message.name")
    await picker.get_by_text(entity, exact=True).first.click()
    suggestion = picker.locator("hui-suggestion-card", has_text=NAME)
    await suggestion.locator(f"{_CARD} .list li").first.wait_for()
    await visit.album.look("card-suggested")
    await suggestion.locator(".card").click()
    await picker.wait_for(state="hidden")
    await visit.button("ui.panel.lovelace.menu.exit_edit_mode").click()
    await visit.page.locator(f"{_CARD} .list li").first.wait_for()


async def use_card(visit: Visit, number: str) -> None:
    """Do all that a message can be used for; the page is not loaded again."""
    await visit.page.evaluate("window.stayed = true")
    pbx = visit.system.pbx
    in_box = {each.caller_number: each for each in pbx.mailboxes.listed(number)}
    practice, bicycles, _ = (Row(visit, in_box[call[0]]) for call in _CALLS)
    arrived = await _receive(visit, number)
    for row in (practice, bicycles):
        await _transcribe(row)
    await arrived.press(".main")
    await _read(arrived)
    await visit.album.look("card", small=True)
    await visit.page.emulate_media(color_scheme="dark")
    await visit.album.look("card-dark")
    await visit.page.emulate_media(color_scheme="light")
    await _hear(arrived)
    await _mark(practice)
    await _delete(bicycles)
    if not await visit.page.evaluate("window.stayed"):
        raise DemoError("the page was loaded again")


async def _receive(visit: Visit, number: str) -> Row:
    """Watch the card while a caller leaves a message."""
    pbx = visit.system.pbx
    row = Row(visit, pbx.leave_message(number, *_CALLER, duration=_SECONDS))
    await row.find(state=".unread").wait_for()
    return row


async def _transcribe(row: Row) -> None:
    """Turn a message into text that was there before the mailbox had an engine."""
    await row.press(".main")
    await row.press(".transcribe")
    await _read(row)


async def _read(row: Row) -> None:
    await expect(row.find(".text")).to_have_text(TEXTS[row.message.duration])


async def _hear(row: Row) -> None:
    """Play the message of the open row in the browser until it counts as heard."""
    visit, message = row.visit, row.message
    await row.press(".play")
    await row.on_pbx("read", lambda: message.is_read)
    await row.find(state=":not(.unread)").wait_for()
    await row.press(".play")
    audio = visit.page.locator(f"{_CARD} audio")
    position, length = await audio.evaluate("(at) => [at.currentTime, at.duration]")
    if position < _SECONDS / 2 or abs(length - _SECONDS) > _TOLERANCE:
        raise DemoError(f"the browser is at {position} of {length} s when it is heard")
    await visit.album.look("card-heard")


async def _mark(row: Row) -> None:
    await row.press(".main")
    await row.press(".read")
    await row.on_pbx("read", lambda: row.message.is_read)
    await row.find(state=":not(.unread)").wait_for()


async def _delete(row: Row) -> None:
    """Delete a message, undo that, and delete it without a way back."""
    await row.press(".main")
    await row.press(".delete")
    await row.visit.page.locator(f"{_CARD} .gone button").click()
    await row.find().wait_for()
    await asyncio.sleep(_SECONDS_TO_UNDO + 1)
    if row.is_gone:
        raise DemoError("the message was deleted although that was undone")
    await row.press(".main")
    await row.press(".delete")
    await row.on_pbx("deleted", lambda: row.is_gone)
    await row.find().wait_for(state="hidden")
    await row.visit.page.locator(f"{_CARD} .gone").wait_for(state="hidden")


async def see_nothing(visit: Visit, number: str) -> None:
    """Look at the card as a user who may not see the mailbox."""
    await visit.open(f"/{DASHBOARD}/0")
    await visit.page.locator(f"{_CARD} .notices li").wait_for()
    await visit.album.look("card-not-allowed", small=True)
    page = await visit.page.locator(_CARD).evaluate(
        "(card) => card.shadowRoot.innerHTML"
    )
    private = {visit.system.pbx.extensions[number].name}
    for message in visit.system.pbx.mailboxes.listed(number):
        private |= {message.caller_number, message.caller_name, message.msg_id}
    if shown := [text for text in private - {""} if text in page]:
        raise DemoError(f"a user who may not see the mailbox sees {shown}")
