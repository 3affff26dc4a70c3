"""Messages as they are shown: their titles, and which of them a search finds."""

from collections.abc import Iterable, Iterator
from typing import Final
from unicodedata import bidirectional

from homeassistant.components.media_source import BrowseMediaSource
from homeassistant.util import dt as dt_util

from ..errors.invalid_input import BoxNotFound, GroupWithoutMessages
from ..mailboxes.access import OpenMailbox
from ..pbx import Message, contains
from ..playback.references import MessageReference
from .items import Items, audio_item
from .query import Search
from .shown import ShownPbx

# The kinds of characters after which numbers are shown from right to left.
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})


async def message_items(shown: ShownPbx, mailbox: OpenMailbox) -> Items:
    """Return the messages of a mailbox as the PBX has them, the newest one first."""
    await mailbox.update()
    return [_message_item(shown, message) for message in mailbox.messages]


def search_messages(
    shown: ShownPbx,
    mailboxes: Iterable[OpenMailbox],
    search: Search,
    *,
    with_number: bool = False,
) -> Items:
    """Return the messages whose caller or text matches, without asking the PBX."""
    if not search.audio:
        return []
    return [
        _message_item(shown, message, with_number=with_number)
        for mailbox in mailboxes
        for message in _matching(shown, mailbox, search.text)
    ]


def _matching(shown: ShownPbx, mailbox: OpenMailbox, text: str) -> Iterator[Message]:
    """Yield the messages of a mailbox that a text is found in."""
    transcripts = shown.pbx.transcriber.texts.kept(mailbox.mailbox)
    for message in _known_messages(mailbox):
        transcript = transcripts.get(message.message_id)
        if (
            contains(message.caller_name, text)
            or text in message.caller_number
            or (transcript and contains(transcript.text, text))
        ):
            yield message


def _known_messages(mailbox: OpenMailbox) -> tuple[Message, ...]:
    """Return the messages of a mailbox, none if the PBX has none of its box."""
    try:
        return mailbox.messages
    except BoxNotFound, GroupWithoutMessages:
        return ()


def _message_item(
    shown: ShownPbx, message: Message, *, with_number: bool = False
) -> BrowseMediaSource:
    reference = MessageReference.of(message)
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
