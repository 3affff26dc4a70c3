"""Links of the PBX to audio, and the audio behind them."""

from dataclasses import dataclass, field
import time
from typing import ClassVar, Final

from .contents import is_audio
from .errors import (
    GatewayRefused,
    NoAudio,
    TokenRefused,
    Unauthorized,
    YeastarError,
)
from .http.answers import answer_error, parse_answer
from .http.endpoint import Endpoint
from .session import PbxSession
from .values import JsonObject

MAX_AUDIO: Final = 32 * 1024 * 1024  # bytes; an upload may have 8 MB
START_OF_AUDIO: Final = 256  # bytes; enough to tell what it is, and soon there
MAX_ERROR: Final = 4096  # bytes of an answer that says why there is no audio

_DOWNLOAD: Final = Endpoint("download")


@dataclass(frozen=True, slots=True)
class PlayLink:
    """The URL of some audio, valid for half an hour.

    Whoever knows it can fetch the audio, unless it `needs_token`. `expires_at` is in
    seconds since the epoch, `requested_at` in those of `time.monotonic`.
    """

    url: str = field(repr=False)
    expires_at: float
    needs_token: bool
    requested_at: float

    LIFETIME: ClassVar = 1800


class Audio:
    """The audio behind links of a PBX."""

    def __init__(self, session: PbxSession) -> None:
        self._session = session

    async def download(self, link: PlayLink) -> bytes:
        """Return the audio of a link, at most 32 MB, as the PBX stores it.

        Raise NoAudio if the link does not lead to audio, AudioTooLarge if to more.
        """
        # A play URL is documented to need no token, a download URL to need one, and
        # neither what is answered otherwise.
        for with_token in (link.needs_token, not link.needs_token):
            try:
                if with_token:
                    return await self._session.fetch(_DOWNLOAD, link.url, self._fetch)
                return await self._fetch(link.url)
            except NoAudio, TokenRefused, GatewayRefused:
                continue
        raise NoAudio

    async def read_start(self, link: PlayLink) -> bytes:
        """Return the first bytes of the audio of a link, as a player gets them.

        Raise NoAudio if it does not lead to audio without an access token.
        """
        status, start = await self._session.read_start(link.url, START_OF_AUDIO)
        if not is_audio(status, start):
            raise self._no_audio(status, start)
        return start

    async def _fetch(self, url: str) -> bytes:
        """Return the audio of a URL; raise NoAudio, or TokenRefused for want of one."""
        status, body = await self._session.download(url, MAX_AUDIO)
        if is_audio(status, body):
            return body
        raise _refusal(status, body) or self._no_audio(status, body)

    def _no_audio(self, status: int, body: bytes) -> NoAudio:
        """Return the error for an answer that is not audio, and note its shape."""
        error = NoAudio()
        self._session.mismatches.note(_DOWNLOAD.path, error, body[:MAX_ERROR], status)
        return error


def read_link(
    session: PbxSession,
    endpoint: Endpoint,
    answer: JsonObject,
    key: str,
    *,
    needs_token: bool,
    requested_at: float,
) -> PlayLink:
    """Return the link in an answer that has just arrived; raise InvalidLink."""
    with session.mismatches.noted(endpoint.path, answer):
        url = session.base_url.resource(answer.get(key))
    return PlayLink(url, time.time() + PlayLink.LIFETIME, needs_token, requested_at)


def _refusal(status: int, body: bytes) -> TokenRefused | None:
    """Return the error for an answer that wants a token, or another one."""
    try:
        errcode, answer = parse_answer(status, body[:MAX_ERROR])
    except Unauthorized as err:
        return err
    except YeastarError:
        return None
    error = answer_error(errcode, answer, _DOWNLOAD)
    return error if isinstance(error, TokenRefused) else None
