"""The texts of the messages of a PBX: kept, shown, and told."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util.json import JsonObjectType

from ..mailboxes.mailbox import Mailbox
from ..mailboxes.mailboxes import Mailboxes
from ..mailboxes.messages import MailboxState, find_message
from ..mailboxes.store import MessageStore, ReportedMessages
from ..mailboxes.transcripts import Transcript, TranscriptState
from ..pbx import Message

type TranscriptListener = Callable[[Message, Transcript], None]

_PENDING: Final[JsonObjectType] = {"state": "pending", "language": ""}


@dataclass(frozen=True, slots=True)
class ShownTexts:
    """The transcripts of a mailbox, and the messages whose text is to come."""

    kept: Mapping[str, Transcript] = field(default_factory=dict)
    pending: frozenset[str] = frozenset()

    def response(self, message_id: str) -> JsonObjectType | None:
        """Return what is told of the text of a message; None if nobody asked for it."""
        if message_id in self.pending:
            return _PENDING
        transcript = self.kept.get(message_id)
        return transcript.response if transcript else None


class Texts:
    """The transcripts of the messages that the PBX has now.

    The event entity of a mailbox is told of a text that came by itself once it is
    written, and once the entity shows what is listed.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        mailboxes: Mailboxes,
        store: MessageStore,
    ) -> None:
        self._hass = hass
        self._entry_id = entry.entry_id
        self._mailboxes = mailboxes
        self._store = store
        self._listeners: dict[str, TranscriptListener] = {}
        self._asked = Counter[tuple[str, str]]()
        self._seen: dict[str, MailboxState] = {}
        self._tells = False

    def reported(self, mailbox: Mailbox) -> ReportedMessages:
        """Return what is kept of a mailbox."""
        return self._store.async_of(mailbox.subentry_id)

    def kept(self, mailbox: Mailbox) -> Mapping[str, Transcript]:
        """Return the transcripts of a mailbox, by message ID."""
        if not self._is_current(mailbox):
            return {}  # It was removed, and nothing of it is to come back.
        return self.reported(mailbox).transcripts.all

    def waiting(self, mailbox: Mailbox) -> dict[str, Transcript | None]:
        """Return the new messages whose text is to come by itself, by ID.

        Each with what is known: nothing, or why it has none.
        """
        reported = self.reported(mailbox)
        kept = reported.transcripts.all
        return {
            message_id: transcript
            for message_id in reported.awaiting_text
            if not ((transcript := kept.get(message_id)) and transcript.is_heard)
        }

    def pending(self, mailbox: Mailbox) -> frozenset[str]:
        """Return the messages whose text is to come, by ID."""
        waiting = self.waiting(mailbox)
        untried = (message_id for message_id in waiting if not waiting[message_id])
        asked = (each for number, each in self._asked if number == mailbox.number)
        return frozenset((*untried, *asked))

    def shown(self, mailbox: Mailbox) -> ShownTexts:
        """Return what cards and actions are told of a mailbox."""
        if not self._is_current(mailbox):
            return ShownTexts()
        return ShownTexts(self.kept(mailbox), self.pending(mailbox))

    def counts(self) -> dict[str, int]:
        """Return how many mailboxes have an engine, and messages by their state."""
        mailboxes = self._mailboxes.values()
        states = Counter(
            transcript.state.value
            for mailbox in mailboxes
            for transcript in self.kept(mailbox).values()
        )
        return {
            "mailboxes_with_engine": sum(bool(each.speech) for each in mailboxes),
            "pending": sum(len(self.pending(each)) for each in mailboxes),
            **{state.value: states[state.value] for state in TranscriptState},
        }

    @contextmanager
    def asked_for(self, message: Message) -> Iterator[None]:
        """Show that the text of a message is to come."""
        key = message.number, message.message_id
        self._asked[key] += 1
        self.async_changed()
        try:
            yield
        finally:
            self._asked[key] -= 1
            self._asked += Counter()  # forgets what nobody asks for
            self.async_changed()

    async def async_put(
        self, mailbox: Mailbox, message: Message, transcript: Transcript
    ) -> None:
        """Keep the transcript of a message, unless it is gone, and tell of it."""
        number, message_id = message.number, message.message_id
        if not (self._is_current(mailbox) and self._find(number, message_id)):
            return
        reported = self.reported(mailbox)
        waiting = self.waiting(mailbox)
        before = waiting.get(message_id)
        is_news = before is None or before.state is not transcript.state
        try:
            await reported.transcripts.async_put(message_id, transcript)
        finally:
            if message_id in waiting and is_news:
                reported.untold.append(message_id)
        self._tell()
        self.async_changed()

    @callback
    def async_changed(self) -> None:
        """Let cards show what changed."""
        self._mailboxes.messages.async_update_listeners()

    @callback
    def async_add_listener(
        self, mailbox: Mailbox, listener: TranscriptListener
    ) -> CALLBACK_TYPE:
        """Call a listener with each text of a mailbox that came by itself."""
        self._listeners[mailbox.number] = listener

        @callback
        def remove() -> None:
            if self._listeners.get(mailbox.number) == listener:
                del self._listeners[mailbox.number]

        return remove

    @callback
    def async_start(self) -> None:
        """Tell of texts from now on, and of those that came meanwhile."""
        self._tells = True
        self._tell()

    @callback
    def async_stop(self) -> None:
        """Leave new texts to the next start: the entities are about to go."""
        self._tells = False

    @callback
    def async_messages_changed(self) -> None:
        """Forget the texts of messages that are gone."""
        messages, boxes = self._mailboxes.messages, self._mailboxes.boxes
        for number, mailbox in self._mailboxes.items():
            state = messages.data.get(number)
            if state is None and not boxes.absence(number):
                continue  # Nothing is known of it.
            state = state or MailboxState()
            if state is not self._seen.get(number):
                self._seen[number] = state
                listed = {message.message_id for message in state.messages}
                self.reported(mailbox).async_keep_texts(listed)
        # The entities show what is listed in the same turn of the event loop.
        self._hass.loop.call_soon(self._tell)

    def _is_current(self, mailbox: Mailbox) -> bool:
        """Return whether neither a mailbox nor its PBX was removed."""
        entry = self._hass.config_entries.async_get_entry(self._entry_id)
        return entry is not None and mailbox.subentry_id in entry.subentries

    def _find(self, number: str, message_id: str) -> Message | None:
        state = self._mailboxes.messages.data.get(number)
        return find_message(state.messages, message_id) if state else None

    @callback
    def _tell(self) -> None:
        messages = self._mailboxes.messages
        if not (self._tells and messages.last_update_success):
            return
        for number, mailbox in self._mailboxes.items():
            reported = self.reported(mailbox)
            told, reported.untold = reported.untold, []
            for message_id in told:
                message = self._find(number, message_id)
                transcript = reported.transcripts.all.get(message_id)
                listener = self._listeners.get(number)
                if message and transcript and listener:
                    listener(message, transcript)
