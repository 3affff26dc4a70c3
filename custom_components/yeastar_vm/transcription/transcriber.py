"""Transcribe messages: on demand, and new ones by themselves."""

from datetime import datetime
import logging
from math import inf
import time
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started

from ..errors.invalid_input import (
    EngineNotSupported,
    EngineUnavailable,
    LanguageNotSupported,
    MessageWithoutAudio,
    NotAnEngine,
)
from ..mailboxes.access import OpenMailbox, async_open_mailbox
from ..mailboxes.issues import async_create_speech_issue, async_delete_speech_issue
from ..mailboxes.mailbox import Mailbox, Speech
from ..mailboxes.mailboxes import Mailboxes
from ..mailboxes.store import MessageStore
from ..mailboxes.tasks import Tasks
from ..mailboxes.transcripts import Transcript, TranscriptState
from ..pbx import Interrupted, Message, YeastarClient
from .engines import async_wait_for_engine
from .texts import Texts
from .transcribe import (
    async_engine_language,
    async_transcribe,
    engine_turn,
    newest_first,
)

_LOGGER = logging.getLogger(__name__)

# Seconds until what failed is tried again, and until an engine that cannot be used is
# looked at again.
RETRY_AFTER: Final = 15 * 60
MAX_FAILURES: Final = 2  # of an engine with the same message
# Messages of a mailbox that wait for their texts, as after an outage.
MAX_WAITING: Final = 100

_UNUSABLE: Final = (NotAnEngine, EngineUnavailable, EngineNotSupported)


class Transcriber:
    """Transcribe the messages of a PBX, each of them once.

    One task an engine works on the new messages of the mailboxes that use it, and waits
    for its turns like everybody else.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        client: YeastarClient,
        mailboxes: Mailboxes,
        store: MessageStore,
    ) -> None:
        self.texts = Texts(hass, entry, mailboxes, store)
        self._hass = hass
        self._entry = entry
        self._client = client
        self._mailboxes = mailboxes
        self._tasks = Tasks(hass, entry)
        self._speech: dict[str, Speech | None] = {}
        self._working = set[str]()
        # The numbers of the mailboxes whose engine cannot be used.
        self._unusable = set[str]()
        self._is_started = False
        self._removers = list[CALLBACK_TYPE]()
        self._timer: CALLBACK_TYPE | None = None

    async def transcribe(
        self,
        mailbox: OpenMailbox,
        message: Message,
        engine_id: str,
        language: str | None,
    ) -> Transcript:
        """Return what was said in a message, from what is kept where that is the same.

        Raise an error of the engine, of the message, or of the PBX in words.
        """
        named = async_engine_language(self._hass, engine_id, language)
        if known := self._known(mailbox, message, engine_id, named):
            return known
        with self.texts.asked_for(message):
            async with (
                mailbox.audio_of(message.message_id),
                engine_turn(self._hass, engine_id, lambda: newest_first(message)),
            ):
                # Somebody else may have asked for it, too.
                if known := self._known(mailbox, message, engine_id, named):
                    return known
                transcript = await async_transcribe(
                    self._hass, self._client, message, engine_id, language
                )
                await self.texts.async_put(mailbox.mailbox, message, transcript)
        return transcript

    @callback
    def async_follow(self) -> None:
        """Take over which engines the mailboxes have: nothing else changes."""
        before = self._speech
        self._speech = {n: each.speech for n, each in self._mailboxes.items()}
        self._unusable &= self._speech.keys()
        changed = [
            number
            for number, speech in self._speech.items()
            if number not in before or before[number] != speech
        ]
        for number in changed:
            mailbox = self._mailboxes[number]
            reported = self.texts.reported(mailbox)
            if mailbox.speech is None:
                reported.async_await_nothing()
                self._note_unusable(mailbox, None)
            elif number in before:
                self._note_unusable(mailbox, None)
                reported.transcripts.async_forget_failures(reported.awaiting_text)
        if before.keys() & set(changed):
            self.texts.async_changed()
        if changed:
            self._wake(also_idle=True)

    @callback
    def async_start(self) -> None:
        """Work on new messages from now on, once Home Assistant has started."""
        mailboxes = self._mailboxes
        self._removers = [
            mailboxes.messages.async_add_listener(self._messages_changed),
            mailboxes.reporter.async_add_follower(self._message_reported),
            async_at_started(self._hass, self._started),
        ]

    async def async_stop(self) -> None:
        """Leave the rest to the next start: the entities are about to go."""
        self.texts.async_stop()
        self._is_started = False
        while self._removers:
            self._removers.pop()()
        self._stop_timer()
        await self._tasks.async_cancel()
        self._working.clear()

    @callback
    def _started(self, _: HomeAssistant) -> None:
        self._is_started = True
        self.texts.async_start()
        self._wake(also_idle=True)

    @callback
    def _messages_changed(self) -> None:
        self.texts.async_messages_changed()
        self._wake()

    @callback
    def _message_reported(self, message: Message) -> None:
        if self._speech.get(message.number):
            self.texts.async_changed()

    @callback
    def _wake(self, *_: object, also_idle: bool = False) -> None:
        """Work on what is due; with `also_idle`, look at all engines."""
        if not self._is_started:
            return
        engines = {each.engine for each in self._speech.values() if each}
        for engine_id in sorted(engines - self._working):
            if also_idle or self._due(engine_id):
                self._working.add(engine_id)
                self._tasks.async_create(self._work(engine_id), "texts")
        self._set_timer()

    async def _work(self, engine_id: str) -> None:
        """Transcribe what is due, the newest message first."""
        try:
            await async_wait_for_engine(self._hass, engine_id)
            self._note_usable(engine_id)
            while self._due(engine_id):
                await self._leave_out(engine_id)
                async with engine_turn(
                    self._hass, engine_id, lambda: self._order(engine_id)
                ):
                    if due := self._due(engine_id):
                        await self._try(due[0])
        except Interrupted:
            pass  # Home Assistant is stopping.
        finally:
            self._working.discard(engine_id)
        self._set_timer()

    async def _leave_out(self, engine_id: str) -> None:
        """Leave the oldest messages without a text where very many wait."""
        for mailbox, speech in self._users_of(engine_id):
            for message in self._due_of(mailbox, speech)[MAX_WAITING:]:
                left_out = Transcript(TranscriptState.FAILED, engine_id)
                await self.texts.async_put(mailbox, message, left_out)

    async def _try(self, message: Message) -> None:
        """Transcribe a new message, and keep why that failed if it did."""
        mailbox = async_open_mailbox(self._mailboxes, message.number, None)
        speech = mailbox.mailbox.speech
        assert speech
        try:
            async with mailbox.audio_of(message.message_id):
                transcript = await async_transcribe(
                    self._hass, self._client, message, speech.engine, speech.language
                )
        except HomeAssistantError as err:
            _LOGGER.debug("A message was not transcribed: %s", err)
            before = self.texts.kept(mailbox.mailbox).get(message.message_id)
            transcript = _failure(err, speech, before.failures if before else 0)
        await self.texts.async_put(mailbox.mailbox, message, transcript)

    def _users_of(self, engine_id: str) -> list[tuple[Mailbox, Speech]]:
        """Return the mailboxes that have an engine, and how they use it."""
        return [
            (mailbox, mailbox.speech)
            for mailbox in self._mailboxes.values()
            if mailbox.speech and mailbox.speech.engine == engine_id
        ]

    def _order(self, engine_id: str) -> float:
        due = self._due(engine_id)
        return newest_first(due[0]) if due else inf

    def _due(self, engine_id: str) -> list[Message]:
        """Return the messages that an engine is to transcribe now, the newest first."""
        if not self._mailboxes.messages.last_update_success:
            return []
        due = [
            message
            for mailbox, speech in self._users_of(engine_id)
            for message in self._due_of(mailbox, speech)
        ]
        return sorted(due, key=newest_first)

    def _due_of(self, mailbox: Mailbox, speech: Speech) -> list[Message]:
        waiting = self.texts.waiting(mailbox)
        if not waiting:
            return []
        now = time.time()
        ids = {
            message_id
            for message_id, transcript in waiting.items()
            if transcript is None or _is_due(transcript, now)
        }
        if ids and any(waiting.values()) and self._why_not(speech):
            ids = {message_id for message_id in ids if not waiting[message_id]}
        state = self._mailboxes.messages.data.get(mailbox.number)
        messages = state.messages if state else ()
        return [message for message in messages if message.message_id in ids]

    def _known(
        self, mailbox: OpenMailbox, message: Message, engine_id: str, language: str
    ) -> Transcript | None:
        """Return what an engine has heard in a language."""
        known = self.texts.kept(mailbox.mailbox).get(message.message_id)
        is_same = known and (known.engine, known.language) == (engine_id, language)
        return known if known and is_same and known.is_heard else None

    def _why_not(self, speech: Speech) -> HomeAssistantError | None:
        """Return why an engine cannot be used as a mailbox wants it."""
        try:
            async_engine_language(self._hass, speech.engine, speech.language)
        except HomeAssistantError as err:
            return err
        return None

    @callback
    def _note_usable(self, engine_id: str) -> None:
        """Tell the user whose engine cannot be used, and that it can be again."""
        for mailbox, speech in self._users_of(engine_id):
            self._note_unusable(mailbox, self._why_not(speech))

    @callback
    def _note_unusable(self, mailbox: Mailbox, err: HomeAssistantError | None) -> None:
        if err:
            self._unusable.add(mailbox.number)
            async_create_speech_issue(self._hass, self._entry, mailbox, err)
        else:
            self._unusable.discard(mailbox.number)
            async_delete_speech_issue(self._hass, self._entry, mailbox)

    @callback
    def _set_timer(self) -> None:
        """Look at what failed again, when that is due."""
        self._stop_timer()
        now = time.time()
        retries = [
            transcript.retry_at
            for mailbox in self._mailboxes.values()
            if mailbox.speech
            for transcript in self.texts.waiting(mailbox).values()
            if transcript and transcript.retry_at
        ]
        if self._is_started and (retries or self._unusable):
            later = (each - now for each in retries if each > now)
            self._timer = async_call_later(
                self._hass, min((RETRY_AFTER, *later)), self._look_again
            )

    @callback
    def _look_again(self, _: datetime) -> None:
        self._timer = None
        self._wake(also_idle=True)

    @callback
    def _stop_timer(self) -> None:
        if self._timer:
            self._timer()
            self._timer = None


def _is_due(transcript: Transcript, now: float) -> bool:
    """Return whether what failed is to be tried again now.

    If that would be later than it can be, the clock was set back since.
    """
    at = transcript.retry_at
    return at is not None and not now < at <= now + RETRY_AFTER


def _failure(err: HomeAssistantError, speech: Speech, failures: int) -> Transcript:
    """Return why a message has no text, and when that is tried again."""
    later = time.time() + RETRY_AFTER
    match err:
        case MessageWithoutAudio():
            return Transcript(TranscriptState.NO_SPEECH, speech.engine)
        case LanguageNotSupported():
            state = TranscriptState.LANGUAGE_UNKNOWN
        case _:
            state = TranscriptState.FAILED
            if not isinstance(err, _UNUSABLE):
                failures += 1
    return Transcript(
        state,
        speech.engine,
        speech.language or "",
        failures=failures,
        retry_at=later if failures < MAX_FAILURES else None,
    )
