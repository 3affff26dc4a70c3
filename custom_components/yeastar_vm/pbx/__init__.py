"""A Yeastar P-Series PBX as a Python library. It needs only aiohttp and orjson."""

from .certificate import Certificate
from .client import YeastarClient
from .errors import (
    AccessDenied,
    AddressBlocked,
    AddressNotAllowed,
    AudioTooLarge,
    CannotConnect,
    CertificateChanged,
    CertificateNotTrusted,
    CertificateWrongName,
    ConnectionFailure,
    GatewayRefused,
    Interrupted,
    InvalidCredentials,
    InvalidLink,
    InvalidResponse,
    InvalidUrl,
    NoAudio,
    NotFound,
    NotSupported,
    PbxFault,
    Redirected,
    SignInPaused,
    TooManyTokens,
    YeastarError,
)
from .extensions import Extension
from .greetings import Greeting, PlayLink
from .pause import Pause
from .system import PbxInfo
from .tokens import Credentials, SignIn, TokenPair
from .urls import normalize_base_url
from .values import comparable, number_order

__all__ = [
    "AccessDenied",
    "AddressBlocked",
    "AddressNotAllowed",
    "AudioTooLarge",
    "CannotConnect",
    "Certificate",
    "CertificateChanged",
    "CertificateNotTrusted",
    "CertificateWrongName",
    "ConnectionFailure",
    "Credentials",
    "Extension",
    "GatewayRefused",
    "Greeting",
    "Interrupted",
    "InvalidCredentials",
    "InvalidLink",
    "InvalidResponse",
    "InvalidUrl",
    "NoAudio",
    "NotFound",
    "NotSupported",
    "Pause",
    "PbxFault",
    "PbxInfo",
    "PlayLink",
    "Redirected",
    "SignIn",
    "SignInPaused",
    "TokenPair",
    "TooManyTokens",
    "YeastarClient",
    "YeastarError",
    "comparable",
    "normalize_base_url",
    "number_order",
]
