"""The extensions of the PBX: ``extension/*``."""

from simulator.envelope import Fields
from simulator.model import RecordedRequest, SimulatedExtension
from simulator.pbx import Pbx
from simulator.switches import CustomPresence

from .family import Endpoint, Family, Row
from .listing import listed
from .parameters import sorted_rows

_SORT_FIELDS = frozenset(
    {
        "id",
        "number",
        "caller_id_name",
        "email_addr",
        "mobile_number",
        "presence_status",
    }
)


def _list(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Query extension list"."""
    rows = sorted_rows(_rows(pbx), request.query, _SORT_FIELDS)
    return listed(pbx, request.query, "data", rows)


def _search(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Search specific extensions": a keyword match, not an exact one."""
    keyword = request.query.get("search_value", "").casefold()
    matches = [
        row
        for row in _rows(pbx)
        if any(
            keyword in row[field].casefold()
            for field in ("number", "caller_id_name", "email_addr")
        )
    ]
    rows = sorted_rows(matches, request.query, _SORT_FIELDS)
    return listed(pbx, request.query, "data", rows)


def _rows(pbx: Pbx) -> list[Row]:
    return [_row(pbx, extension) for extension in pbx.extensions.values()]


def _row(pbx: Pbx, extension: SimulatedExtension) -> Row:
    row: Row = {
        "id": pbx.extension_id(extension.number),
        "online_status": {
            "sip_phone": {"status": 1, "ext_dev_type": "sip"},
            "linkus_desktop": {"status": 0, "ext_dev_type": "linkusdesktop"},
            "linkus_mobile": {"status": 0, "ext_dev_type": "linkusmobile"},
            "linkus_web": {"status": 0, "ext_dev_type": "linkusweb"},
        },
        "presence_status": extension.presence,
        "custom_presence_status": _custom_presence(pbx, extension),
        "number": extension.number,
        "caller_id_name": extension.name,
        "role_name": "",
        "email_addr": extension.email,
        "mobile_number": extension.mobile,
    }
    if pbx.switches.custom_presence is CustomPresence.MISSING:
        del row["custom_presence_status"]
    return row


def _custom_presence(pbx: Pbx, extension: SimulatedExtension) -> str:
    if extension.custom_presence:
        return extension.custom_presence
    match pbx.switches.custom_presence:
        case CustomPresence.REPEATS:
            return extension.presence
        case CustomPresence.LAGS:
            return extension.presence_before or extension.presence
    return ""


EXTENSIONS = Family(
    {
        "extension/list": Endpoint("GET", _list),
        "extension/search": Endpoint("GET", _search),
    }
)
