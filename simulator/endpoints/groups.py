"""The group voicemails of the PBX: ``vm_group/*``."""

from simulator.envelope import Fields
from simulator.groups import SimulatedGroup
from simulator.model import RecordedRequest
from simulator.pbx import Pbx

from .family import Endpoint, Family, Row
from .listing import listed
from .parameters import sorted_rows

_SORT_FIELDS = frozenset({"id", "number", "name", "type", "mode"})


def _list(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Query group voicemail list"."""
    rows = [_row(pbx, group) for group in pbx.groups.values()]
    rows = sorted_rows(rows, request.query, _SORT_FIELDS)
    return listed(pbx, request.query, "vm_group_list", rows)


def _row(pbx: Pbx, group: SimulatedGroup) -> Row:
    messages = pbx.mailboxes.listed(group.number)
    return {
        "id": group.id,
        "type": group.type,
        "number": group.number,
        "name": group.name,
        "mode": group.mode,
        "member_list": _members(pbx, group),
        "messages": {
            "total": len(messages),
            "unread": sum(not message.is_read for message in messages),
        },
    }


def _members(pbx: Pbx, group: SimulatedGroup) -> list[Row]:
    extensions = [
        {
            "value": str(pbx.extension_id(number)),
            "type": "extension",
            "text": pbx.extensions[number].name,
            "text2": number,
        }
        for number in group.members
        if number in pbx.extensions
    ]
    extension_groups = [
        {"value": str(value), "type": "ext_group", "text": name, "text2": name}
        for value, name in enumerate(group.extension_groups, start=1)
    ]
    return extensions + extension_groups


GROUPS = Family(
    {"vm_group/list": Endpoint("GET", _list)},
    exists=lambda pbx: pbx.switches.group_endpoints,
)
