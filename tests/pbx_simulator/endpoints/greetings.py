"""Listing and hearing the greetings of an extension: ``extension_vm_greeting/*``."""

from collections.abc import Mapping

from tests.pbx_simulator import errors
from tests.pbx_simulator.errors import ApiError
from tests.pbx_simulator.links import LinkKind
from tests.pbx_simulator.model import (
    RecordedRequest,
    SimulatedExtension,
    SimulatedGreeting,
)
from tests.pbx_simulator.pbx import Pbx
from tests.pbx_simulator.switches import EmptyList, UrlForm

from .family import Endpoint, Family, Fields, Row
from .parameters import page_of, require


def _list(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Query extension voicemail greeting list"."""
    extension = extension_of(pbx, request.query)
    rows = [_row(extension, greeting) for greeting in extension.greetings]
    fields: Fields = {
        "total_number": len(rows),
        "greeting_list": page_of(pbx, request.query, rows),
    }
    if not rows and pbx.switches.empty_list is EmptyList.NULL:
        fields["greeting_list"] = None
    if not rows and pbx.switches.empty_list is EmptyList.MISSING:
        del fields["greeting_list"]
    return fields


def _play(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Play an extension voicemail greeting"."""
    fields = _link_fields(pbx, request, LinkKind.PLAY)
    if pbx.switches.play_resource_url is not ...:
        fields["play_resource_url"] = pbx.switches.play_resource_url
    return fields


def _download(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Download an extension voicemail greeting"."""
    return _link_fields(pbx, request, LinkKind.DOWNLOAD)


def _link_fields(pbx: Pbx, request: RecordedRequest, kind: LinkKind) -> Fields:
    require(request.query, "extension", "file")
    greeting = _greeting(extension_of(pbx, request.query), request.query["file"])
    url = resource_url(pbx, pbx.links.issue(kind, greeting, pbx.firmware, pbx.clock()))
    return {"file": greeting.real_filename, f"{kind}_resource_url": url}


def resource_url(pbx: Pbx, path: str) -> str:
    """Write the path of a link as the PBX does."""
    match pbx.switches.url_form:
        case UrlForm.NO_LEADING_SLASH:
            return path.removeprefix("/")
        case UrlForm.ABSOLUTE:
            return pbx.base_url + path
    return path


def extension_of(pbx: Pbx, query: Mapping[str, str]) -> SimulatedExtension:
    """Return the extension that a query names."""
    require(query, "extension")
    if extension := pbx.extensions.get(query["extension"]):
        return extension
    raise ApiError(errors.DATA_NOT_FOUND)


def _greeting(extension: SimulatedExtension, file: str) -> SimulatedGreeting:
    """Find a greeting by its full name, exactly as it is written."""
    for greeting in extension.greetings:
        if greeting.real_filename == file:
            return greeting
    raise ApiError(errors.DATA_NOT_FOUND)


def _row(extension: SimulatedExtension, greeting: SimulatedGreeting) -> Row:
    return {
        "id": greeting.id,
        "module": "extension",
        "number": extension.number,
        "file": greeting.file,
        "suffix": greeting.suffix,
        "type": greeting.type,
        "real_filename": greeting.real_filename,
    }


GREETINGS = Family(
    {
        "extension_vm_greeting/list": Endpoint("GET", _list),
        "extension_vm_greeting/play": Endpoint("GET", _play),
        "extension_vm_greeting/download": Endpoint("GET", _download),
    },
    exists=lambda pbx: pbx.switches.greeting_endpoints,
)
