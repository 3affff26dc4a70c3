"""The answers of the API: their envelope, and the errors in it.

The PBX answers HTTP 200 to nearly everything; what happened is in `errcode` (vendor
page "Error Code and Error Message").
"""

import codecs
from collections.abc import Collection
import json
import re
from typing import Final

import orjson

from ..errors import (
    AccessDenied,
    AlreadyExists,
    CannotConnect,
    ConnectionFailure,
    FileTooLarge,
    GatewayRefused,
    InUse,
    InvalidResponse,
    LimitReached,
    NotFound,
    NotSupported,
    PbxFault,
    TokenRefused,
    Unauthorized,
    YeastarError,
)
from ..values import JsonObject, whole_number
from .failures import is_unavailable
from .pause import (
    SIGN_IN_ENDPOINTS,
    address_blocked,
    address_not_allowed,
    too_many_tokens,
)

# The endpoints that change greetings, and what keeps them from doing so.
_CHANGES: Final = re.compile(r"(extension_)?vm_greeting/(delete|record|update|upload)")
_FAULTS: Final[dict[int, type[PbxFault]]] = {
    40003: AlreadyExists,
    40004: FileTooLarge,
    60002: LimitReached,
    70091: InUse,
}


def parse_answer(status: int, content: bytes) -> tuple[int, JsonObject]:
    """Return the `errcode` of an answer, and the answer.

    The Content-Type is not reliable, and a byte order mark may come first. If the body
    is not an API answer, raise what the HTTP status means: somebody between here and
    the PBX may have answered.
    """
    try:
        answer = read_json(content.removeprefix(codecs.BOM_UTF8))
    except ValueError, RecursionError:
        answer = None
    if isinstance(answer, dict):
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


def _is_not_found(errcode: int, answer: JsonObject, names: Collection[str]) -> bool:
    """Return whether the PBX does not have what is asked for.

    It may also refuse the parameter that names it. Refusing another one is a fault.
    """
    if errcode == 60001:
        return True
    if not names:
        return False
    rows = answer.get("invalid_param_list")
    if not isinstance(rows, list) or not rows:
        return True  # The PBX may not say which parameter it is.
    return any(isinstance(row, dict) and row.get("field") in names for row in rows)


def read_json(content: bytes) -> object:
    """Read JSON; raise ValueError or RecursionError if it is not JSON.

    orjson takes a third of the time, but refuses half of a surrogate pair, which a name
    that was cut off within an emoji has.
    """
    try:
        return orjson.loads(content)
    except ValueError:
        return json.loads(content.decode())


def answer_error(
    errcode: int, endpoint: str, answer: JsonObject, names: Collection[str]
) -> YeastarError:
    """Return the error for an `errcode` other than 0.

    `names` are the parameters that name what is asked for.
    """
    match errcode:
        case 10001 | 10002 | 10003:
            return NotSupported()
        case 10004 | 10005:
            return TokenRefused(expired=errcode == 10004)
        case 10009 | 70084:
            return AccessDenied()
        case 60001 | 40001 | 40002 if _is_not_found(errcode, answer, names):
            return NotFound()
        case 60002 if endpoint in SIGN_IN_ENDPOINTS:
            return too_many_tokens()
        case 70004:
            return address_blocked(answer.get("block_expire_time"))
        case 70087:
            return address_not_allowed()
        case _ if _CHANGES.fullmatch(endpoint):
            return _FAULTS.get(errcode, PbxFault)(errcode)
    return PbxFault(errcode)
