"""What a mailbox shows, told to the cards that show it.

A message becomes a row once, however many browsers show it, and a change is told alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.components.event import DOMAIN as EVENT_DOMAIN
from homeassistant.components.stt import DOMAIN as STT_DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_entity_registry_updated_event
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..entry import Pbx, YeastarConfigEntry
from ..mailboxes.mailbox import Mailbox, entry_mailboxes
from ..pbx import Message
from ..playback.references import MessageReference, media_content_id
from ..registries import own_entities
from ..transcription import ShownTexts

type Rows = Mapping[str, dict[str, Any]]
type Tell = Callable[[dict[str, Any]], None]

_FEEDS: HassKey[dict[str, Feed]] = HassKey(f"{DOMAIN}_feeds")


class FeedState(StrEnum):
    """Whether there is a list of messages, and if not, why."""

    READY = "ready"
    LOADING = "loading"
    UNAVAILABLE = "unavailable"
    NOT_FOUND = "not_found"
    NOT_ALLOWED = "not_allowed"


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a mailbox shows; `is_current` says that the last update succeeded."""

    state: FeedState
    name: str = ""
    is_current: bool = False
    messages: tuple[Message, ...] = ()
    texts: ShownTexts = field(default_factory=ShownTexts)


@dataclass(eq=False, slots=True)
class _Reader:
    """A card of a user, and whether the user could read when it was last told."""

    user: User
    tell: Tell
    may_read: bool = False


def _nothing() -> None:
    """Stop nothing: nothing was started."""


@dataclass(eq=False, slots=True)
class Feed:
    """What the mailbox of an event entity shows."""

    hass: HomeAssistant
    entity_id: str
    _readers: set[_Reader] = field(default_factory=set)
    _shown: _Shown = field(default_factory=lambda: _Shown(FeedState.LOADING))
    _rows: Rows = field(default_factory=dict)
    _pbx: Pbx | None = None
    _entry: YeastarConfigEntry | None = None
    _stop_entry: CALLBACK_TYPE = _nothing
    _stop_pbx: CALLBACK_TYPE = _nothing
    _stop_registry: CALLBACK_TYPE = _nothing

    @callback
    def async_add_reader(self, user: User, tell: Tell) -> CALLBACK_TYPE:
        """Tell a card what is shown, and each change from now on."""
        if not self._readers:
            self._stop_registry = async_track_entity_registry_updated_event(
                self.hass, self.entity_id, self._async_update
            )
        reader = _Reader(user, tell)
        self._async_update()
        self._readers.add(reader)
        self._tell_all(reader)

        @callback
        def remove() -> None:
            self._readers.remove(reader)
            if not self._readers:
                self._stop()

        return remove

    def _stop(self) -> None:
        del self.hass.data[_FEEDS][self.entity_id]
        for stop in (self._stop_registry, self._stop_entry, self._stop_pbx):
            stop()

    @callback
    def _async_update(self, *_: object) -> None:
        """Tell what changed."""
        mailbox = self._follow()
        before, shown = self._shown, self._look(mailbox)
        if shown == before:
            return
        rows_before, self._shown = self._rows, shown
        if (shown.messages, shown.texts) != (before.messages, before.texts):
            self._rows = self._to_rows(shown)
        is_small = (shown.state, shown.name) == (before.state, before.name)
        # Once for all readers: a large mailbox has hundreds of rows to compare.
        change = self._change(rows_before) if is_small else {}
        for reader in list(self._readers):
            if is_small and reader.may_read and self._may(reader, POLICY_READ):
                reader.tell(change)
            else:
                self._tell_all(reader)

    def _follow(self) -> Mailbox | None:
        """Listen to what the mailbox depends on now; return it if there is one."""
        mailbox, entry = async_find_mailbox(self.hass, self.entity_id)
        if entry is not self._entry:
            self._stop_entry()
            self._stop_entry = _nothing
            if entry:
                self._stop_entry = entry.async_on_state_change(self._async_update)
            self._entry = entry
        pbx = None
        if entry and entry.state is ConfigEntryState.LOADED:
            pbx = entry.runtime_data
        if pbx is not self._pbx:
            self._stop_pbx()
            self._stop_pbx = _nothing
            if pbx:
                messages = pbx.mailboxes.messages
                self._stop_pbx = messages.async_add_listener(self._async_update)
            self._pbx = pbx
        return mailbox

    def _look(self, mailbox: Mailbox | None) -> _Shown:
        entry, pbx = self._entry, self._pbx
        if mailbox is None or entry is None:
            return _Shown(FeedState.NOT_FOUND)
        if pbx is None:
            is_coming = entry.state is ConfigEntryState.SETUP_IN_PROGRESS or (
                entry.state is ConfigEntryState.NOT_LOADED and not self.hass.is_running
            )
            state = FeedState.LOADING if is_coming else FeedState.UNAVAILABLE
            return _Shown(state, mailbox.title)
        messages = pbx.mailboxes.messages
        if found := messages.data.get(mailbox.number):
            return _Shown(
                FeedState.READY,
                mailbox.title,
                messages.last_update_success,
                found.messages,
                pbx.transcriber.texts.shown(mailbox),
            )
        is_gone = pbx.mailboxes.boxes.absence(mailbox.number)
        state = FeedState.UNAVAILABLE if is_gone else FeedState.LOADING
        return _Shown(state, mailbox.title)

    def _to_rows(self, shown: _Shown) -> Rows:
        texts = shown.texts
        return {
            message.message_id: {
                **self._row(message),
                "transcript": texts.response(message.message_id),
            }
            for message in shown.messages
        }

    def _row(self, message: Message) -> dict[str, Any]:
        assert self._pbx
        return {
            "message_id": message.message_id,
            "time": message.time.isoformat() if message.time else None,
            "caller_name": message.caller_name,
            "caller_number": message.caller_number,
            "duration": message.duration,
            "unread": not message.is_read,
            "media_content_id": media_content_id(
                self._pbx.info.serial_number,
                MessageReference(message.number, message.message_id),
            ),
        }

    def _tell_all(self, reader: _Reader) -> None:
        shown = self._shown
        reader.may_read = self._may(reader, POLICY_READ)
        state = shown.state if reader.may_read else FeedState.NOT_ALLOWED
        told: dict[str, Any] = {
            "type": "mailbox",
            "entity_id": self.entity_id,
            "state": state,
        }
        if state not in (FeedState.NOT_FOUND, FeedState.NOT_ALLOWED):
            told |= {
                "name": shown.name,
                "can_control": self._may(reader, POLICY_CONTROL),
                "can_transcribe": bool(async_engines(self.hass)),
                "is_current": shown.is_current,
                "limit": None,
            }
        if state is FeedState.READY:
            told["messages"] = list(self._rows.values())
        reader.tell(told)

    def _change(self, before: Rows) -> dict[str, Any]:
        rows = self._rows
        return {
            "type": "change",
            "entity_id": self.entity_id,
            "is_current": self._shown.is_current,
            "messages": [row for key, row in rows.items() if before.get(key) != row],
            "removed": [key for key in before if key not in rows],
        }

    def _may(self, reader: _Reader, permission: str) -> bool:
        return reader.user.permissions.check_entity(self.entity_id, permission)


@callback
def async_get_feed(hass: HomeAssistant, entity_id: str) -> Feed:
    """Return the feed of an event entity, which all cards share."""
    feeds = hass.data.setdefault(_FEEDS, {})
    if (feed := feeds.get(entity_id)) is None:
        feed = feeds[entity_id] = Feed(hass, entity_id)
    return feed


@callback
def async_find_mailbox(
    hass: HomeAssistant, entity_id: str
) -> tuple[Mailbox | None, YeastarConfigEntry | None]:
    """Return the mailbox of an event entity, and its entry, if they are there."""
    registered = er.async_get(hass).async_get(entity_id)
    if not registered or not own_entities(hass, EVENT_DOMAIN, {entity_id}):
        return None, None
    entry: YeastarConfigEntry | None
    entry = hass.config_entries.async_get_entry(registered.config_entry_id or "")
    mailboxes = entry_mailboxes(entry).values() if entry else ()
    subentry_id = registered.config_subentry_id
    found = (each for each in mailboxes if each.subentry_id == subentry_id)
    return next(found, None), entry


@callback
def async_engines(hass: HomeAssistant) -> list[str]:
    """Return the speech-to-text entities that there are."""
    return sorted(hass.states.async_entity_ids(STT_DOMAIN))
