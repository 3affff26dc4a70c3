"""References to what can be heard, and their media identifiers.

A media identifier is `{serial number}/greetings/{number}/{file}`. Version 1.0.0 had the
ID of the config entry in place of the serial number.
"""

from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Final, Self, override
from urllib.parse import quote

from homeassistant.components.media_source import generate_media_source_id
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..pbx import Message, NotFound, PlayLink, YeastarClient, message_time
from .greetings import match_greeting

GREETINGS: Final = "greetings"
MESSAGES: Final = "messages"
# Characters. No file system has longer names, and no URL takes much longer ones.
MAX_NAME: Final = 255
MAX_CALLER: Final = 80


@dataclass(frozen=True, slots=True)
class GreetingReference:
    """A greeting: the number of its box, and its file."""

    number: str
    file: str

    @override
    def __str__(self) -> str:
        """Return it for the log: what a user typed must not look like another line."""
        return f"Greeting {self.file!r} of {self.number!r}"

    @property
    def path(self) -> str:
        """Return the part of the media identifier that follows the PBX."""
        return f"{GREETINGS}/{self.number}/{self.file}"

    @property
    def title(self) -> str:
        """Return the title that a player shows."""
        return PurePosixPath(self.file).stem

    @property
    def public_title(self) -> str:
        """Return the title as a URL may show it."""
        return self.title

    @property
    def parts(self) -> tuple[GreetingReference, ...]:
        """Return what is played one after the other."""
        return (self,)

    @property
    def suffix(self) -> str:
        """Return the suffix of the file, such as `.wav`."""
        return PurePosixPath(self.file).suffix

    async def get_link(self, client: YeastarClient) -> PlayLink:
        """Return a link of the PBX to the audio; errors as of the client."""
        return await client.greetings.play_link(self.number, self.file)

    async def find(self, client: YeastarClient) -> tuple[Self, PlayLink]:
        """Return this reference as the PBX spells it, and a link to its audio.

        Raise NotFound if the PBX has no file that looks the same to a user.
        """
        try:
            return self, await self.get_link(client)
        except NotFound:
            greetings = await client.greetings.of(self.number)
            match = match_greeting(greetings, self.file)
            if match is None or match.file == self.file:
                raise
        spelled = replace(self, file=match.file)
        return spelled, await spelled.get_link(client)


@dataclass(frozen=True, slots=True)
class MessageReference:
    """A message that a caller left in a box.

    `caller` is who called, as a player shows it. The message is the same without it.
    """

    number: str
    message_id: str
    caller: str = field(default="", compare=False, repr=False)

    @classmethod
    def of(cls, message: Message) -> Self:
        """Return the reference to a message."""
        caller = message.caller_name or message.caller_number
        return cls(message.number, message.message_id, caller[:MAX_CALLER])

    @override
    def __str__(self) -> str:
        """Return it for the log, which must not tell who called and when."""
        return f"A message of {self.number}"

    @property
    def path(self) -> str:
        """Return the part of the media identifier that follows the PBX."""
        return f"{MESSAGES}/{self.number}/{self.message_id}"

    @property
    def title(self) -> str:
        """Return the title that a player shows: who called, and when."""
        return " · ".join(filter(None, (self.caller, self.public_title)))

    @property
    def public_title(self) -> str:
        """Return the title as a URL may show it: when, and not who called."""
        if time := message_time(self.message_id):
            return f"{dt_util.as_local(time):%Y-%m-%d %H:%M}"
        return self.message_id

    @property
    def parts(self) -> tuple[MessageReference, ...]:
        """Return what is played one after the other."""
        return (self,)

    @property
    def suffix(self) -> str:
        """Return the suffix of the file, which the PBX names by a changing number."""
        return ".wav"

    async def get_link(self, client: YeastarClient) -> PlayLink:
        """Return a link of the PBX to the audio; errors as of the client."""
        return await client.messages.link(self.message_id)


@dataclass(frozen=True, slots=True)
class MessagesReference:
    """Two or more messages of a box, which are played one after the other."""

    number: str
    parts: tuple[MessageReference, ...]

    @override
    def __str__(self) -> str:
        """Return it for the log."""
        return f"{len(self.parts)} messages of {self.number}"

    @property
    def title(self) -> str:
        """Return the title that a player shows: of the first, and how many more."""
        return self._with_others(self.parts[0].title)

    @property
    def public_title(self) -> str:
        """Return the title as a URL may show it."""
        return self._with_others(self.parts[0].public_title)

    async def get_link(self, client: YeastarClient) -> PlayLink:
        """Return a link of the PBX to the first message; errors as of the client."""
        return await self.parts[0].get_link(client)

    def _with_others(self, title: str) -> str:
        return f"{title} (+{len(self.parts) - 1})"


# What a media identifier names.
type MediaReference = GreetingReference | MessageReference
# What can be heard.
type Reference = MediaReference | MessagesReference


def is_name(text: str) -> bool:
    """Return whether a text can name a box, a file or a message."""
    return 0 < len(text) <= MAX_NAME


def pbx_identifier(serial_number: str) -> str:
    """Return the first part of the media identifiers of a PBX."""
    return quote(serial_number, safe="")


def media_identifier(serial_number: str, reference: MediaReference) -> str:
    """Return the identifier of a reference within the media source."""
    return f"{pbx_identifier(serial_number)}/{reference.path}"


def media_content_id(serial_number: str, reference: MediaReference) -> str:
    """Return the media content ID of a reference."""
    return generate_media_source_id(DOMAIN, media_identifier(serial_number, reference))


def parse_media_content_id(media_content_id: str) -> tuple[str, MediaReference] | None:
    """Return the PBX part and the reference of a media content ID, or None."""
    prefix = f"{generate_media_source_id(DOMAIN, '')}/"
    if not media_content_id.startswith(prefix):
        return None
    return parse_media_identifier(media_content_id.removeprefix(prefix))


def parse_media_identifier(identifier: str) -> tuple[str, MediaReference] | None:
    """Return the PBX part and the reference of a media identifier, or None."""
    match identifier.split("/", 3):
        case [pbx, kind, number, name] if pbx and is_name(number) and is_name(name):
            if kind == GREETINGS:
                return pbx, GreetingReference(number, name)
            if kind == MESSAGES:
                return pbx, MessageReference(number, name)
    return None
