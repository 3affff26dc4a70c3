"""Voicemail greetings of extensions and of groups: list, play, and change them.

Both kinds have the same endpoints under another prefix. A box is named by its number:
extensions are asked first, groups if there is no such extension.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
import time
from typing import Final, Self

from .errors import AccessDenied, NotFound, NotSupported
from .extensions import get_extension
from .groups import get_group
from .links import PlayLink, read_link
from .session import PbxSession, gather_limited
from .http.transport import Form
from .values import JsonObject, contains, storable, text, whole_number


class BoxKind(StrEnum):
    """The kinds of boxes."""

    EXTENSION = "extension"
    GROUP = "group"


_PREFIXES: Final = {
    BoxKind.EXTENSION: "extension_vm_greeting",
    BoxKind.GROUP: "vm_greeting",
}


@dataclass(frozen=True, slots=True)
class Box:
    """A box: an extension or a group voicemail.

    `id` is that of the extension, if the PBX says it.
    """

    number: str
    name: str
    kind: BoxKind
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Greeting:
    """A voicemail greeting of a box; `extension` is the number of the box.

    `file` is the full file name, which the PBX compares with case: the list calls it
    `real_filename`. `type` is `record` (by phone or uploaded) or `tts`. `id` is None if
    the PBX does not say it.
    """

    extension: str
    file: str
    type: str
    id: int | None = None
    kind: BoxKind = BoxKind.EXTENSION

    @classmethod
    def from_row(
        cls, row: JsonObject, number: str, kind: BoxKind = BoxKind.EXTENSION
    ) -> Self | None:
        """Read a row of the greeting list; return None if it names no file."""
        file = row.get("real_filename")
        if not isinstance(file, str) or not file:
            # `file` has its suffix in some rows and lacks it in others.
            file, suffix = row.get("file"), text(row.get("suffix"))
            if not isinstance(file, str) or not file:
                return None
            if not file.endswith(suffix):
                file += suffix
        return cls(
            number,
            storable(file),
            text(row.get("type")),
            whole_number(row.get("id")),
            kind,
        )

    def is_named(self, search: str) -> bool:
        """Return whether the file name contains a text, in upper or lower case."""
        return contains(self.file, search)


async def find_box(session: PbxSession, number: str) -> Box | None:
    """Return the box with exactly this number, or None."""
    if extension := await get_extension(session, number):
        return Box(number, extension.name, BoxKind.EXTENSION, extension.id)
    if group := await get_group(session, number):
        return Box(number, group.name, BoxKind.GROUP)
    return None


async def list_greetings(session: PbxSession, number: str) -> list[Greeting]:
    """Return the greetings of a box: none if there is no such box.

    Vendor page "Query Extension Voicemail Greeting List" and its twin for groups.
    """
    if greetings := await list_box_greetings(session, number, BoxKind.EXTENSION):
        return greetings
    return await _list_group_greetings(session, number)


async def _list_group_greetings(session: PbxSession, number: str) -> list[Greeting]:
    """Return the greetings of a group; none if the PBX does not offer them."""
    try:
        return await list_box_greetings(session, number, BoxKind.GROUP)
    except AccessDenied, NotSupported:
        return []


async def list_box_greetings(
    session: PbxSession, number: str, kind: BoxKind
) -> list[Greeting]:
    """Return the greetings of a box of a known kind."""
    return await session.list_rows(
        f"{_PREFIXES[kind]}/list",
        "greeting_list",
        {"extension": number},
        lambda row: Greeting.from_row(row, number, kind),
        names=("extension",),
    )


async def list_greetings_of(
    session: PbxSession, boxes: Iterable[Box]
) -> list[Greeting]:
    """Return the greetings of several boxes, in their order.

    It takes a request for each of them, a few at a time.
    """

    async def find(box: Box) -> list[Greeting]:
        if box.kind is BoxKind.GROUP:
            return await _list_group_greetings(session, box.number)
        return await list_box_greetings(session, box.number, box.kind)

    return list(chain.from_iterable(await gather_limited(find, boxes)))


async def get_play_link(session: PbxSession, number: str, file: str) -> PlayLink:
    """Return the play link of a greeting; `file` is the full file name.

    Vendor page "Play an Extension Voicemail Greeting" and its twin for groups.
    """
    try:
        return await _play_link(session, number, file, BoxKind.EXTENSION)
    except NotFound:
        try:
            return await _play_link(session, number, file, BoxKind.GROUP)
        except AccessDenied, NotSupported:
            raise NotFound from None


async def _play_link(
    session: PbxSession, number: str, file: str, kind: BoxKind
) -> PlayLink:
    now = time.monotonic()
    answer = await session.get(
        f"{_PREFIXES[kind]}/play",
        {"extension": number, "file": file},
        names=("extension", "file"),
    )
    return read_link(
        session, answer, "play_resource_url", needs_token=False, requested_at=now
    )


async def upload_greeting(session: PbxSession, box: Box, name: str, wav: bytes) -> None:
    """Upload a WAV file as a greeting; one of the same name is replaced.

    `name` has no suffix; the PBX appends one. Vendor page "Upload an Extension
    Voicemail Greeting". Raise FileTooLarge or LimitReached.
    """
    form = Form(
        wav, f"{name}.wav", "audio/wav", {"owner": box.number, "is_check": "force"}
    )
    await session.post(f"{_PREFIXES[box.kind]}/upload", form, names=("owner",))


async def record_greeting(
    session: PbxSession, box: Box, recorder: str, name: str
) -> None:
    """Let an extension ring, and record what its user says as a greeting of a box.

    `name` has no suffix. The PBX answers when the call is started, not when it is over.
    Vendor page "Record an Extension Voicemail Greeting".
    """
    await session.get(
        f"{_PREFIXES[box.kind]}/record",
        {"owner": box.number, "recorder": recorder, "file": name},
        names=("owner", "recorder"),
    )


async def rename_greeting(session: PbxSession, greeting: Greeting, name: str) -> None:
    """Rename a greeting; `name` has no suffix (page "Edit an Extension … Greeting").

    Raise AlreadyExists if the box has a greeting of that name, NotSupported if the PBX
    does not say the ID of the greeting.
    """
    if greeting.id is None:
        raise NotSupported("the list of greetings does not contain IDs")
    body: dict[str, str | int] = {
        "id": greeting.id,
        "number": greeting.extension,
        "file": name,
    }
    await session.post(f"{_PREFIXES[greeting.kind]}/update", body, names=("id",))


async def delete_greeting(session: PbxSession, greeting: Greeting) -> None:
    """Delete a greeting (vendor page "Delete an Extension Voicemail Greeting").

    Raise InUse if the PBX uses it.
    """
    await session.get(
        f"{_PREFIXES[greeting.kind]}/delete",
        {"extension": greeting.extension, "file": greeting.file},
        names=("extension", "file"),
    )
