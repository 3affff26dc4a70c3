"""The event entity of a mailbox: a message was received, or has its text."""

from dataclasses import asdict, dataclass
from typing import Any, Final, override

from homeassistant.components.event import (
    ATTR_EVENT_TYPE,
    EventEntity,
    EventExtraStoredData,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import EVENT_MESSAGE_RECEIVED, EVENT_MESSAGE_TRANSCRIBED
from .entity import MailboxEntity, async_add_mailbox_entities
from .entry import Pbx, YeastarConfigEntry
from .mailboxes.mailbox import MESSAGE_ENTITY, Mailbox
from .mailboxes.messages import MessageCoordinator
from .mailboxes.transcripts import Transcript, TranscriptState
from .pbx import Message
from .playback.references import MessageReference, media_content_id
from .registries import async_forget_states

PARALLEL_UPDATES = 0

ATTR_MESSAGE_ID: Final = "message_id"
ATTR_TEXT: Final = "text"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the event entities."""
    await async_add_mailbox_entities(entry, MessageEventEntity, async_add_entities)


@dataclass
class MessageExtraStoredData(EventExtraStoredData):
    """The last event of a mailbox, as it is kept across restarts.

    `state` is when it was. Home Assistant keeps "unavailable" in its place if the PBX
    was away at the end. `mailbox` tells the mailbox from one with the same entity ID.
    """

    state: str | None
    mailbox: str


class MessageEventEntity(MailboxEntity[MessageCoordinator], EventEntity):
    """Tell of each new message of a mailbox, once, and of its text when that is there.

    What was said is not recorded, and shown for as long as the PBX has the message.
    """

    key = MESSAGE_ENTITY
    _attr_event_types = [  # noqa: RUF012 - as in EventEntity
        EVENT_MESSAGE_RECEIVED,
        EVENT_MESSAGE_TRANSCRIBED,
    ]
    _unrecorded_attributes = frozenset({ATTR_TEXT})

    def __init__(self, pbx: Pbx, mailbox: Mailbox) -> None:
        super().__init__(pbx.mailboxes.messages, pbx, mailbox)

    @property
    @override
    def shown(self) -> tuple[str | None] | None:
        """Return the text of the last event, if the messages are known."""
        is_known = self.mailbox.number in self.coordinator.data
        return (self._text,) if is_known else None

    @override
    async def async_added_to_hass(self) -> None:
        """Listen for new messages and their texts."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.pbx.mailboxes.reporter.async_add_listener(
                self.mailbox, self._async_handle_message
            )
        )
        self.async_on_remove(
            self.pbx.transcriber.texts.async_add_listener(
                self.mailbox, self._async_handle_transcript
            )
        )

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Leave nothing of a mailbox that was removed."""
        await super().async_will_remove_from_hass()
        if self.registry_entry is None:
            async_forget_states(self.hass, [self.entity_id])

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """Return the text of the last event."""
        text = self._text
        return None if text is None else {ATTR_TEXT: text}

    @property
    def _text(self) -> str | None:
        """Return what was said in the message of the last event, if that told it."""
        told = self.state_attributes
        if told[ATTR_EVENT_TYPE] != EVENT_MESSAGE_TRANSCRIBED:
            return None
        kept = self.pbx.transcriber.texts.kept(self.mailbox)
        transcript = kept.get(told[ATTR_MESSAGE_ID])
        return transcript.text if transcript else ""

    @property
    def _mailbox_key(self) -> str:
        """Return what tells the mailbox from another one with the same entity ID."""
        return f"{self.unique_id} {self.mailbox.subentry_id}"

    @property
    @override
    def extra_restore_state_data(self) -> MessageExtraStoredData:
        """Return the last event."""
        data = super().extra_restore_state_data
        return MessageExtraStoredData(
            **asdict(data), state=self.state, mailbox=self._mailbox_key
        )

    @override
    async def async_get_last_state(self) -> State | None:
        """Return when the last event was, unless it is that of another mailbox."""
        if (data := await self.async_get_last_extra_data()) is None:
            return None
        last = data.as_dict()
        if last.get("mailbox") != self._mailbox_key or not last["state"]:
            return None
        return State(self.entity_id, last["state"])

    @callback
    def _async_handle_message(self, message: Message) -> None:
        self._trigger_event(EVENT_MESSAGE_RECEIVED, self._told(message))
        self.async_write_ha_state()

    @callback
    def _async_handle_transcript(
        self, message: Message, transcript: Transcript
    ) -> None:
        """Tell of a text, or in `reason` why there is none."""
        has_text = transcript.state is TranscriptState.TEXT
        told = {
            **self._told(message),
            "language": transcript.language or None,
            "reason": None if has_text else transcript.state.value,
        }
        self._trigger_event(EVENT_MESSAGE_TRANSCRIBED, told)
        self.async_write_ha_state()

    def _told(self, message: Message) -> dict[str, Any]:
        """Return what is told of a message."""
        return {
            "caller_number": message.caller_number,
            "caller_name": message.caller_name,
            "duration": message.duration,
            "time": message.time.isoformat() if message.time else None,
            ATTR_MESSAGE_ID: message.message_id,
            "media_content_id": media_content_id(
                self.pbx.info.serial_number, MessageReference.of(message)
            ),
        }
