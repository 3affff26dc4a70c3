"""The PBX and the greeting that an action means."""

from contextlib import suppress
from typing import Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall

from ..entry import Pbx, pbx_entries
from ..errors.invalid_input import (
    ExtensionEmpty,
    FileEmpty,
    FileNotFound,
    FileRequired,
    MediaOrExtension,
    NoGreetings,
    NoPbx,
    NotAGreeting,
    PbxNotFound,
    SeveralPbxs,
)
from ..pbx import Greeting, NotFound, PlayLink
from ..playback.references import (
    GreetingReference,
    match_greeting,
    parse_media_content_id,
)
from .fields import ATTR_EXTENSION, ATTR_FILE, ATTR_MEDIA

# Seconds for all requests that find what is meant. One alone ends before that, with the
# error that says so.
LOOKUP_TIMEOUT: Final = 40
MAX_FILES: Final = 20  # that an error lists


async def requested_greeting(call: ServiceCall) -> tuple[Pbx, str, str | None]:
    """Return the PBX, the number of the box, and the file of a call.

    They come from either the media or the individual fields. Raise InvalidInput if both
    or neither are given, or if a field is empty.
    """
    data = call.data
    number, file = data.get(ATTR_EXTENSION), data.get(ATTR_FILE)
    if ATTR_MEDIA in data:
        if number is not None or file is not None or ATTR_CONFIG_ENTRY_ID in data:
            raise MediaOrExtension
        match parse_media_content_id(data[ATTR_MEDIA]):
            case pbx, GreetingReference() as reference:
                found = await Pbx.find(call.hass, pbx)
                return found, reference.number, reference.file
        raise NotAGreeting
    if number is None:
        raise MediaOrExtension
    if not number:
        raise ExtensionEmpty
    if file is not None and not file.strip():
        raise FileEmpty
    return await requested_pbx(call), number, file


async def requested_pbx(call: ServiceCall, *, changes: bool = False) -> Pbx:
    """Return the PBX that a call means; raise InvalidInput if it is not clear.

    The only one is meant if none is named, or if the one that is named was removed: the
    PBX may have been added again. A call that `changes` something ends with an error
    then, because it cannot be undone.
    """
    entry_id = call.data.get(ATTR_CONFIG_ENTRY_ID)
    entries = pbx_entries(call.hass)
    for entry in entries:
        if entry.entry_id == entry_id:
            return await Pbx.of(call.hass, entry)
    if not entries:
        raise NoPbx
    enabled = [entry for entry in entries if not entry.disabled_by] or entries
    if len(enabled) == 1 and (entry_id is None or not changes):
        return await Pbx.of(call.hass, enabled[0])
    names = ", ".join(f"{entry.title} ({entry.entry_id})" for entry in enabled)
    raise (SeveralPbxs if entry_id is None else PbxNotFound)(entries=names)


async def find_greeting(
    pbx: Pbx, number: str, file: str | None
) -> tuple[GreetingReference, PlayLink]:
    """Return a greeting and its play link; the only one if no file is named.

    The PBX is asked for its greetings only if it does not know the file. Raise
    InvalidInput if there is no such greeting.
    """
    client = pbx.client
    if file is not None:
        reference = GreetingReference(number, file)
        with suppress(NotFound):
            return reference, await reference.get_link(client)
    if not (greetings := await client.greetings.of(number)):
        await pbx.box(number)  # Perhaps there is no such box.
        raise NoGreetings(number=number)
    if file is None:
        if len(greetings) > 1:
            raise FileRequired(number=number, files=listed_files(greetings))
        match = greetings[0]
    elif found := match_greeting(greetings, file):
        match = found
    else:
        raise FileNotFound(number=number, file=file, files=listed_files(greetings))
    if match.file == file:
        raise NotFound  # The PBX lists it, and has no link to it.
    reference = GreetingReference(number, match.file)
    return reference, await reference.get_link(client)


def listed_files(greetings: list[Greeting]) -> str:
    """Return the files of greetings as an error lists them."""
    files = [f'"{greeting.file}"' for greeting in greetings[:MAX_FILES]]
    return ", ".join([*files, "…"] if len(greetings) > MAX_FILES else files)
