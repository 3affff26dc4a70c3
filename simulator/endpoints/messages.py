"""The messages in the mailboxes of extensions and groups: ``vm/*``."""

from collections.abc import Mapping

from simulator import errors
from simulator.display import displayed
from simulator.envelope import Fields
from simulator.errors import ApiError, parameter_error
from simulator.groups import SimulatedGroup
from simulator.links import LinkKind
from simulator.mailboxes import SimulatedMessage
from simulator.model import RecordedRequest
from simulator.pbx import Pbx
from simulator.switches import EmptyBox, UnknownBox

from .family import Endpoint, Family, Row
from .links import link_fields
from .listing import listed
from .parameters import json_body, require

_READ = "1"


def _get(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Query voicemail messages of an extension or a group voicemail"."""
    require(request.query, "number")
    number = request.query["number"]
    if not _has_mailbox(pbx, number):
        raise ApiError(errors.DATA_NOT_FOUND)
    refuses_empty = pbx.switches.empty_box is EmptyBox.REFUSED
    if refuses_empty and not pbx.mailboxes.listed(number):
        raise ApiError(errors.DATA_NOT_FOUND)
    return _mailbox(pbx, request.query, number)


def _query(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Query voicemail messages of multiple extensions or group voicemails"."""
    require(request.query, "number")
    numbers = request.query["number"].split(",")
    unknown = {number for number in numbers if not _has_mailbox(pbx, number)}
    match pbx.switches.unknown_box:
        case UnknownBox.REFUSED if unknown:
            raise ApiError(errors.DATA_NOT_FOUND)
        case UnknownBox.INTERNAL_ERROR if unknown:
            raise ApiError(errors.INTERNAL_SERVER_ERROR)
        case UnknownBox.OMITTED:
            numbers = [number for number in numbers if number not in unknown]
    empty = {number for number in numbers if not pbx.mailboxes.listed(number)}
    match pbx.switches.empty_box:
        case EmptyBox.REFUSED if empty:
            raise ApiError(errors.DATA_NOT_FOUND)
        case EmptyBox.OMITTED:
            numbers = [number for number in numbers if number not in empty]
    mailboxes = [
        {"number": number, **_mailbox(pbx, request.query, number)} for number in numbers
    ]
    return {"voicemail_list": mailboxes}


def _download(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Download a voicemail message"."""
    message = _message(pbx, request.query, "msg_id")
    if pbx.switches.download_marks_as_read:
        message.is_read = True
    return link_fields(pbx, LinkKind.DOWNLOAD, None, message, family="Voicemail")


def _update(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Update the status of a voicemail message"; it can become read."""
    values = json_body(request, "vm_status")
    body = {field: str(value) for field, value in values.items()}
    message = _message(pbx, body, "id")
    if body["vm_status"] != _READ:
        raise parameter_error("vm_status", body["vm_status"])
    message.is_read = True
    return {}


def _delete(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Delete a voicemail message"."""
    require(request.query, "id")
    message = pbx.mailboxes.find(msg_id=request.query["id"])
    if message is None:
        raise ApiError(errors.DATA_NOT_FOUND)
    pbx.mailboxes.remove(message)
    return {}


def _message(pbx: Pbx, values: Mapping[str, str], id_field: str) -> SimulatedMessage:
    """Return the message that a request names by its ID or by its call."""
    if uid := not values.get(id_field) and values.get("uid"):
        message = pbx.mailboxes.find(uid=uid)
    else:
        require(values, id_field)
        message = pbx.mailboxes.find(msg_id=values[id_field])
    if message is None:
        raise ApiError(errors.DATA_NOT_FOUND)
    return message


def _has_mailbox(pbx: Pbx, number: str) -> bool:
    return number in pbx.groups or number in pbx.extensions


def _mailbox(pbx: Pbx, query: Mapping[str, str], number: str) -> Fields:
    """Return a page of the messages in one box."""
    # The files are counted from the oldest on, and again after each deletion.
    messages = list(enumerate(pbx.mailboxes.listed(number)))
    if pbx.switches.newest_message_first:
        messages.reverse()
    group = pbx.groups.get(number)
    rows = [_row(pbx, group, *message) for message in messages]
    return listed(pbx, query, "data", rows)


def _row(
    pbx: Pbx, group: SimulatedGroup | None, file_number: int, message: SimulatedMessage
) -> Row:
    return {
        "msg_id": message.msg_id,
        "file_name": f"msg{file_number:04}.wav",
        "is_read": int(message.is_read),
        "duration": message.duration,
        "size": len(message.content),
        "group_voicemail_read_status": _read_status(pbx, group, message)
        if group
        else None,
        "name": message.caller_name,
        "time": displayed(pbx.switches, message.left_at),
        "number": message.caller_number,
    }


def _read_status(
    pbx: Pbx, group: SimulatedGroup | None, message: SimulatedMessage
) -> list[Row] | None:
    """Return who heard a message of a group; None: it is none of a group."""
    if group is None:
        return None
    return [
        {
            "name": pbx.extensions[number].name,
            "number": number,
            "is_read": int(number in message.read_by),
        }
        for number in group.everybody
        if number in pbx.extensions
    ]


MESSAGES = Family(
    {
        "vm/get": Endpoint("GET", _get),
        "vm/query": Endpoint("GET", _query),
        "vm/download": Endpoint("GET", _download),
        "vm/update": Endpoint("POST", _update),
        "vm/delete": Endpoint("GET", _delete),
    }
)
