"""References to what can be heard, and their media identifiers.

A media identifier is `{serial number}/greetings/{number}/{file}`. Version 1.0.0 had the
ID of the config entry in place of the serial number.
"""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, override
from urllib.parse import quote

from homeassistant.components.media_source import generate_media_source_id

from .const import DOMAIN
from .pbx import PlayLink, YeastarClient

GREETINGS: Final = "greetings"
MESSAGES: Final = "messages"


@dataclass(frozen=True, slots=True)
class GreetingReference:
    """A greeting: the number of its box, and its file."""

    number: str
    file: str

    @override
    def __str__(self) -> str:
        """Return it for the log."""
        return f'Greeting "{self.file}" of extension {self.number}'

    @property
    def path(self) -> str:
        """Return the part of the media identifier that follows the PBX."""
        return f"{GREETINGS}/{self.number}/{self.file}"

    @property
    def title(self) -> str:
        """Return the name that a player shows."""
        return PurePosixPath(self.file).stem

    @property
    def suffix(self) -> str:
        """Return the suffix of the file, such as `.wav`."""
        return PurePosixPath(self.file).suffix

    async def get_link(self, client: YeastarClient) -> PlayLink:
        """Return a link of the PBX to the audio; errors as of the client."""
        return await client.get_play_link(self.number, self.file)


@dataclass(frozen=True, slots=True)
class MessageReference:
    """A message that a caller left in a box."""

    number: str
    message_id: str

    @override
    def __str__(self) -> str:
        """Return it for the log."""
        return f"Message {self.message_id}"

    @property
    def path(self) -> str:
        """Return the part of the media identifier that follows the PBX."""
        return f"{MESSAGES}/{self.number}/{self.message_id}"

    @property
    def title(self) -> str:
        """Return the name that a player shows, without who left it."""
        return self.message_id

    @property
    def suffix(self) -> str:
        """Return the suffix of the file, which the PBX names by a changing number."""
        return ".wav"

    async def get_link(self, client: YeastarClient) -> PlayLink:
        """Return a link of the PBX to the audio; errors as of the client."""
        return await client.get_message_link(self.message_id)


type Reference = GreetingReference | MessageReference


def pbx_identifier(serial_number: str) -> str:
    """Return the first part of the media identifiers of a PBX."""
    return quote(serial_number, safe="")


def media_identifier(serial_number: str, reference: Reference) -> str:
    """Return the identifier of a reference within the media source."""
    return f"{pbx_identifier(serial_number)}/{reference.path}"


def media_content_id(serial_number: str, reference: Reference) -> str:
    """Return the media content ID of a reference."""
    return generate_media_source_id(DOMAIN, media_identifier(serial_number, reference))


def parse_media_content_id(media_content_id: str) -> tuple[str, Reference] | None:
    """Return the PBX part and the reference of a media content ID, or None."""
    prefix = f"{generate_media_source_id(DOMAIN, '')}/"
    if not media_content_id.startswith(prefix):
        return None
    return parse_media_identifier(media_content_id.removeprefix(prefix))


def parse_media_identifier(identifier: str) -> tuple[str, Reference] | None:
    """Return the PBX part and the reference of a media identifier, or None."""
    match identifier.split("/", 3):
        case [pbx, kind, number, file] if kind == GREETINGS and number and file:
            return pbx, GreetingReference(number, file)
        case [pbx, kind, number, message] if kind == MESSAGES and number and message:
            return pbx, MessageReference(number, message)
    return None
