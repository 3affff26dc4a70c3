"""What callers left in mailboxes, and what Home Assistant told of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
import time
from typing import Any, Final

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event

from simulator import PbxSimulator, SimulatedMessage

# What was told less than this many seconds before a crash may be told again.
_MOMENT: Final = 1


@dataclass(frozen=True)
class Left:
    """A message in a mailbox, and within how many seconds it is owed."""

    box: str
    message: SimulatedMessage
    at: float
    limit: float


class Ledger:
    """Every message is owed once, unless it is gone before it could be told of."""

    def __init__(self, pbx: PbxSimulator, events: dict[str, str]) -> None:
        """Begin with empty mailboxes; `events` are event entities by their boxes."""
        self.faults: list[str] = []
        self.told: Counter[str] = Counter()
        self.told_at: dict[str, float] = {}
        self.left: dict[str, Left] = {}
        self.limit = 0.0
        """Within how many seconds a message is owed that is left while all is calm."""
        self.calm_since = inf
        self.told_in_time = 0
        self._pbx = pbx
        self._boxes = {entity_id: box for box, entity_id in events.items()}
        self._gone = set[str]()
        self._excused = set[str]()
        self._repeatable = set[str]()
        # A restored state tells of a message that was told of before.
        self._states = set[tuple[str, str]]()
        self._watching: HomeAssistant | None = None
        self._follow_mailboxes()

    def watch(self, hass: HomeAssistant) -> None:
        """Listen to the event entities of a Home Assistant, in place of the last."""
        self._watching = hass

        @callback
        def changed(event: Event[EventStateChangedData]) -> None:
            if self._watching is hass:
                self._changed(event)

        async_track_state_change_event(hass, list(self._boxes), changed)

    def crash(self) -> None:
        """Hear nothing more; what was told a moment ago may be told again."""
        self._watching = None
        now = time.time()
        self._repeatable |= {
            each for each, told_at in self.told_at.items() if now - told_at < _MOMENT
        }

    def untold(self) -> list[str]:
        """Return the messages that are owed."""
        return [
            f"{each}, left in {left.box} at {_at(left.message.left_at)}"
            for each, left in self.left.items()
            if not self.told[each] and each not in self._excused
        ]

    def unread(self, box: str) -> int:
        """Return how many messages of a box are unread."""
        return sum(not each.is_read for each in self._pbx.mailboxes.listed(box))

    def _follow_mailboxes(self) -> None:
        """Note what comes into the mailboxes, and what goes from there."""
        mailboxes = self._pbx.mailboxes
        add, remove, clear = mailboxes.add, mailboxes.remove, mailboxes.clear

        def added(box: str, message: SimulatedMessage) -> None:
            held = list(mailboxes._boxes.get(box, ()))
            add(box, message)
            if box in self._boxes.values():
                if message.msg_id in self.left:
                    self.faults.append(f"{message.msg_id} is there twice")
                now = time.time()
                limit = self.limit if now >= self.calm_since else inf
                self.left[message.msg_id] = Left(box, message, now, limit)
            self._went(each for each in held if each not in mailboxes._boxes[box])

        def removed(message: SimulatedMessage) -> None:
            remove(message)
            self._went([message])

        def cleared(box: str) -> None:
            self._went(mailboxes._boxes.get(box, ()))
            clear(box)

        mailboxes.add = added  # type: ignore[method-assign]
        mailboxes.remove = removed  # type: ignore[method-assign]
        mailboxes.clear = cleared  # type: ignore[method-assign]

    def _went(self, messages: Any) -> None:
        self._excused |= {
            each.msg_id for each in messages if not self.told[each.msg_id]
        }

    def _changed(self, event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is None or new.state in ("unknown", "unavailable"):
            return
        message_id = new.attributes["message_id"]
        if (new.state, message_id) in self._states:
            return
        self._states.add((new.state, message_id))
        old = event.data["old_state"]
        if old is None or old.state == "unavailable":
            self.faults.append(f"{message_id} comes from an unavailable entity")
        self.told[message_id] += 1
        self.told_at[message_id] = time.time()
        if self.told[message_id] > 1:
            if message_id not in self._repeatable:
                self.faults.append(f"{message_id} is told again")
            self._repeatable.discard(message_id)
        self._look_at_clock(message_id)
        self._compare(self._boxes[new.entity_id], message_id, dict(new.attributes))

    def _look_at_clock(self, message_id: str) -> None:
        left = self.left.get(message_id)
        if left is None or left.limit == inf or left.at < self.calm_since:
            return
        if (took := time.time() - left.at) > left.limit:
            self.faults.append(f"{message_id} is told after {took} s")
        self.told_in_time += 1

    def _compare(self, box: str, message_id: str, shown: dict[str, Any]) -> None:
        left = self.left.get(message_id)
        if left is None or left.box != box:
            self.faults.append(f"{message_id} is none of {box}")
            return
        message = left.message
        right = {
            "caller_number": message.caller_number,
            "caller_name": message.caller_name,
            "duration": message.duration,
            "time": _at(message.left_at),
            "media_content_id": f"media-source://yeastar_vm/{self._pbx.serial_number}"
            f"/messages/{box}/{message_id}",
        }
        if wrong := {k: shown[k] for k in right if shown[k] != right[k]}:
            self.faults.append(f"{message_id}: {wrong}, not {right}")


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()
