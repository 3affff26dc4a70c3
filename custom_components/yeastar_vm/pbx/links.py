"""Links of the PBX to audio, and the audio behind them."""

from dataclasses import dataclass, field
import logging
import time
from typing import ClassVar, Final

from .errors import InvalidLink, NoAudio
from .http.urls import query_string
from .session import PbxSession
from .values import JsonObject

_LOGGER = logging.getLogger(__name__)

MAX_AUDIO: Final = 32 * 1024 * 1024  # bytes; an upload may have 8 MB
START_OF_AUDIO: Final = 256  # bytes; enough to tell what it is, and soon there


@dataclass(frozen=True, slots=True)
class PlayLink:
    """The URL of some audio, valid for half an hour.

    Whoever knows it can fetch the audio, unless it `needs_token`. `expires_at` is in
    seconds since the epoch, `requested_at` in those of `time.monotonic`.
    """

    url: str = field(repr=False)
    expires_at: float
    needs_token: bool = False
    requested_at: float = field(default_factory=time.monotonic)

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
            url = link.url
            if with_token:
                query = query_string(
                    {"access_token": await self._session.access_token()}
                )
                url += f"{'&' if '?' in url else '?'}{query}"
            status, body = await self._session.download(url, MAX_AUDIO)
            if _is_audio(status, body):
                return body
        raise NoAudio

    async def read_start(self, link: PlayLink) -> bytes:
        """Return the first bytes of the audio of a link, as a player gets them.

        Raise NoAudio if it does not lead to audio without an access token.
        """
        status, start = await self._session.read_start(link.url, START_OF_AUDIO)
        if not _is_audio(status, start):
            raise NoAudio
        return start


def read_link(
    session: PbxSession,
    answer: JsonObject,
    key: str,
    *,
    needs_token: bool,
    requested_at: float,
) -> PlayLink:
    """Return the link in an answer that has just arrived; raise InvalidLink."""
    try:
        url = session.base_url.resource(answer.get(key))
    except InvalidLink as err:
        _LOGGER.debug("%s is not used: %s", key, err)
        raise
    return PlayLink(url, time.time() + PlayLink.LIFETIME, needs_token, requested_at)


def _is_audio(status: int, body: bytes) -> bool:
    """Return whether an answer can be audio rather than JSON or a page.

    Errors come with HTTP 200, too. Decoding will tell which audio it is.
    """
    start = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return status == 200 and start not in (b"", b"{", b"[", b"<")
