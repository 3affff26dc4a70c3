"""What a check finds out: what works, and how the PBX answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from ..pbx import (
    AccessDenied,
    CannotConnect,
    ConnectionFailure,
    Interrupted,
    InvalidLink,
    InvalidResponse,
    NoAudio,
    NotFound,
    NotSupported,
    PbxFault,
    RawAnswer,
    YeastarError,
)
from ..pbx.errors import TokenRefused, Unauthorized


class Subject(StrEnum):
    """What is checked, in the order in which people read it."""

    SIGN_IN = "sign_in"
    INFORMATION = "information"
    EXTENSIONS = "extensions"
    SEARCH = "search"
    PRESENCES = "presences"
    GROUPS = "groups"
    GREETINGS = "greetings"
    GROUP_GREETINGS = "group_greetings"
    GREETING_LINK = "greeting_link"
    GREETING_AUDIO = "greeting_audio"
    MESSAGES = "messages"
    MESSAGES_OF_ONE = "messages_of_one"
    MESSAGE_LINK = "message_link"
    MESSAGE_AUDIO = "message_audio"
    EVENTS = "events"


class Outcome(StrEnum):
    """How the check of a subject ended.

    REFUSED ends the whole check. Those after FAULT say why something was left out.
    """

    WORKS = "works"
    EMPTY = "empty"
    NO_PERMISSION = "no_permission"
    NOT_SUPPORTED = "not_supported"
    NO_WEB_SOCKET = "no_web_socket"
    SILENT = "silent"
    NOT_REACHED = "not_reached"
    INVALID = "invalid"
    UNUSABLE = "unusable"
    REFUSED = "refused"
    FAULT = "fault"
    NO_MAILBOX = "no_mailbox"
    NOTHING_TO_ASK = "nothing_to_ask"
    STOPPED = "stopped"
    NO_TIME = "no_time"

    @property
    def is_well(self) -> bool:
        """Return whether nothing is wrong with the PBX."""
        return self in _WELL


_WELL: Final = (
    Outcome.WORKS,
    Outcome.EMPTY,
    Outcome.NO_MAILBOX,
    Outcome.NOTHING_TO_ASK,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """How the check of a subject ended, and the error that says more, if any."""

    subject: Subject
    outcome: Outcome
    error: YeastarError | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, or the key of the error in its place."""

    endpoint: str
    parameters: Mapping[str, str] = field(repr=False)
    answer: RawAnswer | None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of the WebSocket. `seconds` is how long after its opening."""

    seconds: float
    is_sent: bool
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a check found out. `private` are texts of which no word may be told."""

    findings: tuple[Finding, ...]
    exchanges: tuple[Exchange, ...]
    frames: tuple[Frame, ...]
    private: tuple[str, ...] = field(repr=False)

    @classmethod
    def without_sign_in(cls, error: YeastarError) -> Self:
        """Return what is found if the check cannot even begin."""
        sign_in, *rest = Subject
        left_out = (Finding(subject, Outcome.STOPPED) for subject in rest)
        return cls((Finding(sign_in, outcome_of(error), error), *left_out), (), (), ())


_OUTCOMES: Final = (
    (CannotConnect, Outcome.NOT_REACHED),
    (AccessDenied, Outcome.NO_PERMISSION),
    (NotSupported, Outcome.NOT_SUPPORTED),
    (NotFound, Outcome.EMPTY),
    (InvalidLink, Outcome.UNUSABLE),
    (NoAudio, Outcome.UNUSABLE),
    (InvalidResponse, Outcome.INVALID),
    (PbxFault, Outcome.FAULT),
)


def outcome_of(error: YeastarError) -> Outcome:
    """Return what an error says of a subject."""
    match error:
        case Interrupted():
            return Outcome.STOPPED
        case CannotConnect(reason=ConnectionFailure.TIMEOUT):
            return Outcome.SILENT
        case Unauthorized() | TokenRefused(expired=True):
            return Outcome.REFUSED
    # A pause, a gateway, a sign-in, a certificate: the rest would end in the same way.
    found = (outcome for kind, outcome in _OUTCOMES if isinstance(error, kind))
    return next(found, Outcome.REFUSED)
