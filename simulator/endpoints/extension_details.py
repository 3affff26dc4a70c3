"""Everything about an extension, and changing it: ``extension/get`` and the like.

The answers carry passwords, as those of the PBX do.
"""

from simulator import errors
from simulator.envelope import Fields
from simulator.errors import ApiError, parameter_error
from simulator.model import RecordedRequest, SimulatedExtension
from simulator.pbx import Pbx
from simulator.presence import PRESENCES

from .family import Endpoint, Family, Row
from .parameters import json_body, require


def _get(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Query an extension"."""
    require(request.query, "id")
    return {"data": _row(pbx, _extension(pbx, request.query["id"]))}


def _query(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Query information of multiple extensions"; ``ids`` are no numbers."""
    require(request.query, "ids")
    ids = request.query["ids"].split(",")
    return {"data": [_row(pbx, _extension(pbx, one)) for one in ids]}


def _update(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Edit an extension"; of what can be edited, only presence is kept."""
    body = json_body(request, "id")
    extension = _extension(pbx, str(body["id"]))
    if "presence_status" in body:
        status = str(body["presence_status"])
        if status not in PRESENCES:
            raise parameter_error("presence_status", status)
        pbx.set_presence(extension.number, status)
    if pbx.switches.api_change_announced:
        pbx.announce_extension(extension.number, "UPDATE")
    return {}


def _extension(pbx: Pbx, extension_id: str) -> SimulatedExtension:
    for number, extension in pbx.extensions.items():
        if str(pbx.extension_id(number)) == extension_id:
            return extension
    raise ApiError(errors.DATA_NOT_FOUND)


def _row(pbx: Pbx, extension: SimulatedExtension) -> Row:
    first, _, last = extension.name.partition(" ")
    row: Row = {
        "id": pbx.extension_id(extension.number),
        "number": extension.number,
        "first_name": first,
        "last_name": last,
        "caller_id": extension.number,
        "email_addr": extension.email,
        "mobile_number": extension.mobile,
        "user_password": f"Secret-User-{extension.number}",
        "reg_name": f"Secret-Name-{extension.number}",
        "reg_password": f"Secret-Registration-{extension.number}",
        "vm_pin": f"Secret-Pin-{extension.number}",
        "presence_status": extension.presence,
        "enb_vm": 1,
    }
    if pbx.switches.detail_custom_presence:
        row["custom_presence_status"] = extension.custom_presence
    if pbx.switches.detail_greetings:
        row["vm_greeting"] = extension.vm_greeting
        row["presence_list"] = [
            {
                "status": status,
                "vm_greeting": extension.presence_greetings.get(status, ""),
            }
            for status in PRESENCES
        ]
    return row


EXTENSION_DETAILS = Family(
    {
        "extension/get": Endpoint("GET", _get),
        "extension/query": Endpoint("GET", _query),
        "extension/update": Endpoint("POST", _update),
    }
)
