"""What was last read of the boxes of a PBX: their lists and their names."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from homeassistant.util import dt as dt_util

from ..pbx import Box, BoxKind

# Long enough to open one folder of numbers after the other.
KEEP_TIME: Final = timedelta(minutes=5)
MAX_BOXES: Final = 20_000


class Directory:
    """The boxes of a PBX, as far as they are known without asking it.

    `names` is by number; nothing of more than 20,000 boxes is kept.
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._lists: dict[BoxKind, tuple[list[Box], datetime]] = {}

    def keep(self, kind: BoxKind, boxes: list[Box]) -> None:
        """Keep the list of all boxes of a kind for a while, and their names."""
        self._lists.pop(kind, None)
        if len(boxes) <= MAX_BOXES:
            self._lists[kind] = boxes, dt_util.utcnow()
        self.add(boxes)

    def add(self, boxes: Iterable[Box]) -> None:
        """Keep the names of some boxes."""
        self.names.update({box.number: box.name for box in boxes})
        while len(self.names) > MAX_BOXES:
            del self.names[next(iter(self.names))]

    def recent(self, kind: BoxKind) -> list[Box] | None:
        """Return all boxes of a kind if they were read a short while ago.

        One that was read in the future is old: the clock was set back since.
        """
        boxes, read_at = self._lists.get(kind, (None, dt_util.utcnow()))
        age = dt_util.utcnow() - read_at
        return boxes if timedelta(0) <= age <= KEEP_TIME else None

    def title(self, number: str) -> str:
        """Return the number and, if it is known, the name of a box."""
        name = self.names.get(number)
        return f"{number} · {name}" if name else number
