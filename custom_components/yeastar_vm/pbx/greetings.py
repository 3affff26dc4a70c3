"""Voicemail greetings of extensions and of groups: list, play, and change them.

Both kinds have the same endpoints under another prefix. A box is named by its number:
extensions are asked first, groups if there is no such extension.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import PurePosixPath
import time
from typing import Final, Self

from .boxes import Box, BoxKind
from .errors import (
    AccessDenied,
    AlreadyExists,
    FileTooLarge,
    InUse,
    LimitReached,
    NotFound,
    NotSupported,
    PbxFault,
)
from .http.endpoint import Endpoint
from .http.transport import Form
from .links import PlayLink, read_link
from .lists import List
from .session import PbxSession, gather_limited
from .values import JsonObject, contains, storable, text, whole_number

# What keeps the PBX from changing greetings.
_FAULTS: Final[Mapping[int, type[PbxFault]]] = {
    40003: AlreadyExists,
    40004: FileTooLarge,
    60002: LimitReached,
    70091: InUse,
}


@dataclass(frozen=True, slots=True)
class _Endpoints:
    """The endpoints of the greetings of one kind of boxes."""

    list: Endpoint
    play: Endpoint
    upload: Endpoint
    record: Endpoint
    update: Endpoint
    delete: Endpoint

    @classmethod
    def of(cls, family: str) -> Self:
        """Return the endpoints of a family."""

        def change(path: str, *names: str) -> Endpoint:
            return Endpoint(f"{family}/{path}", names, acts=True, faults=_FAULTS)

        return cls(
            Endpoint(f"{family}/list", ("extension",)),
            Endpoint(f"{family}/play", ("extension", "file")),
            change("upload", "owner"),
            change("record", "owner", "recorder"),
            change("update", "id"),
            change("delete", "extension", "file"),
        )


_ENDPOINTS: Final = {
    BoxKind.EXTENSION: _Endpoints.of("extension_vm_greeting"),
    BoxKind.GROUP: _Endpoints.of("vm_greeting"),
}


@dataclass(frozen=True, slots=True)
class Greeting:
    """A voicemail greeting of a box; `number` is the number of the box.

    `file` is the full file name, which the PBX compares with case: the list calls it
    `real_filename`. `type` is `record` (by phone or uploaded) or `tts`. `id` is None if
    the PBX does not say it. `name` is what the list calls it, without the suffix: it
    need not be that of the file.
    """

    number: str
    file: str
    type: str
    id: int | None = None
    kind: BoxKind = BoxKind.EXTENSION
    name: str = field(default="", compare=False)

    @classmethod
    def from_row(
        cls, row: JsonObject, number: str, kind: BoxKind = BoxKind.EXTENSION
    ) -> Self | None:
        """Read a row of the greeting list; return None if it names no file."""
        file, name = _exact(row.get("real_filename")), _exact(row.get("file"))
        # The list has the suffix in some rows and lacks it in others.
        suffix = text(row.get("suffix"))
        name = name.removesuffix(suffix)
        if not (file or name):
            return None
        return cls(
            number,
            storable(file or f"{name}{suffix}"),
            text(row.get("type")),
            whole_number(row.get("id")),
            kind,
            storable(name),
        )

    @property
    def stem(self) -> str:
        """Return the file name without its suffix."""
        return PurePosixPath(self.file).stem

    @property
    def names(self) -> set[str]:
        """Return what it is called without a suffix: its file, and in the list."""
        return {self.stem, self.name or self.stem}

    def is_named(self, search: str) -> bool:
        """Return whether the file name contains a text, in upper or lower case."""
        return contains(self.file, search)


def _exact(value: object) -> str:
    """Return a text as it is: white space counts in the name of a file."""
    return value if isinstance(value, str) else ""


class Greetings:
    """The voicemail greetings of a PBX."""

    def __init__(self, session: PbxSession) -> None:
        self._session = session

    async def of(self, number: str) -> list[Greeting]:
        """Return the greetings of a box: none if there is no such box.

        Vendor page "Query Extension Voicemail Greeting List" and its twin for groups.
        """
        if greetings := await self._of(number, BoxKind.EXTENSION):
            return greetings
        return await self._of_group(number)

    async def _of_group(self, number: str) -> list[Greeting]:
        """Return the greetings of a group; none if the PBX does not offer them."""
        try:
            return await self._of(number, BoxKind.GROUP)
        except AccessDenied, NotSupported:
            return []

    async def of_box(self, box: Box) -> list[Greeting]:
        """Return the greetings of a box of a known kind."""
        return await self._of(box.number, box.kind)

    async def _of(self, number: str, kind: BoxKind) -> list[Greeting]:
        def read(row: JsonObject) -> Greeting | None:
            return Greeting.from_row(row, number, kind)

        listed = List(_ENDPOINTS[kind].list, "greeting_list", read)
        return await listed.rows(self._session, {"extension": number})

    async def of_boxes(self, boxes: Iterable[Box]) -> list[Greeting]:
        """Return the greetings of several boxes, in their order.

        It takes a request for each of them, a few at a time.
        """

        async def find(box: Box) -> list[Greeting]:
            if box.kind is BoxKind.GROUP:
                return await self._of_group(box.number)
            return await self.of_box(box)

        return list(chain.from_iterable(await gather_limited(find, boxes)))

    async def play_link(self, number: str, file: str) -> PlayLink:
        """Return the play link of a greeting; `file` is the full file name.

        Vendor page "Play an Extension Voicemail Greeting" and its twin for groups.
        """
        try:
            return await self._play_link(number, file, BoxKind.EXTENSION)
        except NotFound:
            try:
                return await self._play_link(number, file, BoxKind.GROUP)
            except AccessDenied, NotSupported:
                raise NotFound from None

    async def _play_link(self, number: str, file: str, kind: BoxKind) -> PlayLink:
        now = time.monotonic()
        endpoint = _ENDPOINTS[kind].play
        answer = await self._session.ask(endpoint, {"extension": number, "file": file})
        return read_link(
            self._session,
            endpoint,
            answer,
            "play_resource_url",
            needs_token=False,
            requested_at=now,
        )

    async def upload(self, box: Box, name: str, wav: bytes) -> None:
        """Upload a WAV file as a greeting; one of the same name is replaced.

        `name` has no suffix; the PBX appends one. Vendor page "Upload an Extension
        Voicemail Greeting". Raise FileTooLarge or LimitReached.
        """
        form = Form(
            wav, f"{name}.wav", "audio/wav", {"owner": box.number, "is_check": "force"}
        )
        await self._session.ask(_ENDPOINTS[box.kind].upload, body=form)

    async def record(self, box: Box, recorder: str, name: str) -> None:
        """Let an extension ring, and record what its user says as a greeting of a box.

        `name` has no suffix. The PBX answers when the call is started, not when it is
        over. Vendor page "Record an Extension Voicemail Greeting".
        """
        await self._session.ask(
            _ENDPOINTS[box.kind].record,
            {"owner": box.number, "recorder": recorder, "file": name},
        )

    async def rename(self, greeting: Greeting, name: str) -> None:
        """Rename a greeting; `name` has no suffix.

        Vendor page "Edit an Extension Voicemail Greeting". Raise AlreadyExists if the
        box has a greeting of that name, NotSupported if the PBX does not say the ID of
        the greeting.
        """
        if greeting.id is None:
            raise NotSupported("the list of greetings does not contain IDs")
        body: dict[str, str | int] = {
            "id": greeting.id,
            "number": greeting.number,
            "file": name,
        }
        await self._session.ask(_ENDPOINTS[greeting.kind].update, body=body)

    async def delete(self, greeting: Greeting) -> None:
        """Delete a greeting (vendor page "Delete an Extension Voicemail Greeting").

        Raise InUse if the PBX uses it.
        """
        await self._session.ask(
            _ENDPOINTS[greeting.kind].delete,
            {"extension": greeting.number, "file": greeting.file},
        )
