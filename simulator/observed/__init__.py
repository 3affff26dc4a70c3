"""What the record of a check shows of a PBX: the rules from answers to switches."""

from .notes import Notes
from .record import Record
from .rules import observe

__all__ = ["Notes", "Record", "observe"]
