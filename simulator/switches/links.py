"""Where links lead, and what the audio comes with."""

from dataclasses import dataclass
from enum import StrEnum, auto
from types import EllipsisType

from .refusal import Refusal


class UrlForm(StrEnum):
    """How ``play_resource_url`` and ``download_resource_url`` are written."""

    LEADING_SLASH = auto()
    NO_LEADING_SLASH = auto()
    DOUBLE_SLASH = auto()
    ABSOLUTE = auto()


@dataclass
class LinkSwitches:
    """Switches of links and audio."""

    url_form: UrlForm = UrlForm.LEADING_SLASH
    play_resource_url: object | EllipsisType = ...
    """A JSON value to answer in place of the play link; ``...``: the real link."""
    download_resource_url: object | EllipsisType = ...
    """The same for the download link."""
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
