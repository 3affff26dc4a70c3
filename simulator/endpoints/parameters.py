"""What the handlers of all families read out of a request."""

from collections.abc import Mapping
import json

from simulator import errors
from simulator.errors import (
    ApiError,
    MalformedError,
    missing_parameters,
    parameter_error,
)
from simulator.model import RecordedRequest
from simulator.pbx import Pbx
from simulator.switches import PastEnd

from .family import Row

# The documents give no default; small, so that clients that rely on it are found out.
DEFAULT_PAGE_SIZE = 10


def check_token(pbx: Pbx, query: Mapping[str, str]) -> None:
    """Refuse an access token that is not valid now."""
    if query.get("access_token") not in pbx.live_access_tokens:
        raise pbx.switches.token_refusal.error


def require(values: Mapping[str, object], *fields: str) -> None:
    """Refuse a request in which one of these fields is missing or empty."""
    missing = [field for field in fields if not values.get(field)]
    if missing:
        raise missing_parameters(*missing)


def json_body(request: RecordedRequest, *fields: str) -> dict[str, str]:
    """Return the body's object, which must have the given fields."""
    try:
        body = json.loads(request.body)
    except ValueError:
        raise MalformedError(errors.PARAMETER_SYNTAX_ERROR) from None
    if not isinstance(body, dict):
        raise MalformedError(errors.PARAMETER_SYNTAX_ERROR)
    require(body, *fields)
    return body


def sorted_rows(
    rows: list[Row], query: Mapping[str, str], fields: frozenset[str]
) -> list[Row]:
    """Sort rows by one of ``fields``, as ``sort_by`` and ``order_by`` say."""
    sort_by = query.get("sort_by", "id")
    order_by = query.get("order_by", "asc")
    if sort_by not in fields:
        raise parameter_error("sort_by", sort_by)
    if order_by not in ("asc", "desc"):
        raise parameter_error("order_by", order_by)
    return sorted(rows, key=lambda row: row[sort_by], reverse=order_by == "desc")


def page_of(pbx: Pbx, query: Mapping[str, str], rows: list[Row]) -> list[Row]:
    """Cut one page out of the rows; pages count from 1."""
    page = _positive(query, "page", 1)
    size = _positive(query, "page_size", DEFAULT_PAGE_SIZE)
    if pbx.switches.max_page_size is not None:
        size = min(size, pbx.switches.max_page_size)
    last = max(1, -(-len(rows) // size))
    if page > last:
        match pbx.switches.past_end:
            case PastEnd.NOT_FOUND:
                raise ApiError(errors.DATA_NOT_FOUND)
            case PastEnd.LAST_AGAIN:
                page = last
    return rows[(page - 1) * size : page * size]


def _positive(query: Mapping[str, str], field: str, default: int) -> int:
    text = query.get(field) or str(default)
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise parameter_error(field, text)
    return int(text)
