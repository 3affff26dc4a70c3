"""What a PBX is asked for, as values. Rows of the PBX are checked here, once."""

from dataclasses import dataclass, field
from typing import ClassVar, Self

from .errors import InvalidResponse

type JsonObject = dict[str, object]


def storable(value: str) -> str:
    """Return a text with a question mark for each half of a surrogate pair.

    JSON can have them (a name cut off within an emoji); nothing can store or show them.
    """
    return value if value.isascii() else value.encode(errors="replace").decode()


def text(value: object) -> str:
    """Return a text of the PBX, stripped; numbers as text, anything else as empty."""
    if isinstance(value, str):
        return storable(value.strip())
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def whole_number(value: object) -> int | None:
    """Return a whole number of the PBX, which may come as text or `1.0`, or None."""
    whole = isinstance(value, float) and value.is_integer()
    digits = f"{value:.0f}" if whole else text(value)
    # Longer ones are no number of this protocol, and slow to convert.
    if len(digits) > 18 or not digits.removeprefix("-").isdecimal():
        return None
    return int(digits)


def number_order(number: str) -> tuple[int, str]:
    """Return what extension numbers are sorted by: 999 before 1000."""
    return len(number), number


@dataclass(frozen=True, slots=True)
class Credentials:
    """Client ID and Client Secret of the PBX's page Integrations > API."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenPair:
    """An access token and the refresh token that renews it.

    Times are in seconds since the epoch.
    """

    access_token: str = field(repr=False)
    access_expires_at: float
    refresh_token: str = field(repr=False)
    refresh_expires_at: float

    # Section "Get Access Token" of the vendor's guide; only a start for tokens whose
    # age is not known, since each answer states its own.
    ACCESS_LIFETIME: ClassVar = 1800
    REFRESH_LIFETIME: ClassVar = 86400

    @classmethod
    def of_unknown_age(cls, access_token: str, refresh_token: str, now: float) -> Self:
        """Return tokens that somebody else obtained, taken to be new."""
        return cls(
            access_token,
            now + cls.ACCESS_LIFETIME,
            refresh_token,
            now + cls.REFRESH_LIFETIME,
        )

    @classmethod
    def from_answer(cls, answer: JsonObject, now: float) -> Self:
        """Read the answer of `get_token` and `refresh_token`.

        Raise InvalidResponse where there is no access token in it.
        """
        access_token = text(answer.get("access_token"))
        if not access_token:
            raise InvalidResponse("no access token in the answer")
        access = whole_number(answer.get("access_token_expire_time"))
        refresh = whole_number(answer.get("refresh_token_expire_time"))
        return cls(
            access_token,
            now + (access or cls.ACCESS_LIFETIME),
            text(answer.get("refresh_token")),
            now + (refresh or cls.REFRESH_LIFETIME),
        )


@dataclass(frozen=True, slots=True)
class SignIn:
    """What is known of the sign-in, to be kept across restarts.

    Without `credentials`, tokens live only as long as they can be refreshed. `refused`
    says that the PBX did not take it: nothing is sent until there is a new one.
    """

    credentials: Credentials | None
    tokens: TokenPair | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class PbxInfo:
    """Who the PBX is (vendor page "Query PBX Information")."""

    serial_number: str
    name: str
    model: str
    firmware: str

    @classmethod
    def from_answer(cls, answer: JsonObject) -> Self:
        """Read `system/information`; raise InvalidResponse without a serial number."""
        data = answer.get("data")
        if not isinstance(data, dict) or not (serial_number := text(data.get("sn"))):
            raise InvalidResponse("no serial number in the answer")
        model = text(data.get("model_name"))
        return cls(
            serial_number,
            text(data.get("device_name")) or model or serial_number,
            model,
            text(data.get("firmware_version")),
        )


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension; `number` is text, since it may begin with zeros."""

    number: str
    name: str
    presence: str

    @classmethod
    def from_row(cls, row: JsonObject) -> Self | None:
        """Read a row of `extension/search`; None where it has no number."""
        if not (number := text(row.get("number"))):
            return None
        return cls(
            number, text(row.get("caller_id_name")), text(row.get("presence_status"))
        )


@dataclass(frozen=True, slots=True)
class Greeting:
    """A voicemail greeting of an extension.

    `file` is the full file name, which the PBX compares with case: what the list calls
    `real_filename`. `type` is `record` (by phone or uploaded) or `tts`.
    """

    extension: str
    file: str
    type: str

    @classmethod
    def from_row(cls, row: JsonObject, extension: str) -> Self | None:
        """Read a row of `extension_vm_greeting/list`; None where it names no file."""
        file = row.get("real_filename")
        if not isinstance(file, str) or not file:
            # `file` stands with its suffix in some rows and without in others.
            file, suffix = row.get("file"), text(row.get("suffix"))
            if not isinstance(file, str) or not file:
                return None
            if not file.endswith(suffix):
                file += suffix
        return cls(extension, storable(file), text(row.get("type")))

    def is_named(self, search: str) -> bool:
        """Return whether the file name contains a text, in whatever case."""
        return search.casefold() in self.file.casefold()


@dataclass(frozen=True, slots=True)
class PlayLink:
    """Where a greeting's audio is for half an hour: who knows the URL may fetch it.

    `expires_at` is in seconds since the epoch.
    """

    url: str = field(repr=False)
    file: str
    expires_at: float

    LIFETIME: ClassVar = 1800
