"""A box whose greetings an action changes: one action at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
import re
from typing import Final

from homeassistant.components.media_player import ATTR_MEDIA_CONTENT_ID
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.util.json import JsonObjectType

from ...entry import Pbx, YeastarConfigEntry
from ...errors.failures import (
    ChangeFailed,
    ChangeNotListed,
    ChangesDenied,
    ChangesNotSupported,
    ChangeUnclear,
    ChangeUnlisted,
)
from ...errors.invalid_input import (
    CannotOverwrite,
    ExtensionEmpty,
    GreetingExists,
    NameNotAllowed,
)
from ...errors.issues import Feature
from ...errors.translated import Failed, async_because, time_limit
from ...kept import async_get_kept
from ...pbx import (
    AccessDenied,
    AlreadyExists,
    Box,
    CannotConnect,
    ConnectionFailure,
    FileTooLarge,
    GatewayRefused,
    Greeting,
    Interrupted,
    InUse,
    InvalidResponse,
    LimitReached,
    NotSupported,
    PbxFault,
    YeastarClient,
    YeastarError,
    comparable,
)
from ...playback.greetings import find_greeting, match_greeting
from ...playback.references import GreetingReference, media_content_id
from ..fields import ATTR_EXTENSION, ATTR_FILE
from ..limits import LOOKUP_TIMEOUT

MAX_NAME: Final = 250  # characters, without the suffix
# Seconds that a PBX has to list what was changed, and between two looks at its list.
LIST_TIME: Final = 5
LIST_INTERVAL: Final = 0.5

_NAME: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_NAME}}}")
_SUFFIX: Final = ".wav"
_SHOWN: Final = 50  # characters of a name that is not one


@dataclass(frozen=True, slots=True)
class OpenBox:
    """A box that no other action changes, and the greetings that it has."""

    pbx: Pbx
    box: Box
    greetings: list[Greeting]

    @property
    def client(self) -> YeastarClient:
        """Return the client of the PBX."""
        return self.pbx.client

    @property
    def number(self) -> str:
        """Return the number of the box."""
        return self.box.number

    def find(self, file: str) -> Greeting:
        """Return the greeting that a user means, whose suffix may be left out.

        Raise ServiceValidationError if there is none.
        """
        name = comparable(file)
        match [each for each in self.greetings if name in map(comparable, each.names)]:
            case [greeting] if not match_greeting(self.greetings, file):
                return greeting
        return find_greeting(self.number, self.greetings, file)

    def check_free(self, name: str) -> None:
        """Raise ServiceValidationError if there is a greeting of this name."""
        if existing := named(self.greetings, name):
            is_its_file = existing.stem == name
            raise GreetingExists(
                number=self.number, file=existing.file if is_its_file else name
            )

    def check_overwrite(self, name: str, file: str) -> None:
        """Raise ServiceValidationError if an upload would not replace what it is to.

        The PBX stores it as a `.wav` file. `file` is what the user calls it.
        """
        files = [each.file for each in self.greetings if each.stem == name]
        wanted = file.strip()
        stored = f"{name}{_SUFFIX}"
        meant = wanted if wanted in files else stored
        if files and (meant != stored or stored not in files):
            other = meant if meant in files else files[0]
            if PurePosixPath(other).suffix:
                raise CannotOverwrite(number=self.number, file=other)

    async def change[Result](
        self,
        send: Callable[[], Awaitable[None]],
        find: Callable[[list[Greeting]], Result | None],
        *files: str,
    ) -> tuple[Result, YeastarError | None]:
        """Send a change to the PBX, once; return what its list shows of it.

        `find` returns that, or None if the change is not done. The error is None if
        the PBX accepted the change; otherwise it is not known whether the PBX acted.
        Raise what the PBX refused it with, or HomeAssistantError if it is not done or
        not known. `files` are those whose audio is no longer what it was.
        """
        if self.pbx.entry.state is not ConfigEntryState.LOADED:
            raise Interrupted
        failure = None
        try:
            await send()
        except NotSupported:
            raise ChangesNotSupported from None
        except AccessDenied:
            raise ChangesDenied from None
        except YeastarError as err:
            if not may_have_acted(err):
                raise
            failure = err
        finally:
            self._forget(files)
        try:
            # What was answered is done or not; what was not may take its time.
            seconds = 0 if isinstance(failure, PbxFault) else LIST_TIME
            found = await self._look_for(find, seconds)
        except YeastarError as err:
            if failure:
                raise await self.error(ChangeUnclear, failure) from err
            raise await self.error(ChangeUnlisted, err) from err
        if found is not None:
            return found, failure
        raise await self.error(ChangeFailed, failure) if failure else ChangeNotListed()

    async def error(self, kind: type[Failed], reason: YeastarError) -> Failed:
        """Return the error of a change, with its reason."""
        return await async_because(self.pbx.hass, kind, reason, number=self.number)

    async def _look_for[Result](
        self, find: Callable[[list[Greeting]], Result | None], seconds: float
    ) -> Result | None:
        """Return what is found in the greetings; a PBX may list it a little later."""
        loop = self.pbx.hass.loop
        deadline = loop.time() + seconds
        while True:
            found = find(await self.client.greetings.of_box(self.box))
            if found is not None or loop.time() >= deadline:
                return found
            await asyncio.sleep(LIST_INTERVAL)

    def response(self, greeting: Greeting) -> JsonObjectType:
        """Return what the response of an action says about a greeting."""
        reference = GreetingReference(self.number, greeting.file)
        return {
            ATTR_EXTENSION: self.number,
            ATTR_FILE: greeting.file,
            ATTR_MEDIA_CONTENT_ID: media_content_id(
                self.pbx.info.serial_number, reference
            ),
        }

    def _forget(self, files: Iterable[str]) -> None:
        for file in files:
            reference = GreetingReference(self.number, file)
            self.pbx.playback.forget(reference)


@asynccontextmanager
async def open_box(call: ServiceCall) -> AsyncIterator[OpenBox]:
    """Open the box of an action. Other actions that change it wait until then.

    Raise ServiceValidationError if there is no such box.
    """
    number: str = call.data[ATTR_EXTENSION]
    if not number:
        raise ExtensionEmpty
    entry_id = call.data.get(ATTR_CONFIG_ENTRY_ID)
    entry = (await Pbx.select(call.hass, entry_id, changes=True)).entry
    async with _lock(call.hass, entry, number):
        async with entry.setup_lock:  # It may have been reloaded meanwhile.
            pbx = await Pbx.of(call.hass, entry)
        with pbx.errors(Feature.GREETINGS):
            async with time_limit(LOOKUP_TIMEOUT):
                box, greetings = await _read_box(pbx, number)
            yield OpenBox(pbx, box, greetings)


@asynccontextmanager
async def uploading(box: OpenBox, name: str) -> AsyncIterator[None]:
    """Let uploads of one name be in the order of their actions."""
    async with _lock(box.pbx.hass, box.pbx.entry, box.number, name):
        yield


def _lock(hass: HomeAssistant, entry: YeastarConfigEntry, *what: str) -> asyncio.Lock:
    locks = async_get_kept(hass, entry).box_locks
    return locks.setdefault(what, asyncio.Lock())


async def _read_box(pbx: Pbx, number: str) -> tuple[Box, list[Greeting]]:
    """Return a box and its greetings, which tell its kind if there are any."""
    if greetings := await pbx.client.greetings.of(number):
        return Box(number, "", greetings[0].kind), greetings
    return await pbx.box(number), []


def greeting_name(file: str) -> str:
    """Return the name of a new greeting without its suffix.

    Raise ServiceValidationError for what the PBX does not accept.
    """
    name = file.strip()
    if name.lower().endswith(_SUFFIX):
        name = name[: -len(_SUFFIX)]
    if not _NAME.fullmatch(name):
        shown = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"
        raise NameNotAllowed(name=shown, length=str(MAX_NAME))
    return name


def named(greetings: Iterable[Greeting], name: str) -> Greeting | None:
    """Return the greeting that a name without a suffix leads to, or None.

    The PBX may store it under another name than the one that its list shows.
    """
    found = {each.file: each for each in greetings if name in each.names}
    return found.get(f"{name}{_SUFFIX}") or next(iter(found.values()), None)


def may_have_acted(err: YeastarError) -> bool:
    """Return whether the PBX may have done what it was asked in spite of an error."""
    match err:
        case CannotConnect(reason=reason):
            return reason in (
                ConnectionFailure.CONNECTION_LOST,
                ConnectionFailure.TIMEOUT,
                ConnectionFailure.UNAVAILABLE,
            )
        case AlreadyExists() | FileTooLarge() | InUse() | LimitReached():
            return False
    # A gateway may refuse an answer as well as a request.
    return isinstance(err, GatewayRefused | InvalidResponse | Interrupted | PbxFault)
