"""Listing and hearing greetings: ``extension_vm_greeting/*`` and ``vm_greeting/*``."""

from functools import partial

from tests.pbx_simulator.links import LinkKind
from tests.pbx_simulator.model import RecordedRequest, SimulatedGreeting
from tests.pbx_simulator.pbx import Pbx
from tests.pbx_simulator.switches import UrlForm

from .boxes import BOX_KINDS, BoxKind, greeting_of
from .family import Endpoint, Family, Fields, Row
from .listing import listed
from .parameters import require


def _list(kind: BoxKind, pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Query extension voicemail greeting list" and its group twin."""
    box = kind.find(pbx, request.query, "extension")
    rows = [_row(kind, box.number, greeting) for greeting in box.greetings]
    return listed(pbx, request.query, "greeting_list", rows)


def _play(kind: BoxKind, pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Play an extension voicemail greeting" and its group twin."""
    fields = _link_fields(kind, pbx, request, LinkKind.PLAY)
    if pbx.switches.play_resource_url is not ...:
        fields["play_resource_url"] = pbx.switches.play_resource_url
    return fields


def _download(kind: BoxKind, pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Download an extension voicemail greeting" and its group twin."""
    return _link_fields(kind, pbx, request, LinkKind.DOWNLOAD)


def _link_fields(
    kind: BoxKind, pbx: Pbx, request: RecordedRequest, link: LinkKind
) -> Fields:
    require(request.query, "extension", "file")
    box = kind.find(pbx, request.query, "extension")
    greeting = greeting_of(box, request.query["file"])
    url = resource_url(pbx, pbx.links.issue(link, greeting, pbx.firmware, pbx.clock()))
    return {"file": greeting.real_filename, f"{link}_resource_url": url}


def resource_url(pbx: Pbx, path: str) -> str:
    """Write the path of a link as the PBX does."""
    match pbx.switches.url_form:
        case UrlForm.NO_LEADING_SLASH:
            return path.removeprefix("/")
        case UrlForm.ABSOLUTE:
            return pbx.base_url + path
    return path


def _row(kind: BoxKind, number: str, greeting: SimulatedGreeting) -> Row:
    return {
        "id": greeting.id,
        "module": kind.module,
        "number": number,
        "file": greeting.file,
        "suffix": greeting.suffix,
        "type": greeting.type,
        "real_filename": greeting.real_filename,
    }


GREETINGS = tuple(
    Family(
        {
            f"{kind.prefix}/list": Endpoint("GET", partial(_list, kind)),
            f"{kind.prefix}/play": Endpoint("GET", partial(_play, kind)),
            f"{kind.prefix}/download": Endpoint("GET", partial(_download, kind)),
        },
        exists=kind.exists,
    )
    for kind in BOX_KINDS
)
