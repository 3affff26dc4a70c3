"""The messages that Home Assistant has reported, and their texts, kept across restarts.

Each message is reported once: also across reloads, outages of the PBX and deletions.
Each mailbox has a file of its own, so that a new message does not write all others.
"""

import asyncio
from collections.abc import Collection, Iterable, Set as AbstractSet
from typing import Any, Final, override

from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN
from ..storage import EntryStore
from .transcripts import KeptTranscripts

# Version 1.1, of 2.0.0, has the messages of all mailboxes in one file.
INDEX_MINOR_VERSION: Final = 2
# IDs that are remembered of a mailbox. That is more than it can have, because a message
# that is not listed for a moment is not new when it is listed again.
MAX_REMEMBERED: Final = 550
# Messages whose text is still to come though it was tried: more would make files large.
MAX_FAILED: Final = 50

_INDEX_KEY: Final = "mailboxes"
_AWAITING_TEXT: Final = "awaiting_text"


class ReportedMessages:
    """The message IDs that were reported of one mailbox, and the transcripts.

    `waits_since` is when the PBX first refused to list a mailbox of which nothing is
    known, in seconds since the epoch. It is None once it is known what was there.
    `awaiting_text` are reported messages whose text comes by itself, also if it has
    come; `untold` are those of them whose text came while there was nobody to tell.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str, mailbox_id: str) -> None:
        self._store = EntryStore[dict[str, Any]](
            hass, f"{_index_key(entry_id)}.{mailbox_id}"
        )
        self._ids: dict[str, None] | None = None
        self.waits_since: float | None = None
        self.awaiting_text: dict[str, None] = {}
        self.untold: list[str] = []
        self.transcripts = KeptTranscripts(
            hass, f"{DOMAIN}.{entry_id}.texts.{mailbox_id}"
        )

    async def async_load(self) -> None:
        """Read the files."""
        await self.transcripts.async_load()
        if data := await self._store.async_load():
            if (reported := data["reported"]) is not None:
                self._ids = dict.fromkeys(reported)
            self.waits_since = data["waits_since"]
            # Versions before 2.2.0 know no texts.
            self.awaiting_text = dict.fromkeys(data.get(_AWAITING_TEXT, ()))

    async def async_take_over(self, message_ids: list[str]) -> None:
        """Write what 2.0.0 remembered of a mailbox."""
        self._ids = dict.fromkeys(message_ids)
        await self._store.async_save(self._data())

    @property
    def is_known(self) -> bool:
        """Return whether it is known which messages are not new."""
        return self._ids is not None

    def is_reported(self, message_id: str) -> bool:
        """Return whether a message was reported."""
        return self._ids is not None and message_id in self._ids

    @callback
    def async_wait(self, now: float) -> None:
        """Note that the PBX does not list the messages that are not new."""
        if self.waits_since is None:
            self.waits_since = now
            self._async_save()

    @callback
    def async_begin(self, message_ids: Iterable[str]) -> None:
        """Begin to remember messages; these are not new."""
        self._ids = dict.fromkeys(message_ids)
        self.waits_since = None
        self._async_save()

    @callback
    def async_report(
        self, message_id: str, listed: Collection[str], *, awaits_text: bool
    ) -> None:
        """Remember that a message is reported; `listed` are all that the PBX lists.

        That its text is to come is in the same file: so nothing is forgotten, and
        nothing more is written.
        """
        assert self._ids is not None  # See `is_known`.
        listed = dict.fromkeys(listed)
        known = [each for each in listed if each in self._ids]
        former = [each for each in self._ids if each not in listed]
        ids = [*former, *known, message_id]
        self._ids = dict.fromkeys(ids[-max(MAX_REMEMBERED, len(listed)) :])
        self._settle(listed)
        if awaits_text:
            self.awaiting_text[message_id] = None
        self._async_save()

    @callback
    def async_await_nothing(self) -> None:
        """Wait for no text any longer: the mailbox has no engine."""
        if self.awaiting_text:
            self.awaiting_text = {}
            self._async_save()

    @callback
    def async_keep_texts(self, listed: AbstractSet[str]) -> None:
        """Forget the texts of all messages but those that the PBX lists.

        One that is listed again later is not transcribed again, nor told.
        """
        came = (self.transcripts.all.keys() & self.awaiting_text.keys()) - listed
        if came:
            self.awaiting_text = {
                each: None for each in self.awaiting_text if each not in came
            }
            self._async_save()
        self.transcripts.async_keep(listed)

    async def async_remove(self) -> None:
        """Delete the files."""
        await asyncio.gather(
            self._store.async_remove(), self.transcripts.async_remove()
        )

    def _settle(self, listed: Collection[str]) -> None:
        """Wait no longer for texts that have come, or will never come."""
        transcripts = self.transcripts.all
        awaited = [
            each
            for each in self.awaiting_text
            if each in listed
            and not (each in transcripts and transcripts[each].is_final)
        ]
        failed = [each for each in awaited if each in transcripts]
        too_many = set(failed[:-MAX_FAILED])
        self.awaiting_text = {each: None for each in awaited if each not in too_many}

    @callback
    def _async_save(self) -> None:
        # Nothing is awaited: a report is never interrupted between the two.
        self._store.async_delay_save(self._data)

    def _data(self) -> dict[str, Any]:
        reported = None if self._ids is None else list(self._ids)
        return {
            "reported": reported,
            "waits_since": self.waits_since,
            _AWAITING_TEXT: list(self.awaiting_text),
        }


class _Index(EntryStore[dict[str, list[str]]]):
    """The IDs of the mailboxes that have a file."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        super().__init__(hass, _index_key(entry_id), minor_version=INDEX_MINOR_VERSION)
        self._entry_id = entry_id

    @override
    async def _async_migrate_func(
        self,
        old_major_version: int,
        old_minor_version: int,
        old_data: dict[str, list[str]],
    ) -> dict[str, list[str]]:
        """Give each mailbox of 2.0.0 a file of its own."""
        for mailbox_id, message_ids in old_data.items():
            messages = ReportedMessages(self.hass, self._entry_id, mailbox_id)
            await messages.async_take_over(message_ids)
        return {_INDEX_KEY: list(old_data)}


class MessageStore:
    """What was reported of the mailboxes of an entry, by the ID of their subentry."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._hass = hass
        self._entry_id = entry_id
        self._index = _Index(hass, entry_id)
        self._mailboxes: dict[str, ReportedMessages] = {}
        self._is_loaded = False

    async def async_keep(self, mailbox_ids: AbstractSet[str]) -> None:
        """Keep what was reported of these mailboxes, and nothing else."""
        if not self._is_loaded:
            index = await self._index.async_load() or {}
            await self._async_add(index.get(_INDEX_KEY, ()))
            self._is_loaded = True
        added = mailbox_ids - self._mailboxes.keys()
        removed = [
            self._mailboxes.pop(each) for each in self._mailboxes.keys() - mailbox_ids
        ]
        await asyncio.gather(*(each.async_remove() for each in removed))
        await self._async_add(added)
        if removed and not self._mailboxes:
            await self._index.async_remove()
        elif added or removed:
            self._index.async_delay_save(self._data)

    @callback
    def async_of(self, mailbox_id: str) -> ReportedMessages:
        """Return what was reported of a mailbox."""
        if (messages := self._mailboxes.get(mailbox_id)) is None:
            messages = self._mailboxes[mailbox_id] = self._new(mailbox_id)
            self._index.async_delay_save(self._data)
        return messages

    async def async_remove(self) -> None:
        """Delete all files."""
        await self.async_keep(set())

    async def _async_add(self, mailbox_ids: Iterable[str]) -> None:
        """Read the files of mailboxes, which may be missing."""
        added = {each: self._new(each) for each in mailbox_ids}
        await asyncio.gather(*(each.async_load() for each in added.values()))
        self._mailboxes |= added

    def _new(self, mailbox_id: str) -> ReportedMessages:
        return ReportedMessages(self._hass, self._entry_id, mailbox_id)

    def _data(self) -> dict[str, list[str]]:
        return {_INDEX_KEY: list(self._mailboxes)}


def _index_key(entry_id: str) -> str:
    return f"{DOMAIN}.{entry_id}.messages"
