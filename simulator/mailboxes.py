"""The voicemail messages of the PBX, by the number of the box that they are in."""

from dataclasses import KW_ONLY, dataclass, field
from itertools import count

from .switches import MessageIds, Switches
from .timeline import Timeline
from .tokens import random_text

_FIRST_COUNT = 619
_OPAQUE_LENGTH = 24


class MailboxFullError(Exception):
    """A caller could not leave a message."""


@dataclass(eq=False)
class SimulatedMessage:
    """One message that a caller left.

    ``uid`` is that of the call. Times are seconds since the epoch.
    """

    msg_id: str
    uid: str
    caller_number: str
    caller_name: str
    content: bytes = field(repr=False)
    _: KW_ONLY
    duration: int
    left_at: float
    listed_at: float
    is_read: bool = False
    read_by: set[str] = field(default_factory=set)
    """Numbers of the members of a group who heard it."""

    def audio(self) -> bytes:
        """Return the audio file."""
        return self.content


class Mailboxes:
    """The messages in all boxes, each box in the order of arrival."""

    def __init__(self, switches: Switches, timeline: Timeline) -> None:
        """Start with empty boxes."""
        self._switches = switches
        self._timeline = timeline
        self._boxes: dict[str, list[SimulatedMessage]] = {}
        self._count = count(_FIRST_COUNT)

    def new_id(self, left_at: float) -> str:
        """Return the ID of a new message."""
        number = next(self._count)
        match self._switches.message_ids:
            case MessageIds.DECIMAL:
                return f"{int(left_at)}-{number:08}"
            case MessageIds.HEXADECIMAL:
                return f"{int(left_at)}-{number:08x}"
        return random_text(_OPAQUE_LENGTH)

    def restart_count(self) -> None:
        """Count new messages from 0 on, as after a reboot."""
        self._count = count()

    def add(self, box: str, message: SimulatedMessage) -> None:
        """Put a message into a box, which makes room for it if it can."""
        messages = self._boxes.setdefault(box, [])
        if len(messages) >= self._switches.mailbox_limit:
            if not self._switches.full_mailbox_drops_oldest:
                raise MailboxFullError(box)
            del messages[0]
        messages.append(message)

    def listed(self, box: str) -> list[SimulatedMessage]:
        """Return the messages of a box that can be had by now, the oldest first."""
        now = self._timeline.now
        return [m for m in self._boxes.get(box, []) if m.listed_at <= now]

    def find(self, *, msg_id: str = "", uid: str = "") -> SimulatedMessage | None:
        """Return the message with this ID, or the first of this call."""
        return next(
            (
                message
                for box in self._boxes
                for message in self.listed(box)
                if (message.msg_id == msg_id if msg_id else message.uid == uid)
            ),
            None,
        )

    def get(self, msg_id: str) -> SimulatedMessage:
        """Return the message with this ID, listed or not."""
        for messages in self._boxes.values():
            for message in messages:
                if message.msg_id == msg_id:
                    return message
        raise KeyError(msg_id)

    def box_of(self, message: SimulatedMessage) -> str:
        """Return the number of the box that a message is in."""
        return next(box for box, held in self._boxes.items() if message in held)

    def remove(self, message: SimulatedMessage) -> None:
        """Delete a message."""
        self._boxes[self.box_of(message)].remove(message)

    def clear(self, box: str) -> None:
        """Delete all messages of a box."""
        self._boxes.pop(box, None)
