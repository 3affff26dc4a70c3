"""What goes wrong, and what is promised for it: one row a fault.

A promise is the translation key of what the user is told. What the sides make of it
is the same for all rows: see ``expected`` in ``outcomes.py``.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from enum import Enum, auto

from tests.pbx_simulator import Fault, Oddity, Outage, UrlForm
from tests.pbx_simulator.errors import ERRMSG

from .cases import (
    AUDIO,
    CASES,
    ENDPOINTS,
    EXTENSIONS,
    FIRST_CASES,
    GET_TOKEN,
    GREETINGS,
    PLAY,
    REFRESH_TOKEN,
    SEARCH,
    Case,
    Side,
)
from .home import WORKS


@dataclass(frozen=True)
class Errcode:
    """The PBX answers with an error of its own, at HTTP status 200."""

    code: int

    def __str__(self) -> str:
        """Return the code as the vendor's table has it."""
        return f"{self.code} {ERRMSG[self.code]}"


@dataclass(frozen=True, eq=False)
class Switch:
    """The PBX behaves otherwise: a switch of the simulator."""

    name: str
    value: object


class Name(Enum):
    """What becomes of the PBX's name."""

    UNKNOWN = "name unknown"


type Trouble = Fault | Oddity | Outage | Errcode | Switch | Name


class Within(Enum):
    """How long it takes at most."""

    AT_ONCE = auto()
    CONNECT_LIMIT = auto()
    LIMIT = auto()


@dataclass(frozen=True, eq=False)
class Promise:
    """What the user is told: a translation key, or WORKS.

    ``but`` says where it is another one: for ``endpoint``, ``side`` or both with a
    blank between. ``memory`` in MB, at most; ``memory_of_audio`` for the audio.
    """

    error: str
    but: Mapping[str, str] = field(default_factory=dict)
    _: KW_ONLY
    within: Within = Within.AT_ONCE
    memory: int = 4
    memory_of_audio: int = 4

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


@dataclass(frozen=True, eq=False)
class Row:
    """One row of the document.

    ``faults`` come to the same; the first is tried from every side, the others at
    every endpoint once. Only ``endpoints`` can have them.
    """

    what: str
    faults: tuple[Trouble, ...]
    promise: Promise
    endpoints: tuple[str, ...] = ENDPOINTS

    def cases(self, fault: Trouble) -> list[Case]:
        """Return what a fault is tried with."""
        cases = CASES if fault is self.faults[0] else FIRST_CASES
        return [
            case
            for case in cases
            if case.endpoint in self.endpoints
            # Home Assistant knows an address for ten seconds before it asks again.
            and not (isinstance(fault, Name) and case.before)
        ]


API = tuple(endpoint for endpoint in ENDPOINTS if endpoint != AUDIO)

_NO_AUDIO = {AUDIO: "no_audio"}
_REFUSED_SIGN_IN = {GET_TOKEN: "invalid_auth"}


def _answered(error: str, but: Mapping[str, str]) -> Promise:
    """Return the promise for an answer, which is one to a renewal, too.

    A renewal that was answered like this is followed by one sign-in, where there is a
    Client Secret, which a form with an access token does not have.
    """
    refused = but.get(GET_TOKEN) == "invalid_auth"
    renewal = {
        REFRESH_TOKEN: WORKS,
        f"{REFRESH_TOKEN} {Side.FORM}": "invalid_auth" if refused else error,
    }
    return Promise(error, {**_NO_AUDIO, **renewal, **but})


FINE = Promise(WORKS)
REFUSED = Promise("connection_refused")
LOST = Promise("connection_lost")
SILENT = Promise("timeout", within=Within.LIMIT)
DEAF = Promise("timeout", within=Within.CONNECT_LIMIT)
CERTIFICATE = Promise("certificate_changed", {Side.FORM: "step certificate_changed"})
UNKNOWN_NAME = Promise("host_not_found")
REDIRECTED = Promise("redirected")
UNAVAILABLE = Promise("unavailable")
NOT_A_PBX = _answered("not_a_pbx", {})
NOT_JSON = _answered("not_a_pbx", {AUDIO: "audio_not_decodable"})
NESTED = replace(NOT_A_PBX, memory=8)
TOO_LARGE = replace(
    _answered("not_a_pbx", {AUDIO: "audio_too_large"}), memory=8, memory_of_audio=40
)
NO_FIELDS = _answered(
    "not_a_pbx",
    {SEARCH: WORKS, EXTENSIONS: WORKS, GREETINGS: "no_greetings"},
)
TOKEN_REFUSED = _answered("access_denied", _REFUSED_SIGN_IN)
DENIED = _answered("access_denied", {})
NOT_SUPPORTED = _answered("not_supported", {})
NOT_FOUND = _answered(
    "not_found",
    {
        **_REFUSED_SIGN_IN,
        SEARCH: WORKS,
        EXTENSIONS: WORKS,
        GREETINGS: "no_greetings",
        f"{PLAY} {Side.BROWSER}": "greeting_gone",
    },
)
PARAMETER = _answered(
    "pbx_fault",
    {
        **_REFUSED_SIGN_IN,
        SEARCH: WORKS,
        GREETINGS: "no_greetings",
        PLAY: "not_found",
        f"{PLAY} {Side.BROWSER}": "greeting_gone",
    },
)
FAILURE = _answered("pbx_fault", _REFUSED_SIGN_IN)
PBX_FAULT = _answered("pbx_fault", {})
TOO_MANY_TOKENS = Promise(
    "pbx_fault",
    {**_NO_AUDIO, GET_TOKEN: "too_many_tokens", REFRESH_TOKEN: "too_many_tokens"},
)
BLOCKED = Promise("address_blocked", _NO_AUDIO)
NOT_ALLOWED = Promise("address_not_allowed", _NO_AUDIO)
NO_LINK = Promise("not_a_pbx")
NO_AUDIO = Promise("no_audio")
AUDIO_TOO_LARGE = Promise("audio_too_large")


def _row(
    what: str,
    fault: Trouble,
    promise: Promise,
    endpoints: tuple[str, ...] = ENDPOINTS,
) -> Row:
    return Row(what, (fault,), promise, endpoints)


def _codes(promise: Promise, *codes: int) -> Row:
    faults = tuple(Errcode(code) for code in codes)
    return Row(", ".join(f"`{fault}`" for fault in faults), faults, promise)


def _audio(what: str, fault: Trouble, promise: Promise) -> Row:
    return _row(what, fault, promise, (AUDIO,))


def _link(what: str, url: object, promise: Promise = NO_LINK) -> Row:
    return _row(what, Switch("play_resource_url", url), promise, (PLAY,))


_PATH = "/api/download/PBX-VoicemailGreeting-37.23.0.15-download.wav"
_ABSOLUTE = Switch("url_form", UrlForm.ABSOLUTE)
_NO_SLASH = Switch("url_form", UrlForm.NO_LEADING_SLASH)

SECTIONS: Mapping[str, tuple[Row, ...]] = {
    "The network": (
        _row("The name of the PBX is not known", Name.UNKNOWN, UNKNOWN_NAME),
        _row("The connection is refused", Outage.REFUSED, REFUSED),
        _row("The connection is taken, and nothing is said", Outage.DEAF, DEAF),
        _row("The TLS handshake is broken off", Outage.HANDSHAKE_BROKEN_OFF, LOST),
        _row("The certificate is another one", Outage.CERTIFICATE_CHANGED, CERTIFICATE),
        _row("The connection is reset before an answer", Fault.RESET, LOST),
        _row("The connection is closed before an answer", Fault.CLOSE, LOST),
        _row("The connection is reset within an answer", Fault.HALF_RESET, LOST),
        _row("The connection is closed within an answer", Fault.HALF, LOST),
        _row(
            "The connection is good for one request, and nobody says so",
            Switch("announce_close", False),
            FINE,
        ),
        _row("No answer comes", Fault.SILENT, SILENT),
        _row("The answer comes at one byte a second", Fault.SLOW, SILENT),
    ),
    "Answers of something else than a PBX": (
        _row("HTTP 200 with a web page", Fault.HTML, NOT_A_PBX),
        _row("HTTP 400 with a web page", Fault.BAD_REQUEST_400, NOT_A_PBX),
        _row("HTTP 401 with a web page", Fault.UNAUTHORIZED_401, TOKEN_REFUSED),
        _row("HTTP 403 with a web page", Fault.FORBIDDEN_403, DENIED),
        _row("HTTP 404 with a web page", Fault.NOT_FOUND_404, NOT_A_PBX),
        _row("HTTP 407 with a web page", Fault.PROXY_SIGN_IN_407, NOT_A_PBX),
        _row("HTTP 426 with a web page", Fault.UPGRADE_REQUIRED_426, NOT_A_PBX),
        _row("HTTP 429 with a web page", Fault.TOO_MANY_REQUESTS_429, UNAVAILABLE),
        _row("HTTP 500 with a web page", Fault.SERVER_ERROR_500, UNAVAILABLE),
        _row("HTTP 502 with a web page", Fault.BAD_GATEWAY_502, UNAVAILABLE),
        _row("HTTP 502 without a body", Fault.BAD_GATEWAY_502_EMPTY, UNAVAILABLE),
        _row("HTTP 503 with a web page", Fault.UNAVAILABLE_503, UNAVAILABLE),
        _row("HTTP 504 with a web page", Fault.GATEWAY_TIMEOUT_504, UNAVAILABLE),
        _row("A redirect to another origin", Fault.REDIRECT, REDIRECTED),
        _row("A redirect within the origin", Oddity.REDIRECT_WITHIN, FINE),
    ),
    "Answers of another shape": (
        _row("An empty body", Fault.EMPTY, NOT_A_PBX),
        _row("Half a JSON document", Fault.NOT_JSON, NOT_A_PBX, API),
        _row("A JSON list", Fault.JSON_LIST, NOT_A_PBX),
        _row("A JSON string", Fault.JSON_TEXT, NOT_JSON),
        _row("A JSON null", Fault.JSON_NULL, NOT_JSON),
        _row("A JSON object without an error code", Fault.NO_ERRCODE, NOT_A_PBX),
        _row("Success, and nothing of what was asked for", Fault.NO_FIELDS, NO_FIELDS),
        _row("JSON in 100,000 nested lists", Fault.JSON_NESTED, NESTED),
        _row("200 MB of JSON", Fault.HUGE, TOO_LARGE),
        _row("All numbers written as text", Oddity.NUMBERS_AS_TEXT, FINE, API),
        _row("A byte order mark in front", Oddity.BYTE_ORDER_MARK, FINE, API),
        _row("The Content-Type of a web page", Oddity.UNTYPED, FINE),
    ),
    "Errors of the PBX": (
        _codes(FAILURE, -1),
        _codes(NOT_SUPPORTED, 10001, 10002, 10003),
        _codes(TOKEN_REFUSED, 10004, 10005),
        _codes(DENIED, 10009, 70084),
        _codes(NOT_FOUND, 60001),
        _codes(PARAMETER, 40001, 40002),
        _codes(TOO_MANY_TOKENS, 60002),
        _codes(BLOCKED, 70004),
        _codes(NOT_ALLOWED, 70087),
        _codes(
            PBX_FAULT,
            *(-2, 1, 2, 40003, 40004, 60101),
            *(70082, 70091, 70093, 70106, 70120),
        ),
    ),
    "The link to the audio (`play_resource_url`)": (
        _row("It is a URL of the PBX", _ABSOLUTE, FINE, (PLAY,)),
        _row("It has no slash in front", _NO_SLASH, FINE, (PLAY,)),
        _link("It is a URL of another host", f"https://elsewhere.test{_PATH}"),
        _link(
            "It is a URL of another host, without a scheme", f"//elsewhere.test{_PATH}"
        ),
        _link("It is `javascript:`", "javascript:alert(1)"),
        _link("It is a `file:` URL", "file:///etc/passwd"),
        _link("It climbs with `..`", "/api/download/../../etc/passwd"),
        _link("It climbs with `%2e%2e`", "/api/download/%2e%2e/%2e%2e/etc/passwd"),
        _link("It is a number", 1),
        _link("It is a list", [_PATH]),
        _link("It is empty", ""),
        _link("It is `null`", None),
        _row("It is missing", Fault.NO_FIELDS, NO_LINK, (PLAY,)),
    ),
    "The audio": (
        _audio("Its link has expired", Switch("play_resource_url", _PATH), NO_AUDIO),
        _audio(
            "It is cut off, and its length was not announced: what came is played",
            Fault.HALF_UNANNOUNCED,
            FINE,
        ),
        _audio("Its length is not announced", Switch("content_length", False), FINE),
        _audio("It has no Content-Type", Switch("audio_content_type", None), FINE),
        _audio("It needs the token", Switch("play_link_needs_token", True), FINE),
        _audio("It has 300 MB, announced", Fault.HUGE_AUDIO_ANNOUNCED, AUDIO_TOO_LARGE),
        _audio("It has 300 MB, not announced", Fault.HUGE_AUDIO, TOO_LARGE),
    ),
}
ROWS = tuple(row for rows in SECTIONS.values() for row in rows)
