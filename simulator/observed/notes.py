"""What the record of a PBX shows, as it is noted."""

from dataclasses import dataclass, field
from typing import Any

from simulator.switches import Switches

_LONGEST_TEXT = 300
_DEFAULTS = Switches()


@dataclass(slots=True)
class Notes:
    """What a record shows: switches, why, and what no switch is for."""

    switches: dict[str, Any] = field(default_factory=dict)
    observed: dict[str, str] = field(default_factory=dict)
    not_covered: list[str] = field(default_factory=list)

    def switch(self, name: str, value: object, reason: str) -> None:
        """Note the value of a switch. What was noted first stays."""
        if value != getattr(_DEFAULTS, name) and name not in self.switches:
            self.switches[name] = value
            self.observed[name] = reason[:_LONGEST_TEXT]

    def beside(self, text: str) -> None:
        """Note something that no switch is for."""
        if text not in self.not_covered:
            self.not_covered.append(text[:_LONGEST_TEXT])
