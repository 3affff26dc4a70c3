"""Voicemail greetings: list them and play them."""

from dataclasses import dataclass, field
import logging
import time
from typing import ClassVar, Final, Self

from .errors import InvalidLink, NoAudio
from .extensions import list_extensions
from .session import PbxSession, gather_limited
from .urls import query_string, resource_url
from .values import JsonObject, comparable, storable, text

_LOGGER = logging.getLogger(__name__)

MAX_AUDIO: Final = 32 * 1024 * 1024  # bytes; an upload may have 8 MB


@dataclass(frozen=True, slots=True)
class Greeting:
    """A voicemail greeting of an extension.

    `file` is the full file name, which the PBX compares with case: the list calls it
    `real_filename`. `type` is `record` (by phone or uploaded) or `tts`.
    """

    extension: str
    file: str
    type: str

    @classmethod
    def from_row(cls, row: JsonObject, extension: str) -> Self | None:
        """Read a row of the greeting list; return None if it names no file."""
        file = row.get("real_filename")
        if not isinstance(file, str) or not file:
            # `file` has its suffix in some rows and lacks it in others.
            file, suffix = row.get("file"), text(row.get("suffix"))
            if not isinstance(file, str) or not file:
                return None
            if not file.endswith(suffix):
                file += suffix
        return cls(extension, storable(file), text(row.get("type")))

    def is_named(self, search: str) -> bool:
        """Return whether the file name contains a text, in upper or lower case."""
        return comparable(search).casefold() in comparable(self.file).casefold()


@dataclass(frozen=True, slots=True)
class PlayLink:
    """The URL of a greeting's audio, valid for half an hour.

    Whoever knows it can fetch the audio. `expires_at` is in seconds since the epoch.
    """

    url: str = field(repr=False)
    expires_at: float

    LIFETIME: ClassVar = 1800


async def list_greetings(session: PbxSession, extension: str) -> list[Greeting]:
    """Return the greetings of an extension: none if there is no such extension.

    Vendor page "Query Extension Voicemail Greeting List".
    """
    return await session.list_rows(
        "extension_vm_greeting/list",
        "greeting_list",
        {"extension": extension},
        lambda row: Greeting.from_row(row, extension),
        names=("extension",),
    )


async def search_greetings(session: PbxSession, search: str) -> list[Greeting]:
    """Return the greetings of all extensions whose file name contains a text.

    The PBX can't search for them: one request for each extension, a few at a time.
    """

    async def find(number: str) -> list[Greeting]:
        return await list_greetings(session, number)

    numbers = [extension.number for extension in await list_extensions(session)]
    return [
        greeting
        for greetings in await gather_limited(find, numbers)
        for greeting in greetings
        if greeting.is_named(search)
    ]


async def get_play_link(session: PbxSession, extension: str, file: str) -> PlayLink:
    """Return the play link of a greeting.

    `file` is the full file name. Vendor page "Play an Extension Voicemail Greeting".
    """
    now = time.time()
    answer = await session.get(
        "extension_vm_greeting/play",
        {"extension": extension, "file": file},
        names=("extension", "file"),
    )
    try:
        url = resource_url(session.base_url, answer.get("play_resource_url"))
    except InvalidLink as err:
        _LOGGER.debug("The play URL of a greeting is not used: %s", err)
        raise
    return PlayLink(url, now + PlayLink.LIFETIME)


async def download(session: PbxSession, link: PlayLink) -> bytes:
    """Return the audio of a greeting, at most 32 MB, as the PBX stores it.

    Raise NoAudio if the link does not lead to audio, AudioTooLarge if to more.
    """
    status, body = await session.download(link.url, MAX_AUDIO)
    if not _is_audio(status, body):
        # A play URL is documented to need no token, its twin for downloads to need one,
        # and neither what is answered otherwise.
        query = query_string({"access_token": await session.access_token()})
        url = f"{link.url}{'&' if '?' in link.url else '?'}{query}"
        status, body = await session.download(url, MAX_AUDIO)
        if not _is_audio(status, body):
            raise NoAudio
    return body


def _is_audio(status: int, body: bytes) -> bool:
    """Return whether an answer can be audio rather than JSON or a page.

    Errors come with HTTP 200, too. Decoding will tell which audio it is.
    """
    start = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return status == 200 and start not in (b"", b"{", b"[", b"<")
