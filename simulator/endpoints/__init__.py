"""The endpoints below ``/openapi/v1.0/``, a module for each family.

A new family is a module with a ``Family`` and a line in ``FAMILIES``. What the PBX
holds for it is a class of its own, of which ``Pbx`` has one; what the documents leave
open about it are switches in a module of ``switches``.

Vendor's documents: one page for each endpoint, named in the handlers.
"""

from simulator import errors
from simulator.errors import ApiError
from simulator.model import RecordedRequest
from simulator.pbx import Pbx

from .extension_details import EXTENSION_DETAILS
from .extensions import EXTENSIONS
from .family import Endpoint, Family, Stream
from .greeting_changes import GREETING_CHANGES
from .greetings import GREETINGS
from .groups import GROUPS
from .messages import MESSAGES
from .parameters import DEFAULT_PAGE_SIZE, check_token
from .subscribe import EVENTS
from .system import SYSTEM
from .tokens import TOKENS

__all__ = [
    "DEFAULT_PAGE_SIZE",
    "ENDPOINTS",
    "NAMES",
    "Endpoint",
    "Family",
    "Stream",
    "check_token",
    "find_endpoint",
    "find_stream",
]

FAMILIES: tuple[Family, ...] = (
    TOKENS,
    SYSTEM,
    EXTENSIONS,
    EXTENSION_DETAILS,
    *GREETINGS,
    *GREETING_CHANGES,
    GROUPS,
    MESSAGES,
    EVENTS,
)

ENDPOINTS: dict[str, Endpoint] = {
    path: endpoint for family in FAMILIES for path, endpoint in family.endpoints.items()
}

NAMES: tuple[str, ...] = (
    *ENDPOINTS,
    *(path for family in FAMILIES for path in family.streams),
)
"""The paths of all endpoints, the WebSocket's too."""


def find_endpoint(pbx: Pbx, request: RecordedRequest) -> Endpoint:
    """Return the endpoint of a request; 10001 where the firmware has none such."""
    endpoint = ENDPOINTS.get(request.endpoint)
    if (
        endpoint is None
        or endpoint.method != request.method
        or any(
            request.endpoint in family.endpoints and not family.exists(pbx)
            for family in FAMILIES
        )
    ):
        raise ApiError(errors.INTERFACE_NOT_EXISTED)
    return endpoint


def find_stream(pbx: Pbx, request: RecordedRequest) -> Stream | None:
    """Return what answers a request for as long as the connection lasts, if it does."""
    for family in FAMILIES:
        if stream := family.streams.get(request.endpoint):
            return stream if family.exists(pbx) else None
    return None
