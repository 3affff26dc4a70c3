"""A page of a list, as the answers have it."""

from collections.abc import Mapping

from simulator.envelope import Fields
from simulator.pbx import Pbx
from simulator.switches import TotalNumber

from .family import Row
from .parameters import page_of


def listed(pbx: Pbx, query: Mapping[str, str], name: str, rows: list[Row]) -> Fields:
    """Return the fields ``total_number`` and ``name``, one page of the rows."""
    fields: Fields = {
        "total_number": len(rows),
        name: page_of(pbx, query, rows),
    }
    total = pbx.switches.total_number
    if total is TotalNumber.MISSING:
        del fields["total_number"]
    elif total is not TotalNumber.RIGHT:
        fields["total_number"] = total
    return fields
