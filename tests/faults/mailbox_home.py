"""A home with mailboxes, and what its user and its automations do with them."""

from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant.components.media_source import async_resolve_media

from tests.common import MINUTE, shown
from tests.engines import ENGINE
from tests.mailboxes.common import (
    MESSAGE,
    PRESENCE,
    UNREAD,
    Arrivals,
    poll,
    select_presence,
)

from .home import Home

NUMBER: Final = "3200"
UNAVAILABLE: Final = "unavailable"


@dataclass
class MailboxHome(Home):
    """A home with the mailbox of extension 3200, and others."""

    arrivals: Arrivals = field(init=False)
    left: list[str] = field(default_factory=list)
    """The IDs of the messages that callers left."""

    def __post_init__(self) -> None:
        """Listen to the event entity."""
        self.arrivals = Arrivals(self.hass)

    # What happens at the PBX

    def leave_message(self, *, announced: bool = True) -> None:
        """Let a caller leave a message."""
        message = self.pbx.leave_message(
            NUMBER, "15550123", "Anna Weber", announced=announced
        )
        self.left.append(message.msg_id)

    def forget(self) -> None:
        """Let there be no messages."""
        for message_id in self.left:
            if self.pbx.mailboxes.find(msg_id=message_id):
                self.pbx.delete_at_phone(message_id)
        self.left.clear()
        self.arrivals.events.clear()

    # What is done

    async def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        await self.clock.pass_time(seconds)

    async def poll(self) -> None:
        """Ask for the mailboxes."""
        await poll(self.entry)

    async def list_messages(self) -> str:
        """List the messages."""
        return await self._act_on_mailbox("list_messages")

    async def play_message(self) -> str:
        """Play the newest message."""
        return await self._act_on_mailbox(
            "play_message", entity_id="media_player.kitchen"
        )

    async def mark_message_read(self) -> str:
        """Mark the newest message as read."""
        return await self._act_on_message("mark_message_read")

    async def delete_message(self) -> str:
        """Delete the newest message."""
        return await self._act_on_message("delete_message")

    async def transcribe_message(self) -> str:
        """Turn the newest message into text."""
        return await self._act_on_mailbox("transcribe_message", engine=ENGINE)

    async def browse_to_message(self) -> str:
        """Play the newest message from the media browser."""
        media = self.media("messages", NUMBER, self.left[-1])
        return await self.told(async_resolve_media(self.hass, media, None))

    async def select_presence(self) -> str:
        """Change the presence."""
        option = "away" if self.state_of(PRESENCE) == "available" else "available"
        return await self.told(select_presence(self.hass, option))

    # What is seen

    def state_of(self, entity_id: str) -> str:
        """Return the state of an entity."""
        return shown(self.hass, entity_id)

    @property
    def is_available(self) -> bool:
        """Return whether all entities of the mailbox are available."""
        states = map(self.state_of, (UNREAD, MESSAGE, PRESENCE))
        return UNAVAILABLE not in states

    async def wait_until_available(self, minutes: int) -> None:
        """Let time pass until all entities of the mailbox are available."""
        for _ in range(minutes):
            if self.is_available:
                break
            await self.pass_time(MINUTE)

    async def _act_on_mailbox(self, action: str, **data: Any) -> str:
        return await self.act(action, mailbox=NUMBER, **data)

    async def _act_on_message(self, action: str) -> str:
        return await self._act_on_mailbox(action, message_id=self.left[-1])
