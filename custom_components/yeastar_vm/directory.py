"""What was last read of the extensions of a PBX: their list and their names."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from homeassistant.util import dt as dt_util

from .pbx import Extension

# Long enough to open one folder of numbers after the other.
KEEP_TIME: Final = timedelta(minutes=5)
MAX_EXTENSIONS: Final = 20_000


class Directory:
    """The extensions of a PBX, as far as they are known without asking it.

    `names` is by number; nothing of more than 20,000 extensions is kept.
    """

    def __init__(self) -> None:
        """Initialize an empty directory."""
        self.names: dict[str, str] = {}
        self._extensions: list[Extension] = []
        self._read_at: datetime | None = None

    def replace(self, extensions: list[Extension]) -> None:
        """Keep the whole list, and the names of no other extensions."""
        self.names.clear()
        self.add(extensions)
        self._extensions = extensions if len(extensions) <= MAX_EXTENSIONS else []
        self._read_at = dt_util.utcnow()

    def add(self, extensions: Iterable[Extension]) -> None:
        """Keep the names of some extensions."""
        self.names.update({each.number: each.name for each in extensions})
        while len(self.names) > MAX_EXTENSIONS:
            del self.names[next(iter(self.names))]

    def recent(self) -> list[Extension]:
        """Return all extensions if they were read a short while ago, or none."""
        if self._read_at is None or dt_util.utcnow() - self._read_at > KEEP_TIME:
            return []
        return self._extensions

    def title(self, number: str) -> str:
        """Return the number and, if it is known, the name of an extension."""
        name = self.names.get(number)
        return f"{number} · {name}" if name else number
