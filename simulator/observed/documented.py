"""What the vendor's documents show of the answers that a check asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DocumentedList:
    """A list: where its rows stand in an answer, and the types of their fields.

    ``beside`` are fields that some firmware has; it is no news if they are missing.
    """

    key: str
    fields: Mapping[str, type]
    beside: frozenset[str] = field(default_factory=frozenset)
    has_total: bool = True


_EXTENSION = {
    "id": int,
    "online_status": dict,
    "presence_status": str,
    "number": str,
    "caller_id_name": str,
    "role_name": str,
    "email_addr": str,
    "mobile_number": str,
}
_EXTENSIONS = DocumentedList(
    "data", _EXTENSION, frozenset({"custom_presence_status", "timezone"})
)
_GREETINGS = DocumentedList(
    "greeting_list",
    {
        "id": int,
        "module": str,
        "number": str,
        "file": str,
        "suffix": str,
        "type": str,
        "real_filename": str,
    },
)
_MESSAGE = {
    "msg_id": str,
    "file_name": str,
    "is_read": int,
    "duration": int,
    "size": int,
    "name": str,
    "time": str,
    "number": str,
}

LISTS: Mapping[str, DocumentedList] = {
    "extension/list": _EXTENSIONS,
    "extension/search": _EXTENSIONS,
    "extension_vm_greeting/list": _GREETINGS,
    "vm_greeting/list": _GREETINGS,
    "vm_group/list": DocumentedList(
        "vm_group_list",
        {
            "id": int,
            "type": str,
            "number": str,
            "name": str,
            "mode": str,
            "member_list": list,
        },
        frozenset({"messages"}),
    ),
    "vm/get": DocumentedList(
        "data", _MESSAGE, frozenset({"group_voicemail_read_status"})
    ),
    "vm/query": DocumentedList(
        "voicemail_list",
        {"number": str, "total_number": int, "data": list},
        has_total=False,
    ),
}

INFORMATION = frozenset(
    {
        "device_name",
        "model_name",
        "sn",
        "hardware_version",
        "firmware_version",
        "system_time",
        "up_time",
        "system_date_format",
        "system_time_format",
        "timestamp",
    }
)
# Seconds for which tokens are good.
LIFETIMES = {"access_token_expire_time": 1800, "refresh_token_expire_time": 86400}
