"""A box whose greetings an action changes: one action at a time."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
import re
from typing import Any, Final

from homeassistant.components.media_player import ATTR_MEDIA_CONTENT_ID
from homeassistant.core import ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.json import JsonObjectType

from ...entry import Pbx
from ...errors.failures import (
    ChangeFailed,
    ChangeNotListed,
    ChangesDenied,
    ChangesNotSupported,
    ChangeUnclear,
    ChangeUnlisted,
)
from ...errors.invalid_input import (
    ExtensionEmpty,
    FileNotFound,
    GreetingExists,
    NameNotAllowed,
    NoGreetings,
)
from ...errors.issues import Feature
from ...errors.translated import Failed, async_localized_message, time_limit, translate
from ...kept import async_get_kept
from ...pbx import (
    AccessDenied,
    AlreadyExists,
    Box,
    CannotConnect,
    ConnectionFailure,
    FileTooLarge,
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
from ...playback.references import GreetingReference, match_greeting, media_content_id
from ..fields import ATTR_EXTENSION, ATTR_FILE
from ..lookup import LOOKUP_TIMEOUT, listed_files, requested_pbx

MAX_NAME: Final = 250  # characters, without the suffix

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
        if not self.greetings:
            raise NoGreetings(number=self.number)
        if greeting := match_greeting(self.greetings, file):
            return greeting
        stem = comparable(file)
        match [each for each in self.greetings if comparable(_stem(each.file)) == stem]:
            case [greeting]:
                return greeting
        raise FileNotFound(
            number=self.number,
            file=file,
            files=listed_files(self.greetings),
        )

    def check_free(self, name: str) -> None:
        """Raise ServiceValidationError if there is a greeting of this name."""
        if existing := named(self.greetings, name):
            raise GreetingExists(number=self.number, file=existing.file)

    async def change(
        self, request: Coroutine[Any, Any, None], *files: str
    ) -> tuple[list[Greeting], YeastarError | None]:
        """Send a change to the PBX, once. Return the greetings that it lists then.

        The error is None if the PBX accepted the change; otherwise it is not known
        whether the PBX acted, which the greetings may tell. Raise what the PBX refused
        it with, or HomeAssistantError if the greetings cannot be read. `files` are
        those whose audio is no longer what it was.
        """
        failure = None
        try:
            await request
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
            return await self.client.greetings.of_box(self.box), failure
        except YeastarError as err:
            if failure:
                raise await self.error(ChangeUnclear, failure) from err
            raise await self.error(ChangeUnlisted, err) from err

    async def error(self, kind: type[Failed], reason: YeastarError) -> Failed:
        """Return the error of a change, with its reason."""
        text = await async_localized_message(
            self.pbx.hass, translate(reason, HomeAssistantError)
        )
        return kind(number=self.number, reason=text)

    async def not_changed(self, failure: YeastarError | None) -> Failed:
        """Return the error for a change that the list of greetings does not show."""
        return await self.error(ChangeFailed, failure) if failure else ChangeNotListed()

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
    pbx = await requested_pbx(call, changes=True)
    locks = async_get_kept(call.hass, pbx.entry).box_locks
    lock = locks.setdefault(number, asyncio.Lock())
    async with lock:
        with pbx.errors(Feature.GREETINGS):
            async with time_limit(LOOKUP_TIMEOUT):
                box, greetings = await _read_box(pbx, number)
            yield OpenBox(pbx, box, greetings)


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

    The PBX may call it otherwise than it was uploaded.
    """
    found = {each.file: each for each in greetings if _stem(each.file) == name}
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
    return isinstance(err, InvalidResponse | Interrupted | PbxFault)


def _stem(file: str) -> str:
    return PurePosixPath(file).stem
