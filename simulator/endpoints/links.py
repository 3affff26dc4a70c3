"""The answer that gives a link, which all families with audio have in common."""

from simulator.envelope import Fields
from simulator.links import Audible, LinkKind
from simulator.pbx import Pbx
from simulator.switches import UrlForm


def link_fields(
    pbx: Pbx,
    kind: LinkKind,
    file: str | None,
    source: Audible,
    *,
    family: str = "VoicemailGreeting",
) -> Fields:
    """Return the fields of an answer that gives a new link to audio.

    ``family`` is the part of its name that says what it is. Without ``file`` the
    answer has that name in its place.
    """
    path = pbx.links.issue(kind, source, pbx.firmware, pbx.clock(), family=family)
    url: object = _written(pbx, path)
    instead = {
        LinkKind.PLAY: pbx.switches.play_resource_url,
        LinkKind.DOWNLOAD: pbx.switches.download_resource_url,
    }[kind]
    return {
        "file": path.rpartition("/")[2] if file is None else file,
        f"{kind}_resource_url": url if instead is ... else instead,
    }


def _written(pbx: Pbx, path: str) -> str:
    match pbx.switches.url_form:
        case UrlForm.NO_LEADING_SLASH:
            return path.removeprefix("/")
        case UrlForm.DOUBLE_SLASH:
            return f"/{path}"
        case UrlForm.ABSOLUTE:
            return pbx.base_url + path
    return path
