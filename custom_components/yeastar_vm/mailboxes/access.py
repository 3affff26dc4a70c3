"""Who may hear and change messages: the one rule, for every way in.

The messages of a box are private until the user adds it as a mailbox. They are then for
the users who may see its event entity, and changed by those who may control it, as the
items of a to-do list. Home Assistant names no user for an automation or a player: they
may use what was added.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.event import DOMAIN as EVENT_DOMAIN
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..errors.invalid_input import (
    BoxNotFound,
    GroupWithoutMessages,
    MessageGone,
    MessageIdEmpty,
    MessageNotFound,
    MessagesNotAllowed,
    MessageWithoutAudio,
    NoMessages,
    NotAMailbox,
)
from ..errors.issues import Feature, handled_errors
from ..errors.translated import InvalidInput
from ..pbx import Message, NoAudio, NotFound
from .mailbox import MESSAGE_ENTITY, Absence, Mailbox, entity_identifier
from .mailboxes import Mailboxes
from .messages import MessageCoordinator, find_message


@dataclass(frozen=True, slots=True)
class OpenMailbox:
    """A mailbox for a user who may read its messages, or change them, too."""

    mailboxes: Mailboxes
    mailbox: Mailbox

    @property
    def coordinator(self) -> MessageCoordinator:
        """Return what keeps its messages up to date."""
        return self.mailboxes.messages

    @property
    def number(self) -> str:
        """Return the number of the box."""
        return self.mailbox.number

    @property
    def messages(self) -> tuple[Message, ...]:
        """Return the messages that are known, the newest one first.

        Raise BoxNotFound if the PBX does not have the box, GroupWithoutMessages if it
        has none of its own, NotAMailbox if the user has removed it meanwhile.
        """
        if (state := self.coordinator.data.get(self.number)) is None:
            if self.mailboxes.boxes.absence(self.number) is Absence.BROADCAST:
                raise GroupWithoutMessages
            is_there = self.number in self.mailboxes
            raise (BoxNotFound if is_there else NotAMailbox)(number=self.number)
        return state.messages

    @property
    def unread(self) -> tuple[Message, ...]:
        """Return the unread messages that are known."""
        return tuple(message for message in self.messages if not message.is_read)

    async def update(self) -> None:
        """Ask the PBX for the messages."""
        with self._errors():
            await self.coordinator.async_update([self.number])

    def message(self, message_id: str) -> Message:
        """Return a message that is known; raise InvalidInput if there is none."""
        if not message_id:
            raise MessageIdEmpty
        if message := find_message(self.messages, message_id):
            return message
        raise MessageNotFound(number=self.number)

    def newest(self) -> Message:
        """Return the newest message that is known; raise NoMessages."""
        if not self.messages:
            raise NoMessages(number=self.number)
        return self.messages[0]

    async def find(self, message_id: str) -> Message:
        """Return a message that is in this very mailbox now; raise MessageGone.

        The PBX itself returns any message that is named, whatever its box.
        """
        state = self.coordinator.data.get(self.number)
        if state and (message := find_message(state.messages, message_id)):
            return message
        await self.update()
        if message := find_message(self.messages, message_id):
            return message
        raise MessageGone

    def why_no_audio(self, message_id: str) -> InvalidInput:
        """Return why the PBX has no audio of a message that it listed.

        It lists a message whose caller hung up, and says of it what it says of one that
        was deleted.
        """
        is_listed = find_message(self.messages, message_id)
        return MessageWithoutAudio() if is_listed else MessageGone()

    @asynccontextmanager
    async def audio_of(self, message_id: str) -> AsyncIterator[None]:
        """Say why there is no audio of a message if the PBX has none.

        Raise MessageWithoutAudio, MessageGone, and every other error in words.
        """
        with self._errors():
            try:
                yield
            except NoAudio, NotFound:
                await self.update()
                raise self.why_no_audio(message_id) from None

    async def mark_read(self, message: Message) -> None:
        """Mark a message as read, unless it is; raise MessageGone."""
        if message.is_read:
            return
        async with self._changing(message):
            await self.coordinator.async_mark_read(message)

    async def delete(self, message: Message) -> None:
        """Delete a message; raise MessageGone."""
        async with self._changing(message):
            await self.coordinator.async_delete(message)

    @asynccontextmanager
    async def _changing(self, message: Message) -> AsyncIterator[None]:
        """Say that a message is gone if the PBX neither finds nor lists it.

        Raise every other error in words.
        """
        with self._errors():
            try:
                yield
            except NotFound:
                await self.update()
                if message.message_id in {each.message_id for each in self.messages}:
                    raise
                raise MessageGone from None

    @contextmanager
    def _errors(self) -> Iterator[None]:
        entry = self.coordinator.config_entry
        assert entry
        with handled_errors(self.coordinator.hass, entry, Feature.MESSAGES):
            yield


@callback
def async_open_mailbox(
    mailboxes: Mailboxes,
    number: str,
    user: User | None,
    permission: str = POLICY_READ,
) -> OpenMailbox:
    """Return a mailbox that a user may read or control.

    Raise NotAMailbox if it was not added, MessagesNotAllowed if the user may not.
    """
    if (mailbox := mailboxes.get(number)) is None:
        raise NotAMailbox(number=number)
    if user and not _is_allowed(mailboxes, number, user, permission):
        raise MessagesNotAllowed(
            user_id=user.id,
            entity_id=_event_entity_id(mailboxes, number),
            permission=permission,
            number=number,
        )
    return OpenMailbox(mailboxes, mailbox)


@callback
def async_open_mailboxes(mailboxes: Mailboxes, user: User | None) -> list[OpenMailbox]:
    """Return all mailboxes that a user may read."""
    return [
        OpenMailbox(mailboxes, mailbox)
        for number, mailbox in mailboxes.items()
        if user is None or _is_allowed(mailboxes, number, user, POLICY_READ)
    ]


@callback
def async_is_gone(mailboxes: Mailboxes, number: str, message_id: str) -> bool:
    """Return whether a message was deleted, or its mailbox removed, as far as known."""
    if number not in mailboxes:
        return True
    state = mailboxes.messages.data.get(number)
    return state is not None and find_message(state.messages, message_id) is None


def _is_allowed(mailboxes: Mailboxes, number: str, user: User, permission: str) -> bool:
    if entity_id := _event_entity_id(mailboxes, number):
        return user.permissions.check_entity(entity_id, permission)
    # It was removed from the registry, and no policy can name it.
    return user.permissions.access_all_entities(permission)


def _event_entity_id(mailboxes: Mailboxes, number: str) -> str | None:
    """Return the ID of the event entity of a mailbox, enabled or not."""
    return er.async_get(mailboxes.messages.hass).async_get_entity_id(
        EVENT_DOMAIN,
        DOMAIN,
        entity_identifier(mailboxes.info.serial_number, number, MESSAGE_ENTITY),
    )
