"""The fields of an upload: a body of ``multipart/form-data`` (RFC 7578)."""

from dataclasses import dataclass
from email import message_from_string
from email.message import Message

from . import errors
from .errors import ApiError
from .model import RecordedRequest

_END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True)
class Part:
    """One field of a form, and the name of the file in it if it has one."""

    name: str
    filename: str
    content: bytes


def form_parts(request: RecordedRequest) -> list[Part]:
    """Return the parts of a form in their order; 40001 for what is no form."""
    head = Message()
    head["Content-Type"] = request.headers.get("Content-Type", "")
    boundary = head.get_boundary()
    if head.get_content_type() != "multipart/form-data" or not boundary:
        raise ApiError(errors.PARAMETER_SYNTAX_ERROR)
    # The first boundary has no line before it.
    _, *parts = (b"\r\n" + request.body).split(b"\r\n--" + boundary.encode())
    if not parts or parts.pop().rstrip(b"\r\n") != b"--":
        raise ApiError(errors.PARAMETER_SYNTAX_ERROR)
    return [_part(part.removeprefix(b"\r\n")) for part in parts]


def _part(text: bytes) -> Part:
    head, end_of_head, content = text.partition(_END_OF_HEAD)
    if not end_of_head:
        raise ApiError(errors.PARAMETER_SYNTAX_ERROR)
    fields = message_from_string(head.decode(errors="replace"))
    name = fields.get_param("name", header="content-disposition")
    filename = fields.get_filename("")
    return Part(name if isinstance(name, str) else "", filename, content)
