"""The texts of messages, kept across restarts for as long as the PBX has the messages.

They lie in pages: a new text writes one of them, whatever a mailbox has besides.
"""

import asyncio
from collections.abc import Iterable, Mapping, Set as AbstractSet
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.json import JsonObjectType

from ..storage import EntryStore

PAGE_SIZE: Final = 2000  # characters; a longer text has a page of its own
_ENTRY_SIZE: Final = 150  # characters of a transcript beside its text
# Files in a row that may be missing: Home Assistant sets aside one that is damaged.
_MAX_MISSING: Final = 2


class TranscriptState(StrEnum):
    """Whether a message has a text, and if not, why."""

    TEXT = "text"
    NO_SPEECH = "no_speech"
    FAILED = "failed"
    LANGUAGE_UNKNOWN = "language_unknown"


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said in a message, or why that is not known.

    `language` is the engine's. `failures` are those of the engine. `retry_at` is when a
    failure is tried again, in seconds since the epoch; None if it is not.
    """

    state: TranscriptState
    engine: str
    language: str = ""
    text: str = field(default="", repr=False)
    failures: int = 0
    retry_at: float | None = None

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """Read a transcript of a file."""
        return cls(**{**stored, "state": TranscriptState(stored["state"])})

    @property
    def is_heard(self) -> bool:
        """Return whether it is known what was said, also if it was nothing."""
        return self.state in (TranscriptState.TEXT, TranscriptState.NO_SPEECH)

    @property
    def is_final(self) -> bool:
        """Return whether nothing is tried any longer."""
        return self.is_heard or self.retry_at is None

    @property
    def response(self) -> JsonObjectType:
        """Return what cards and actions are told."""
        response: JsonObjectType = {
            "state": self.state.value,
            "language": self.language,
        }
        return {**response, "text": self.text} if self.text else response


class _Page(EntryStore[dict[str, dict[str, Any]]]):
    """A file with some transcripts, by message ID."""

    def __init__(self, hass: HomeAssistant, key: str) -> None:
        super().__init__(hass, key)
        self.transcripts: dict[str, Transcript] = {}

    def has_room(self, transcript: Transcript) -> bool:
        """Return whether a transcript may be added."""
        sizes = (len(each.text) + _ENTRY_SIZE for each in self.transcripts.values())
        size = sum(sizes)
        return not size or size + len(transcript.text) + _ENTRY_SIZE <= PAGE_SIZE

    def data(self) -> dict[str, dict[str, Any]]:
        """Return what the file has."""
        return {key: asdict(each) for key, each in self.transcripts.items()}


class KeptTranscripts:
    """The transcripts of a mailbox, by message ID.

    `all` is replaced with each change. The pages are numbered without a gap. If the
    file of one is damaged, the page is empty.
    """

    def __init__(self, hass: HomeAssistant, key: str) -> None:
        self._hass = hass
        self._key = key
        self._pages: list[_Page] = []
        self.all: Mapping[str, Transcript] = MappingProxyType({})

    async def async_load(self) -> None:
        """Read the files."""
        missing = 0
        while missing <= _MAX_MISSING:
            page = self._new_page()
            stored = await page.async_load()
            missing = missing + 1 if stored is None else 0
            page.transcripts = {
                key: Transcript.from_stored(each)
                for key, each in (stored or {}).items()
            }
            self._pages.append(page)
        del self._pages[-missing:]
        self._collect()

    async def async_put(self, message_id: str, transcript: Transcript) -> None:
        """Keep a transcript, and wait until it is written."""
        page = self._page_for(message_id, transcript)
        page.transcripts[message_id] = transcript
        self._collect()
        await page.async_save_now(page.data)

    @callback
    def async_keep(self, message_ids: AbstractSet[str]) -> None:
        """Forget the transcripts of all messages but these."""
        self._forget(self.all.keys() - message_ids)

    @callback
    def async_forget_failures(self, message_ids: Iterable[str]) -> None:
        """Forget why some messages have no text: it may be possible now."""
        failures = {key for key, each in self.all.items() if not each.is_heard}
        self._forget(failures.intersection(message_ids))

    async def async_remove(self) -> None:
        """Delete the files."""
        pages, self._pages = self._pages, []
        await asyncio.gather(*(page.async_remove() for page in pages))

    def _page_for(self, message_id: str, transcript: Transcript) -> _Page:
        """Return the page that has a transcript already, or one with room for it."""
        for page in self._pages:
            if message_id in page.transcripts:
                return page
        for page in self._pages:
            if page.has_room(transcript):
                return page
        page = self._new_page()
        self._pages.append(page)
        return page

    def _forget(self, message_ids: AbstractSet[str]) -> None:
        if not message_ids:
            return
        for page in self._pages:
            if message_ids & page.transcripts.keys():
                page.transcripts = {
                    k: v for k, v in page.transcripts.items() if k not in message_ids
                }
                page.async_delay_save(page.data)
        self._collect()

    def _new_page(self) -> _Page:
        return _Page(self._hass, f"{self._key}.{len(self._pages)}")

    def _collect(self) -> None:
        pages = (page.transcripts for page in self._pages)
        self.all = MappingProxyType({k: v for page in pages for k, v in page.items()})
