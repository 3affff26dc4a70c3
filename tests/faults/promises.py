"""What is promised for what goes wrong.

A promise is the translation key of what the user is told. What the sides make of it
is the same for all rows: see ``expected`` in ``outcomes.py``.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from enum import Enum, auto

from tests.common import MINUTE

from .cases import (
    AUDIO,
    EXTENSIONS,
    GET_TOKEN,
    GREETINGS,
    GROUPS,
    PLAY,
    REFRESH_TOKEN,
    SEARCH,
    Case,
    Side,
)
from .home import WORKS

# What a PBX says that wants to be left alone for a while, and for how long at most.
PAUSES = {
    "address_blocked",
    "address_not_allowed",
    "api_missing",
    "sign_in_failed",
    "too_many_tokens",
}
PAUSE = 12 * MINUTE


class Within(Enum):
    """How long it takes at most."""

    AT_ONCE = auto()
    CONNECT_LIMIT = auto()
    LIMIT = auto()
    """The limit for an answer that does not come."""
    TOTAL_LIMIT = auto()
    """The limit for an answer that comes too slowly."""
    ITS_TIME = auto()
    """The time that the answer takes."""


@dataclass(frozen=True, eq=False)
class Promise:
    """What the user is told: a translation key, or WORKS.

    ``but`` says where it is another one: for ``endpoint``, ``side`` or both with a
    blank between. ``memory`` in MB, at most; ``memory_of_audio`` for the audio.
    ``status`` is the HTTP status that is told.
    """

    error: str
    but: Mapping[str, str] = field(default_factory=dict)
    _: KW_ONLY
    within: Within = Within.AT_ONCE
    memory: int = 4
    memory_of_audio: int = 4
    status: int = 0

    def at(self, endpoint: str) -> tuple[str, ...]:
        """Return the keys that are promised for an endpoint, by side."""
        general = self.but.get(endpoint, self.error)
        return tuple(self.but.get(f"{endpoint} {side}", general) for side in Side)

    def for_case(self, case: Case) -> str:
        """Return the key that is promised for a case."""
        for where in (f"{case.endpoint} {case.side}", case.endpoint, case.side):
            if where in self.but:
                return self.but[where]
        return self.error


_NO_AUDIO = {AUDIO: "no_audio"}
_NO_GROUPS = {GROUPS: WORKS}  # as on a PBX that has none
_REFUSED_SIGN_IN = {GET_TOKEN: "invalid_auth"}
_FAILED_SIGN_IN = {GET_TOKEN: "sign_in_failed"}


def _answered(error: str, but: Mapping[str, str]) -> Promise:
    """Return the promise for an answer, which is one to a renewal, too.

    A renewal that was answered like this is followed by one sign-in, where there is a
    Client Secret, which a form with an access token does not have.
    """
    renewal = {
        REFRESH_TOKEN: WORKS,
        f"{REFRESH_TOKEN} {Side.FORM}": but.get(GET_TOKEN, error),
    }
    return Promise(error, {**_NO_AUDIO, **renewal, **but})


FINE = Promise(WORKS)
RESTARTED = Promise(WORKS, {f"{REFRESH_TOKEN} {Side.FORM}": "invalid_auth"})
REFUSED = Promise("connection_refused")
LOST = Promise("connection_lost")
SILENT = Promise("timeout", within=Within.LIMIT)
SLOW = Promise(
    "timeout",
    {
        f"{AUDIO} {Side.ACTION}": "delivery_too_slow",
        f"{AUDIO} {Side.BROWSER}": "delivery_too_slow",
    },
    within=Within.TOTAL_LIMIT,
)
IN_TIME = Promise(WORKS, within=Within.ITS_TIME)
LATE = Promise(WORKS, {Side.SETUP: "timeout"}, within=Within.ITS_TIME)
NO_TLS = Promise("tls_failed")
WEAK_TLS = Promise("tls_outdated")
CLIENT_CERTIFICATE = Promise("client_certificate")
DEAF = Promise("timeout", within=Within.CONNECT_LIMIT)
CERTIFICATE = Promise("certificate_changed", {Side.FORM: "step certificate_changed"})
WEAK_KEY = Promise("certificate_changed", {Side.FORM: "tls_outdated"})
UNKNOWN_NAME = Promise("host_not_found")
REDIRECTED = Promise("redirected")
UNAVAILABLE = Promise("unavailable")
NOT_A_PBX = _answered("not_a_pbx", {})
REDIRECTED_WITHIN = _answered("not_a_pbx", {AUDIO: "not_a_pbx"})
NOT_JSON = _answered("not_a_pbx", {AUDIO: "audio_not_decodable"})
NESTED = replace(NOT_A_PBX, memory=8)
TOO_LARGE = replace(
    _answered("not_a_pbx", {AUDIO: "audio_too_large"}), memory=8, memory_of_audio=40
)
NO_FIELDS = _answered(
    "not_a_pbx",
    {
        SEARCH: WORKS,
        EXTENSIONS: WORKS,
        GROUPS: WORKS,
        GREETINGS: "no_greetings",
        f"{GREETINGS} {Side.BROWSER}": WORKS,
        PLAY: "invalid_link",
    },
)
GATEWAY_401 = replace(_answered("gateway_refused", {}), status=401)
GATEWAY_403 = replace(_answered("gateway_refused", {}), status=403)
TOKEN_REFUSED = _answered("access_denied", {**_REFUSED_SIGN_IN, **_NO_GROUPS})
DENIED = _answered("access_denied", {**_FAILED_SIGN_IN, **_NO_GROUPS})
NOT_SUPPORTED = _answered("not_supported", {GET_TOKEN: "api_missing", **_NO_GROUPS})
NOT_FOUND = _answered(
    "not_found",
    {
        **_REFUSED_SIGN_IN,
        **_NO_GROUPS,
        SEARCH: WORKS,
        EXTENSIONS: WORKS,
        GREETINGS: "no_greetings",
        f"{GREETINGS} {Side.BROWSER}": WORKS,
        f"{PLAY} {Side.BROWSER}": "greeting_gone",
    },
)
PARAMETER = _answered(
    "pbx_fault",
    {
        **_REFUSED_SIGN_IN,
        SEARCH: WORKS,
        GREETINGS: "no_greetings",
        f"{GREETINGS} {Side.BROWSER}": WORKS,
        PLAY: "not_found",
        f"{PLAY} {Side.BROWSER}": "greeting_gone",
    },
)
FAILURE = _answered("pbx_fault", _REFUSED_SIGN_IN)
PBX_FAULT = _answered("pbx_fault", _FAILED_SIGN_IN)
TOO_MANY_TOKENS = Promise(
    "pbx_fault",
    {**_NO_AUDIO, GET_TOKEN: "too_many_tokens", REFRESH_TOKEN: "too_many_tokens"},
)
BLOCKED = Promise("address_blocked", _NO_AUDIO)
NOT_ALLOWED = Promise("address_not_allowed", _NO_AUDIO)
NO_LINK = Promise("invalid_link")
NO_AUDIO = Promise("no_audio")
AUDIO_TOO_LARGE = Promise("audio_too_large")
