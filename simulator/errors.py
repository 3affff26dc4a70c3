"""Error codes of the PBX with their literal messages.

Vendor's documents: "Error code and error message". Every API error travels with
HTTP status 200 as ``{"errcode": int, "errmsg": str, ...}``.
"""

from collections.abc import Mapping

SUCCESS = 0
INTERNAL_SERVER_ERROR = -2
FAILURE = -1
INTERFACE_NOT_EXISTED = 10001
TOKEN_EXPIRED = 10004
ACCESS_DENIED = 10005
OPERATION_FAILED = 10009
PARAMETER_SYNTAX_ERROR = 40001
PARAMETER_ERROR = 40002
DUPLICATE_KEY_VALUE = 40003
FILE_SIZE_EXCEEDED = 40004
DATA_NOT_FOUND = 60001
MAX_LIMITATION_EXCEEDED = 60002
ACCOUNT_IP_BLOCKED = 70004
ACTION_FORBIDDEN = 70084
IP_FORBIDDEN = 70087
CONNECTION_RELATION_EXISTED = 70091

ERRMSG: Mapping[int, str] = {
    INTERNAL_SERVER_ERROR: "INTERNAL SERVER ERROR",
    FAILURE: "FAILURE",
    SUCCESS: "SUCCESS",
    1: "PARTIAL SUCCESS",
    2: "PROCESSING",
    INTERFACE_NOT_EXISTED: "INTERFACE NOT EXISTED",
    10002: "API VERSION OUT OF MAINTENANCE",
    10003: "API VERSION UNSUPPORTED",
    TOKEN_EXPIRED: "TOKEN EXPIRED",
    ACCESS_DENIED: "ACCESS DENIED",
    OPERATION_FAILED: "OPERATION FAILED",
    PARAMETER_SYNTAX_ERROR: "PARAMETER SYNTAX ERROR",
    PARAMETER_ERROR: "PARAMETER ERROR",
    DUPLICATE_KEY_VALUE: "DUPLICATE KEY VALUE",
    FILE_SIZE_EXCEEDED: "FILE SIZE EXCEEDED",
    DATA_NOT_FOUND: "DATA NOT FOUND",
    MAX_LIMITATION_EXCEEDED: "MAX LIMITATION EXCEEDED",
    60101: "ROLE NOT EXISTED",
    ACCOUNT_IP_BLOCKED: "ACCOUNT IP BLOCKED",
    70082: "OVERLOAD_TASK_RUNNING",
    ACTION_FORBIDDEN: "ACTION FORBIDDEN",
    IP_FORBIDDEN: "IP FORBIDDEN",
    CONNECTION_RELATION_EXISTED: "CONNECTION_RELATION_EXISTED",
    70093: "PHONEBOOK_NOT_EXISTED",
    70106: "RATE_NOT_EXISTED",
    70120: "ORGANIZATION DISABLED",
}


class ApiError(Exception):
    """An answer with an errcode other than 0, at HTTP status 200."""

    def __init__(self, errcode: int, **fields: object) -> None:
        """Take the code and what the answer carries besides code and message."""
        super().__init__(errcode)
        self.errcode = errcode
        self.fields = fields


class MalformedError(ApiError):
    """A request that is refused for how it is written."""


class HttpError(Exception):
    """An answer with an HTTP status other than 200, without an envelope."""

    def __init__(self, status: int) -> None:
        """Take the HTTP status."""
        super().__init__(status)
        self.status = status


def parameter_error(field: str, value: str) -> MalformedError:
    """Refuse a parameter for its value."""
    return MalformedError(
        PARAMETER_ERROR, invalid_param_list=[{"field": field, "value": value}]
    )


def missing_parameters(*fields: str) -> MalformedError:
    """Refuse a request for the required parameters that it lacks."""
    return MalformedError(
        PARAMETER_ERROR,
        invalid_param_list=[
            {"field": field, "validation_type": "required"} for field in fields
        ],
    )
