"""The answers of the API: their envelope, and the errors in it.

The PBX answers HTTP 200 to nearly everything; what happened is in `errcode` (vendor
page "Error Code and Error Message").
"""

import codecs
from collections.abc import Collection
import json

import orjson

from ..errors import (
    AccessDenied,
    CannotConnect,
    ConnectionFailure,
    GatewayRefused,
    InternalFault,
    InvalidResponse,
    NotFound,
    NotSupported,
    PbxFault,
    TokenRefused,
    Unauthorized,
    YeastarError,
)
from ..values import JsonObject, objects, read_list, whole_number
from .endpoint import SIGN_IN, Endpoint
from .failures import is_unavailable
from .pause import address_blocked, address_not_allowed, api_missing, too_many_tokens


def parse_answer(status: int, content: bytes) -> tuple[int, JsonObject]:
    """Return the `errcode` of an answer, and the answer.

    The Content-Type is not reliable, and a byte order mark may come first. If the body
    is not an API answer, raise what the HTTP status means: somebody between here and
    the PBX may have answered.
    """
    if answer := read_object(content):
        errcode = whole_number(answer.get("errcode"))
        if errcode is not None:
            return errcode, answer
    if status == 401:
        raise Unauthorized
    if status == 403:
        raise GatewayRefused(status)
    if is_unavailable(status):
        raise CannotConnect(ConnectionFailure.UNAVAILABLE)
    raise InvalidResponse(f"no API answer, HTTP {status}")


def read_object(content: bytes) -> JsonObject | None:
    """Return the JSON object of an answer, or None if it is none."""
    try:
        answer = read_json(content.removeprefix(codecs.BOM_UTF8))
    except ValueError, RecursionError:
        return None
    return answer if isinstance(answer, dict) else None


def read_json(content: bytes) -> object:
    """Read JSON; raise ValueError or RecursionError if it is not JSON.

    orjson takes a third of the time, but refuses half of a surrogate pair, which a name
    that was cut off within an emoji has.
    """
    try:
        return orjson.loads(content)
    except ValueError:
        return json.loads(content.decode())


def answer_error(errcode: int, answer: JsonObject, endpoint: Endpoint) -> YeastarError:
    """Return the error for an `errcode` other than 0."""
    match errcode:
        case 70004:
            return address_blocked(answer.get("block_expire_time"))
        case 70087:
            return address_not_allowed()
        case _ if endpoint in SIGN_IN:
            return _sign_in_error(errcode)
        case 10001 | 10002 | 10003:
            return NotSupported()
        case 10004 | 10005:
            return TokenRefused(expired=errcode == 10004)
        case 10009 | 70084:
            return AccessDenied()
        case 60001 | 40001 | 40002 if _is_not_found(errcode, answer, endpoint.names):
            return NotFound()
        case -2:
            return InternalFault(errcode)
    return endpoint.faults.get(errcode, PbxFault)(errcode)


def _sign_in_error(errcode: int) -> YeastarError:
    """Return the error for a sign-in, which has a meaning of its own for most codes."""
    match errcode:
        case 10001 | 10002 | 10003:
            return api_missing()
        case 60002:
            return too_many_tokens()
    return PbxFault(errcode)


def _is_not_found(errcode: int, answer: JsonObject, names: Collection[str]) -> bool:
    """Return whether the PBX does not have what is asked for.

    It may also refuse the parameter that names it. Refusing another one is a fault.
    """
    if errcode == 60001:
        return True
    try:
        refused = read_list(answer, "invalid_param_list")
    except InvalidResponse:
        refused = []
    # The PBX may not say which parameter it is.
    return bool(names) and (
        not refused or any(each.get("field") in names for each in objects(refused))
    )
