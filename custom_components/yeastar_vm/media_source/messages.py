"""The messages of mailboxes: browse, search, and find them.

Messages are private: only those of boxes that the user added as mailboxes are shown.
"""

from typing import Final
from unicodedata import bidirectional

from homeassistant.components.media_source import BrowseMediaSource
from homeassistant.util import dt as dt_util

from ..errors.invalid_input import BoxNotFound, MessageGone, NoMessages, NotAFolder
from ..errors.issues import Feature
from ..mailboxes.coordinator import MailboxCoordinator
from ..pbx import Message, NotFound, contains, number_order
from ..playback.references import MessageReference
from .folders import MailboxFolder
from .items import Items, audio_item, folder_item
from .pbxs import ShownPbx

# The kinds of characters after which numbers are shown from right to left.
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "RLE", "RLO", "RLI"})


def mailbox_items(shown: ShownPbx) -> Items:
    """Return the mailboxes of a PBX by number; raise NotAFolder if it has none."""
    if shown.pbx.mailboxes is None:
        raise NotAFolder
    numbers = sorted(shown.pbx.mailboxes.mailboxes, key=number_order)
    return [folder_item(shown, MailboxFolder(number)) for number in numbers]


async def message_items(shown: ShownPbx, number: str) -> Items:
    """Return the messages of a mailbox, the newest one first.

    Raise InvalidInput if there are none.
    """
    messages = await _updated_messages(shown, number)
    if not messages:
        raise NoMessages(number=number)
    return [_message_item(shown, message) for message in messages]


def search_messages(shown: ShownPbx, text: str, number: str | None = None) -> Items:
    """Return the messages whose caller matches a text, of one mailbox or of all.

    They are those that the mailboxes have now, without asking the PBX.
    """
    if number is not None:
        _mailboxes_with(shown, number)
    if shown.pbx.mailboxes is None:
        return []
    return [
        _message_item(shown, message, with_number=number is None)
        for mailbox, state in shown.pbx.mailboxes.data.items()
        if number in (None, mailbox)
        for message in state.messages
        if contains(message.caller_name, text) or text in message.caller_number
    ]


async def check_message(shown: ShownPbx, reference: MessageReference) -> None:
    """Raise InvalidInput if a message is not in the mailbox that it names.

    The PBX itself would return any message that is named.
    """
    coordinator = _mailboxes_with(shown, reference.number)
    state = coordinator.data.get(reference.number)
    messages = state.messages if state else ()
    if not _contains(messages, reference) and not _contains(
        await _updated_messages(shown, reference.number), reference
    ):
        raise MessageGone


def _contains(messages: tuple[Message, ...], reference: MessageReference) -> bool:
    return any(message.message_id == reference.message_id for message in messages)


def _mailboxes_with(shown: ShownPbx, number: str) -> MailboxCoordinator:
    """Return the mailboxes; raise NotAMailbox if a box is none of them."""
    shown.pbx.mailbox(number)
    assert shown.pbx.mailboxes
    return shown.pbx.mailboxes


async def _updated_messages(shown: ShownPbx, number: str) -> tuple[Message, ...]:
    """Return the messages that the PBX has now."""
    coordinator = _mailboxes_with(shown, number)
    with shown.pbx.errors(Feature.MESSAGES):
        try:
            await coordinator.async_update_messages([number])
        except NotFound:
            raise BoxNotFound(number=number) from None
    if (state := coordinator.data.get(number)) is None:
        raise BoxNotFound(number=number)
    return state.messages


def _message_item(
    shown: ShownPbx, message: Message, *, with_number: bool = False
) -> BrowseMediaSource:
    reference = MessageReference(message.number, message.message_id)
    title = _title(shown, message)
    return audio_item(shown, reference, title, with_number=with_number)


def _title(shown: ShownPbx, message: Message) -> str:
    """Return the title of a message: unread, from whom, when, and how long."""
    texts = shown.texts
    minutes, seconds = divmod(message.duration, 60)
    parts = [
        "" if message.is_read else texts["unread"],
        _isolated(message.caller_name)
        or message.caller_number
        or texts["unknown_caller"],
        _when(shown, message),
        f"{minutes}:{seconds:02}",
    ]
    return " · ".join(part for part in parts if part)


def _isolated(name: str) -> str:
    """Return a name that leaves the order of what follows it as it is."""
    if any(bidirectional(character) in _RIGHT_TO_LEFT for character in name):
        return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"
    return name


def _when(shown: ShownPbx, message: Message) -> str:
    if message.time is None:
        return ""
    time = dt_util.as_local(message.time)
    day = {0: shown.texts["today"], 1: shown.texts["yesterday"]}.get(
        (dt_util.now().date() - time.date()).days, f"{time:%F}"
    )
    return f"{day} {time:%H:%M}"
