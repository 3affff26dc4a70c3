"""The messages that the PBX announced, and those that it lists."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

# Seconds. A message may be listed half a minute after its event.
LISTED_WITHIN: Final = 31
# A poll may find a message before its event comes. So long, that may be the one.
EVENT_WITHIN: Final = 60


@dataclass(slots=True)
class _Box:
    """How many messages are expected until when, and when others were found."""

    expected: int = 0
    until: float = 0
    found_at: list[float] = field(default_factory=list)


class Announcements:
    """Match events with messages, by the number of the mailbox."""

    def __init__(self, now: Callable[[], float]) -> None:
        """`now` is the clock of the event loop."""
        self._now = now
        self._boxes: defaultdict[str, _Box] = defaultdict(_Box)
        self._new = set[str]()

    def announce(self, number: str) -> None:
        """Note an event: a message was left in a mailbox."""
        box, now = self._boxes[number], self._now()
        box.found_at = [at for at in box.found_at if at > now - EVENT_WITHIN]
        if box.found_at:
            box.found_at.pop(0)
        else:
            box.expected = self.expected(number) + 1
            box.until = now + LISTED_WITHIN
        self._new.add(number)

    def arrive(self, number: str, count: int) -> None:
        """Note that a mailbox lists new messages."""
        box = self._boxes[number]
        announced = min(count, self.expected(number))
        box.expected -= announced
        box.found_at += [self._now()] * (count - announced)

    def expected(self, number: str) -> int:
        """Return how many messages were announced and are not listed yet."""
        box = self._boxes.get(number)
        return box.expected if box and self._now() < box.until else 0

    def take_new(self) -> set[str]:
        """Return the mailboxes with an event since the last call."""
        new, self._new = self._new, set()
        return new

    def missing(self) -> set[str]:
        """Return the mailboxes whose announced messages are not listed yet."""
        return {number for number in self._boxes if self.expected(number)}

    def forget(self, number: str) -> None:
        """Forget a mailbox that is removed."""
        self._boxes.pop(number, None)
