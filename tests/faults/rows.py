"""What goes wrong, and what is promised for it: one row a fault."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator import (
    Delay,
    Fault,
    Line,
    Oddity,
    OldTokens,
    Outage,
    Refusal,
    UnannouncedEnd,
    UrlForm,
    Weakness,
)

from .cases import AUDIO, CASES, ENDPOINTS, FIRST_CASES, GREETINGS, PLAY, Case
from .promises import (
    AUDIO_TOO_LARGE,
    BLOCKED,
    CERTIFICATE,
    CLIENT_CERTIFICATE,
    DEAF,
    DENIED,
    FAILURE,
    FINE,
    GATEWAY_401,
    GATEWAY_403,
    IN_TIME,
    LATE,
    LOST,
    NESTED,
    NO_AUDIO,
    NO_FIELDS,
    NO_LINK,
    NO_TLS,
    NOT_A_PBX,
    NOT_ALLOWED,
    NOT_FOUND,
    NOT_JSON,
    NOT_SUPPORTED,
    PARAMETER,
    PBX_FAULT,
    REDIRECTED,
    REDIRECTED_WITHIN,
    REFUSED,
    RESTARTED,
    SILENT,
    SLOW,
    TOKEN_REFUSED,
    TOO_LARGE,
    TOO_MANY_TOKENS,
    UNAVAILABLE,
    UNKNOWN_NAME,
    WEAK_KEY,
    WEAK_TLS,
    Promise,
)
from .troubles import Addresses, Errcode, Restart, Switch, Trouble

API = tuple(endpoint for endpoint in ENDPOINTS if endpoint != AUDIO)


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
            and not (isinstance(fault, Addresses) and case.before)
        ]


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
    return _row(what, Switch(play_resource_url=url), promise, (PLAY,))


_PATH = "/api/download/PBX-VoicemailGreeting-37.23.0.15-download.wav"
_ABSOLUTE = Switch(url_form=UrlForm.ABSOLUTE)
_TWO_SLASHES = Switch(url_form=UrlForm.DOUBLE_SLASH)
_NO_SLASH = Switch(url_form=UrlForm.NO_LEADING_SLASH)

NETWORK = "The network"
SECTIONS: Mapping[str, tuple[Row, ...]] = {
    NETWORK: (
        _row("The name of the PBX is not known", Addresses(), UNKNOWN_NAME),
        _row("The connection is refused", Outage.REFUSED, REFUSED),
        Row(
            "The name has several addresses, and the PBX is at one of them",
            (
                Addresses(("127.0.0.9", "::1", "127.0.0.1")),
                Addresses(("127.0.0.1", "127.0.0.9", "::1")),
                Addresses(("::1", "127.0.0.1")),
                Addresses(("127.0.0.1", "::1")),
            ),
            FINE,
        ),
        Row(
            "The name has several addresses, and the certificate is another one",
            (
                Addresses(("127.0.0.9", "127.0.0.1"), Outage.CERTIFICATE_CHANGED),
                Addresses(("127.0.0.1", "::1"), Outage.CERTIFICATE_CHANGED),
            ),
            CERTIFICATE,
        ),
        _row(
            "The name has several addresses, and nothing answers at any",
            Addresses(("127.0.0.9", "::1")),
            REFUSED,
        ),
        _row("The connection is neither taken nor refused", Outage.HANGING, DEAF),
        _row("The connection is taken, and nothing is said", Outage.DEAF, DEAF),
        _row("The TLS handshake is broken off", Outage.HANDSHAKE_BROKEN_OFF, LOST),
        _row("The certificate is another one", Outage.CERTIFICATE_CHANGED, CERTIFICATE),
        _row("The connection is reset before an answer", Fault.RESET, LOST),
        _row("The connection is closed before an answer", Fault.CLOSE, LOST),
        _row("The connection is reset within an answer", Fault.HALF_RESET, LOST),
        _row("The connection is closed within an answer", Fault.HALF, LOST),
        _row("There is http where https was", Outage.OTHER_PROTOCOL, NO_TLS),
        Row(
            "Only TLS that is too old or too weak is spoken",
            (
                Weakness.TLS_1_1,
                Weakness.DH_1024,
                Weakness.RSA_512_TLS_1_3,
                Weakness.NO_ENCRYPTION,
            ),
            WEAK_TLS,
        ),
        _row("The key of another certificate is too weak", Weakness.RSA_512, WEAK_KEY),
        Row(
            "A certificate of the client is demanded",
            (Weakness.CLIENT_CERTIFICATE, Weakness.CLIENT_CERTIFICATE_TLS_1_3),
            CLIENT_CERTIFICATE,
        ),
        Row(
            "The connection is good for one request, and nobody says so",
            tuple(
                Switch(announce_close=False, unannounced_end=end)
                for end in UnannouncedEnd
            ),
            FINE,
        ),
        _row("No answer comes", Fault.SILENT, SILENT),
        _row("Each answer takes 25 s", Delay(25), LATE),
        _row("Answers and audio come at 1 Mbit/s", Line(125_000), IN_TIME),
        _row("The answer comes at one byte a second", Fault.SLOW, SLOW),
    ),
    "Answers of something else than a PBX": (
        _row("HTTP 200 with a web page", Fault.HTML, NOT_A_PBX),
        _row("HTTP 400 with a web page", Fault.BAD_REQUEST_400, NOT_A_PBX),
        Row(
            "HTTP 401 with a web page, with other JSON, or without a body",
            (
                Fault.UNAUTHORIZED_401,
                Fault.UNAUTHORIZED_401_JSON,
                Fault.UNAUTHORIZED_401_EMPTY,
            ),
            GATEWAY_401,
        ),
        _row("HTTP 403 with a web page", Fault.FORBIDDEN_403, GATEWAY_403),
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
        _row("A redirect within the origin", Fault.REDIRECT_WITHIN, REDIRECTED_WITHIN),
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
    "Tokens": (
        Row(
            "The PBX has restarted and knows no token from before",
            (
                Restart(Refusal.TOKEN_EXPIRED),
                Restart(Refusal.ACCESS_DENIED),
                Restart(Refusal.HTTP_401),
            ),
            RESTARTED,
        ),
        Row(
            "A new sign-in ends the tokens of earlier ones",
            (
                Switch(old_tokens_at_sign_in=OldTokens.ALL_DIE),
                Switch(old_tokens_at_sign_in=OldTokens.ACCESS_DIES),
            ),
            FINE,
        ),
        _row(
            "The old access token stays valid when it is renewed",
            Switch(old_access_token_dies_at_refresh=False),
            FINE,
        ),
    ),
    "Errors of the PBX": (
        _codes(FAILURE, -1),
        _row(
            "The firmware has no greetings",
            Switch(greeting_endpoints=False),
            NOT_SUPPORTED,
            (GREETINGS, PLAY),
        ),
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
        _row("It has two slashes in front", _TWO_SLASHES, FINE, (PLAY,)),
        _link("It is a URL of another host", f"https://elsewhere.test{_PATH}"),
        _link(
            "It is a URL of another host, without a scheme: a path of the PBX, too",
            f"//elsewhere.test{_PATH}",
            NO_AUDIO,
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
        _audio("Its link has expired", Switch(play_resource_url=_PATH), NO_AUDIO),
        _audio(
            "It is cut off, and its length was not announced: what came is played",
            Fault.HALF_UNANNOUNCED,
            FINE,
        ),
        _audio("Its length is not announced", Switch(content_length=False), FINE),
        _audio("It has no Content-Type", Switch(audio_content_type=None), FINE),
        _audio("It needs the token", Switch(play_link_needs_token=True), FINE),
        _audio("It has 300 MB, announced", Fault.HUGE_AUDIO_ANNOUNCED, AUDIO_TOO_LARGE),
        _audio("It has 300 MB, not announced", Fault.HUGE_AUDIO, TOO_LARGE),
    ),
}
ROWS = tuple(row for rows in SECTIONS.values() for row in rows)
