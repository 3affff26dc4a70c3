"""The endpoints below ``/openapi/v1.0/``.

Vendor's documents: one page for each endpoint, named in the handlers. A handler
returns the fields that follow ``errcode`` and ``errmsg``, or raises.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
import json
from typing import Any, Literal

from . import errors
from .errors import ApiError, missing_parameters, parameter_error
from .links import LinkKind
from .model import RecordedRequest, SimulatedExtension, SimulatedGreeting
from .pbx import Pbx
from .switches import EmptyList, UrlForm

type Row = dict[str, Any]
type Fields = dict[str, object]
type Handler = Callable[[Pbx, RecordedRequest], Fields]

# The documents give no default; small, so that clients that rely on it are found out.
DEFAULT_PAGE_SIZE = 10


@dataclass(frozen=True)
class Endpoint:
    """One endpoint: its only HTTP method, its handler, who may use it."""

    method: Literal["GET", "POST"]
    handler: Handler
    needs_token: bool = True


def find_endpoint(pbx: Pbx, request: RecordedRequest) -> Endpoint:
    """Return the endpoint of a request; 10001 where the firmware has none such."""
    endpoint = ENDPOINTS.get(request.endpoint)
    is_greeting = request.endpoint.startswith("extension_vm_greeting/")
    if (
        endpoint is None
        or endpoint.method != request.method
        or (is_greeting and not pbx.switches.greeting_endpoints)
    ):
        raise ApiError(errors.INTERFACE_NOT_EXISTED)
    return endpoint


def check_token(pbx: Pbx, query: Mapping[str, str]) -> None:
    """Refuse an access token that is not valid now."""
    if query.get("access_token") not in pbx.live_access_tokens:
        raise pbx.switches.token_refusal.error


def _get_token(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Get access token"."""
    now = pbx.clock()
    pbx.lockout.check(request.source, now)
    body = _json_body(request, "username", "password")
    if (body["username"], body["password"]) != (pbx.client_id, pbx.client_secret):
        pbx.lockout.failed(request.source, now)
        raise ApiError(
            errors.FAILURE,
            invalid_param_list=[{"field": "username or password", "value": "error"}],
        )
    pbx.lockout.succeeded(request.source)
    return pbx.tokens.issue(now)


def _refresh_token(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Refresh access token"."""
    now = pbx.clock()
    pbx.lockout.check(request.source, now)
    body = _json_body(request, "refresh_token")
    fields = pbx.tokens.refresh(body["refresh_token"], now)
    if fields is None:
        if pbx.switches.refused_refresh_is_failed_login:
            pbx.lockout.failed(request.source, now)
        raise pbx.switches.refresh_refusal.error
    return fields


def _del_token(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Revoke access token"."""
    pbx.tokens.revoke(request.query["access_token"])
    return {}


def _system_information(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Query PBX information"; the PBX's time zone is UTC."""
    now = pbx.clock()
    return {
        "data": {
            "device_name": pbx.name,
            "model_name": pbx.model,
            "sn": pbx.serial_number,
            "hardware_version": "V1.00 0000-0000",
            "firmware_version": pbx.firmware,
            "system_time": f"{datetime.fromtimestamp(now, UTC):%Y/%m/%d %H:%M:%S}",
            "up_time": int(now - pbx.booted_at),
            "system_date_format": "YYYY/MM/DD",
            "system_time_format": "hh:mm:ss",
            "timestamp": int(now),
        }
    }


def _extension_list(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Query extension list"."""
    rows = _sorted(_extension_rows(pbx), request.query)
    return {"total_number": len(rows), "data": _page(pbx, request.query, rows)}


def _extension_search(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Search specific extensions": a keyword match, not an exact one."""
    keyword = request.query.get("search_value", "").casefold()
    matches = [
        row
        for row in _extension_rows(pbx)
        if any(
            keyword in row[field].casefold()
            for field in ("number", "caller_id_name", "email_addr")
        )
    ]
    rows = _sorted(matches, request.query)
    return {"total_number": len(rows), "data": _page(pbx, request.query, rows)}


def _greeting_list(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Query extension voicemail greeting list"."""
    extension = _extension(pbx, request.query)
    rows = [_greeting_row(extension, greeting) for greeting in extension.greetings]
    fields: Fields = {
        "total_number": len(rows),
        "greeting_list": _page(pbx, request.query, rows),
    }
    if not rows and pbx.switches.empty_list is EmptyList.NULL:
        fields["greeting_list"] = None
    if not rows and pbx.switches.empty_list is EmptyList.MISSING:
        del fields["greeting_list"]
    return fields


def _greeting_play(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Play an extension voicemail greeting"."""
    fields = _link_fields(pbx, request, LinkKind.PLAY)
    if pbx.switches.play_resource_url is not ...:
        fields["play_resource_url"] = pbx.switches.play_resource_url
    return fields


def _greeting_download(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Download an extension voicemail greeting"."""
    return _link_fields(pbx, request, LinkKind.DOWNLOAD)


def _link_fields(pbx: Pbx, request: RecordedRequest, kind: LinkKind) -> Fields:
    _require(request.query, "extension", "file")
    greeting = _greeting(_extension(pbx, request.query), request.query["file"])
    url = pbx.links.issue(kind, greeting, pbx.firmware, pbx.clock())
    match pbx.switches.url_form:
        case UrlForm.NO_LEADING_SLASH:
            url = url.removeprefix("/")
        case UrlForm.ABSOLUTE:
            url = pbx.base_url + url
    return {"file": greeting.real_filename, f"{kind}_resource_url": url}


def _greeting(extension: SimulatedExtension, file: str) -> SimulatedGreeting:
    """Find a greeting by its full name, exactly as it is written."""
    for greeting in extension.greetings:
        if greeting.real_filename == file:
            return greeting
    raise ApiError(errors.DATA_NOT_FOUND)


def _extension(pbx: Pbx, query: Mapping[str, str]) -> SimulatedExtension:
    _require(query, "extension")
    if extension := pbx.extensions.get(query["extension"]):
        return extension
    raise ApiError(errors.DATA_NOT_FOUND)


def _greeting_row(extension: SimulatedExtension, greeting: SimulatedGreeting) -> Row:
    return {
        "id": greeting.id,
        "module": "extension",
        "number": extension.number,
        "file": greeting.file,
        "suffix": greeting.suffix,
        "type": greeting.type,
        "real_filename": greeting.real_filename,
    }


def _extension_rows(pbx: Pbx) -> list[Row]:
    return [
        {
            "id": number_in_list,
            "online_status": {
                "sip_phone": {"status": 1, "ext_dev_type": "sip"},
                "linkus_desktop": {"status": 0, "ext_dev_type": "linkusdesktop"},
                "linkus_mobile": {"status": 0, "ext_dev_type": "linkusmobile"},
                "linkus_web": {"status": 0, "ext_dev_type": "linkusweb"},
            },
            "presence_status": extension.presence,
            "number": extension.number,
            "caller_id_name": extension.name,
            "role_name": "",
            "email_addr": extension.email,
            "mobile_number": extension.mobile,
        }
        for number_in_list, extension in enumerate(pbx.extensions.values(), start=1)
    ]


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


def _sorted(rows: list[Row], query: Mapping[str, str]) -> list[Row]:
    sort_by = query.get("sort_by", "id")
    order_by = query.get("order_by", "asc")
    if sort_by not in _SORT_FIELDS:
        raise parameter_error("sort_by", sort_by)
    if order_by not in ("asc", "desc"):
        raise parameter_error("order_by", order_by)
    return sorted(rows, key=lambda row: row[sort_by], reverse=order_by == "desc")


def _page(pbx: Pbx, query: Mapping[str, str], rows: list[Row]) -> list[Row]:
    """Cut one page out of the rows; pages count from 1."""
    page = _positive(query, "page", 1)
    size = _positive(query, "page_size", DEFAULT_PAGE_SIZE)
    if pbx.switches.max_page_size is not None:
        size = min(size, pbx.switches.max_page_size)
    return rows[(page - 1) * size : page * size]


def _positive(query: Mapping[str, str], field: str, default: int) -> int:
    text = query.get(field) or str(default)
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise parameter_error(field, text)
    return int(text)


def _require(values: Mapping[str, object], *fields: str) -> None:
    missing = [field for field in fields if not values.get(field)]
    if missing:
        raise missing_parameters(*missing)


def _json_body(request: RecordedRequest, *fields: str) -> dict[str, str]:
    """Return the body's object, which must have the given fields."""
    try:
        body = json.loads(request.body)
    except ValueError:
        raise ApiError(errors.PARAMETER_SYNTAX_ERROR) from None
    if not isinstance(body, dict):
        raise ApiError(errors.PARAMETER_SYNTAX_ERROR)
    _require(body, *fields)
    return body


ENDPOINTS: Mapping[str, Endpoint] = {
    "get_token": Endpoint("POST", _get_token, needs_token=False),
    "refresh_token": Endpoint("POST", _refresh_token, needs_token=False),
    "del_token": Endpoint("GET", _del_token),
    "system/information": Endpoint("GET", _system_information),
    "extension/list": Endpoint("GET", _extension_list),
    "extension/search": Endpoint("GET", _extension_search),
    "extension_vm_greeting/list": Endpoint("GET", _greeting_list),
    "extension_vm_greeting/play": Endpoint("GET", _greeting_play),
    "extension_vm_greeting/download": Endpoint("GET", _greeting_download),
}
