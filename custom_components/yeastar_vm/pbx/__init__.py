"""A Yeastar P-Series PBX as a Python library. It needs only aiohttp and orjson."""

from .boxes import Box, BoxKind
from .client import YeastarClient
from .errors import (
    AccessDenied,
    AddressBlocked,
    AddressNotAllowed,
    AlreadyExists,
    AudioTooLarge,
    CannotConnect,
    CertificateChanged,
    CertificateNotTrusted,
    CertificateWrongName,
    ConnectionFailure,
    FileTooLarge,
    GatewayRefused,
    InternalFault,
    Interrupted,
    InUse,
    InvalidCredentials,
    InvalidLink,
    InvalidResponse,
    InvalidUrl,
    LimitReached,
    NoAudio,
    NotFound,
    NotSupported,
    PbxFault,
    Redirected,
    SignInPaused,
    TooManyTokens,
    YeastarError,
)
from .events import (
    Connected,
    Disconnected,
    ExtensionChanged,
    PresenceChanged,
    StreamEvent,
    VoicemailLeft,
)
from .extensions import Extension
from .greetings import Greeting
from .groups import Group
from .http.bodies import RawAnswer
from .http.certificate import Certificate
from .http.connection import Connections
from .http.mismatches import Mismatches
from .http.pause import Pause
from .http.urls import BaseUrl
from .links import PlayLink
from .messages import Message, message_time
from .sign_in import Credentials, SignIn, TokenPair
from .system import PbxInfo
from .values import comparable, contains, number_order

__all__ = [
    "AccessDenied",
    "AddressBlocked",
    "AddressNotAllowed",
    "AlreadyExists",
    "AudioTooLarge",
    "BaseUrl",
    "Box",
    "BoxKind",
    "CannotConnect",
    "Certificate",
    "CertificateChanged",
    "CertificateNotTrusted",
    "CertificateWrongName",
    "Connected",
    "ConnectionFailure",
    "Connections",
    "Credentials",
    "Disconnected",
    "Extension",
    "ExtensionChanged",
    "FileTooLarge",
    "GatewayRefused",
    "Greeting",
    "Group",
    "InUse",
    "InternalFault",
    "Interrupted",
    "InvalidCredentials",
    "InvalidLink",
    "InvalidResponse",
    "InvalidUrl",
    "LimitReached",
    "Message",
    "Mismatches",
    "NoAudio",
    "NotFound",
    "NotSupported",
    "Pause",
    "PbxFault",
    "PbxInfo",
    "PlayLink",
    "PresenceChanged",
    "RawAnswer",
    "Redirected",
    "SignIn",
    "SignInPaused",
    "StreamEvent",
    "TokenPair",
    "TooManyTokens",
    "VoicemailLeft",
    "YeastarClient",
    "YeastarError",
    "comparable",
    "contains",
    "message_time",
    "number_order",
]
