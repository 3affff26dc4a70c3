"""What the vendor's documents leave open, as switches.

The defaults are what the documents state or, failing that, what they suggest.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum, auto
from types import EllipsisType

from . import errors


class Refusal(IntEnum):
    """The shape of a refusal: an errcode at HTTP status 200, or a bare HTTP status."""

    FAILURE = errors.FAILURE
    TOKEN_EXPIRED = errors.TOKEN_EXPIRED
    ACCESS_DENIED = errors.ACCESS_DENIED
    PARAMETER_ERROR = errors.PARAMETER_ERROR
    DATA_NOT_FOUND = errors.DATA_NOT_FOUND
    HTTP_400 = 400
    HTTP_401 = 401
    HTTP_403 = 403
    HTTP_404 = 404

    @property
    def error(self) -> errors.ApiError | errors.HttpError:
        """The exception that makes this answer."""
        if self.name.startswith("HTTP_"):
            return errors.HttpError(int(self))
        return errors.ApiError(int(self))


class EmptyList(StrEnum):
    """What ``greeting_list`` is for an extension without greetings."""

    ARRAY = auto()
    NULL = auto()
    MISSING = auto()


class UrlForm(StrEnum):
    """How ``play_resource_url`` and ``download_resource_url`` are written."""

    LEADING_SLASH = auto()
    NO_LEADING_SLASH = auto()
    ABSOLUTE = auto()


class BlockExpiry(StrEnum):
    """What ``block_expire_time`` of a 70004 answer is."""

    SECONDS_LEFT = auto()
    EPOCH = auto()
    MISSING = auto()


@dataclass
class Switches:
    """Behaviours of the simulated PBX; may be changed while it runs."""

    # Access
    require_user_agent: bool = True
    """Refuse a request whose User-Agent is missing or empty."""
    user_agent_refusal: Refusal = Refusal.ACCESS_DENIED
    allow_list: frozenset[str] | None = None
    """Addresses that may use the API (others get 70087); None: no restriction."""
    block_seconds: float | None = 600
    """How long five failed logins block an address; None: until it is lifted."""
    block_expire_time: BlockExpiry = BlockExpiry.SECONDS_LEFT

    announce_close: bool = True
    """Say that a connection is closed; False: it is just good for no other request."""

    # Tokens
    token_refusal: Refusal = Refusal.TOKEN_EXPIRED
    """Answer to an access token that is expired, unknown or missing."""
    refuse_refresh: bool = False
    """Refuse every refresh token."""
    refresh_refusal: Refusal = Refusal.TOKEN_EXPIRED
    """Answer to a refresh token that is expired, unknown or already used."""
    refused_refresh_is_failed_login: bool = False
    """Count a refused refresh token as one of the five failed logins."""
    old_access_token_dies_at_refresh: bool = True

    # Lists
    greeting_endpoints: bool = True
    """False: firmware older than xx.23.0, the greeting family answers 10001."""
    empty_list: EmptyList = EmptyList.ARRAY
    max_page_size: int | None = None
    """Rows on one page at most, whatever ``page_size`` asks for; None: no limit."""

    # Links and audio
    url_form: UrlForm = UrlForm.LEADING_SLASH
    play_resource_url: object | EllipsisType = ...
    """A JSON value to answer in place of the play link; ``...``: the real link."""
    play_link_needs_token: bool = False
    download_link_needs_token: bool = True
    link_refusal: Refusal = Refusal.DATA_NOT_FOUND
    """Answer to a link that is expired or unknown."""
    audio_content_type: str | None = "audio/x-wav"
    """Content-Type of the audio; None: no such header."""
    content_length: bool = True
    """False: the audio is sent in chunks, without a Content-Length."""
    ranges: bool = False
    """Honour a Range header on the audio."""
