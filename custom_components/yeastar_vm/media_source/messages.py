"""The messages of mailboxes: browse, search, and find them.

Messages are private: only those of boxes that the user added as mailboxes are shown.
"""

from typing import Final
from unicodedata import bidirectional

from homeassistant.components.media_player import BrowseError
from homeassistant.components.media_source import BrowseMediaSource
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..errors.exceptions import translated
from ..errors.issues import handled_errors
from ..mailboxes.coordinator import MailboxCoordinator
from ..pbx import Message, NotFound, contains, number_order
from ..playback.references import MessageReference
from .folders import MailboxFolder
from .items import Items, audio_item, folder_item
from .pbxs import LoadedPbx

# The kinds of characters after which numbers are shown from right to left.
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "RLE", "RLO", "RLI"})


def mailbox_items(pbx: LoadedPbx) -> Items:
    """Return the mailboxes of a PBX by number; raise BrowseError if it has none."""
    if pbx.data.mailboxes is None:
        raise translated(BrowseError, "not_a_folder")
    numbers = sorted(pbx.data.mailboxes.mailboxes, key=number_order)
    return [folder_item(pbx, MailboxFolder(number)) for number in numbers]


async def message_items(pbx: LoadedPbx, number: str) -> Items:
    """Return the messages of a mailbox, the newest one first.

    Raise BrowseError if there are none.
    """
    messages = await _updated_messages(pbx, number, BrowseError)
    if not messages:
        raise translated(BrowseError, "no_messages", number=number)
    return [_message_item(pbx, message) for message in messages]


def search_messages(pbx: LoadedPbx, text: str, number: str | None = None) -> Items:
    """Return the messages whose caller matches a text, of one mailbox or of all.

    They are those that the mailboxes have now, without asking the PBX.
    """
    if number is not None:
        _mailboxes_with(pbx, number, BrowseError)
    if pbx.data.mailboxes is None:
        return []
    return [
        _message_item(pbx, message, with_number=number is None)
        for mailbox, state in pbx.data.mailboxes.data.items()
        if number in (None, mailbox)
        for message in state.messages
        if contains(message.caller_name, text) or text in message.caller_number
    ]


async def check_message(
    pbx: LoadedPbx, reference: MessageReference, kind: type[HomeAssistantError]
) -> None:
    """Raise an error of a kind if a message is not in the mailbox that it names.

    The PBX itself would return any message that is named.
    """
    coordinator = _mailboxes_with(pbx, reference.number, kind)
    state = coordinator.data.get(reference.number)
    messages = state.messages if state else ()
    if not _contains(messages, reference) and not _contains(
        await _updated_messages(pbx, reference.number, kind), reference
    ):
        raise translated(kind, "message_gone")


def _contains(messages: tuple[Message, ...], reference: MessageReference) -> bool:
    return any(message.message_id == reference.message_id for message in messages)


def _mailboxes_with(
    pbx: LoadedPbx, number: str, kind: type[HomeAssistantError]
) -> MailboxCoordinator:
    """Return the mailboxes; raise an error of a kind if a box is none of them."""
    coordinator = pbx.data.mailboxes
    if coordinator is None or number not in coordinator.mailboxes:
        raise translated(kind, "not_a_mailbox", number=number)
    return coordinator


async def _updated_messages(
    pbx: LoadedPbx, number: str, kind: type[HomeAssistantError]
) -> tuple[Message, ...]:
    """Return the messages that the PBX has now."""
    coordinator = _mailboxes_with(pbx, number, kind)
    with handled_errors(pbx.hass, pbx.entry, kind, greetings=False):
        try:
            await coordinator.async_update_messages([number])
        except NotFound:
            raise translated(kind, "box_not_found", number=number) from None
    if (state := coordinator.data.get(number)) is None:
        raise translated(kind, "box_not_found", number=number)
    return state.messages


def _message_item(
    pbx: LoadedPbx, message: Message, *, with_number: bool = False
) -> BrowseMediaSource:
    reference = MessageReference(message.number, message.message_id)
    title = _title(pbx, message)
    return audio_item(pbx, reference, title, with_number=with_number)


def _title(pbx: LoadedPbx, message: Message) -> str:
    """Return the title of a message: unread, from whom, when, and how long."""
    texts = pbx.texts
    minutes, seconds = divmod(message.duration, 60)
    parts = [
        "" if message.is_read else texts["unread"],
        _isolated(message.caller_name)
        or message.caller_number
        or texts["unknown_caller"],
        _when(pbx, message),
        f"{minutes}:{seconds:02}",
    ]
    return " · ".join(part for part in parts if part)


def _isolated(name: str) -> str:
    """Return a name that leaves the order of what follows it as it is."""
    if any(bidirectional(character) in _RIGHT_TO_LEFT for character in name):
        return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"
    return name


def _when(pbx: LoadedPbx, message: Message) -> str:
    if message.time is None:
        return ""
    time = dt_util.as_local(message.time)
    day = {0: pbx.texts["today"], 1: pbx.texts["yesterday"]}.get(
        (dt_util.now().date() - time.date()).days, f"{time:%F}"
    )
    return f"{day} {time:%H:%M}"
