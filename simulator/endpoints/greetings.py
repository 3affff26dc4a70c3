"""Listing and hearing greetings: ``extension_vm_greeting/*`` and ``vm_greeting/*``."""

from functools import partial

from simulator.envelope import Fields
from simulator.links import LinkKind
from simulator.model import RecordedRequest, SimulatedGreeting
from simulator.pbx import Pbx

from .boxes import BOX_KINDS, BoxKind, greeting_of
from .family import Endpoint, Family, Row
from .links import link_fields
from .listing import listed
from .parameters import require


def _list(kind: BoxKind, pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Query extension voicemail greeting list" and its group twin."""
    box = kind.find(pbx, request.query, "extension")
    rows = [_row(kind, box.number, greeting) for greeting in box.greetings]
    return listed(pbx, request.query, "greeting_list", rows)


def _play(kind: BoxKind, pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Play an extension voicemail greeting" and its group twin."""
    return _link_fields(kind, pbx, request, LinkKind.PLAY)


def _download(kind: BoxKind, pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Download an extension voicemail greeting" and its group twin."""
    return _link_fields(kind, pbx, request, LinkKind.DOWNLOAD)


def _link_fields(
    kind: BoxKind, pbx: Pbx, request: RecordedRequest, link: LinkKind
) -> Fields:
    require(request.query, "extension", "file")
    box = kind.find(pbx, request.query, "extension")
    greeting = greeting_of(box, request.query["file"])
    return link_fields(pbx, link, greeting.real_filename, greeting)


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
