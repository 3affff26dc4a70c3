"""How Home Assistant names a greeting: `media-source://yeastar_vm/…`."""

from typing import Final

from .const import DOMAIN

GREETINGS: Final = "greetings"
_PREFIX: Final = f"media-source://{DOMAIN}/"


def greeting_identifier(entry_id: str, extension: str, file: str) -> str:
    """Return the identifier of a greeting within this media source."""
    return f"{entry_id}/{GREETINGS}/{extension}/{file}"


def greeting_media_content_id(entry_id: str, extension: str, file: str) -> str:
    """Return the media content ID of a greeting."""
    return _PREFIX + greeting_identifier(entry_id, extension, file)


def read_media_content_id(media_content_id: str) -> tuple[str, str, str] | None:
    """Return entry ID, extension and file of a greeting; None where it names none."""
    if not media_content_id.startswith(_PREFIX):
        return None
    return read_identifier(media_content_id.removeprefix(_PREFIX))


def read_identifier(identifier: str) -> tuple[str, str, str] | None:
    """Return entry ID, extension and file of an identifier; None of anything else."""
    match identifier.split("/", 3):
        case [entry_id, kind, extension, file] if kind == GREETINGS and file:
            return entry_id, extension, file
    return None
