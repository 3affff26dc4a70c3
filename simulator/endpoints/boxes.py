"""What the greetings of extensions and those of groups differ in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator import errors
from simulator.errors import ApiError
from simulator.groups import Box
from simulator.model import SimulatedGreeting
from simulator.pbx import Pbx

from .parameters import require


@dataclass(frozen=True)
class BoxKind:
    """One of the two kinds of boxes, and the prefix of its greeting endpoints."""

    prefix: str
    module: str
    boxes: Callable[[Pbx], Mapping[str, Box]]
    exists: Callable[[Pbx], bool]

    def find(self, pbx: Pbx, values: Mapping[str, str], field: str) -> Box:
        """Return the box whose number is in ``field``."""
        require(values, field)
        if box := self.boxes(pbx).get(values[field]):
            return box
        raise ApiError(errors.DATA_NOT_FOUND)


BOX_KINDS = (
    BoxKind(
        "extension_vm_greeting",
        "extension",
        lambda pbx: pbx.extensions,
        lambda pbx: pbx.switches.greeting_endpoints,
    ),
    BoxKind(
        "vm_greeting",
        "groupvoicemail",
        lambda pbx: pbx.groups,
        lambda pbx: pbx.switches.group_greeting_endpoints,
    ),
)


def greeting_of(box: Box, file: str) -> SimulatedGreeting:
    """Return the greeting with this full name, exactly as it is written."""
    for greeting in box.greetings:
        if greeting.real_filename == file:
            return greeting
    raise ApiError(errors.DATA_NOT_FOUND)
