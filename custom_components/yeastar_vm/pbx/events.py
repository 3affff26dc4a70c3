"""Events of the PBX, over a WebSocket (vendor page "Monitor Events via WebSocket")."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
import logging
import random
import re
import time
from typing import Final

import aiohttp

from .errors import (
    AccessDenied,
    CannotConnect,
    ConnectionFailure,
    Interrupted,
    InvalidCredentials,
    InvalidResponse,
    NotSupported,
    Redirected,
    SignInPaused,
    TokenRefused,
    YeastarError,
)
from .http.answers import answer_error, read_object
from .http.endpoint import SUBSCRIBE
from .session import PbxSession
from .values import JsonObject, storable, text, whole_number

_LOGGER = logging.getLogger(__name__)

# The two parties of a call may have their names: `Leo Ball<3200>`.
_NAME_AND_NUMBER: Final = re.compile(r".*<(\d+)>")
# The vendor's examples show `msg` as JSON text whose quotation marks are not escaped.
_UNESCAPED: Final = re.compile(r'"msg"\s*:\s*"(?=\{\s*")')
_TO_ITS_END: Final = re.compile(r'.*\}(?=\s*")', re.DOTALL)
# Presence of an extension, end of a call, change of an extension.
TOPICS: Final = (30009, 30012, 30022)

# Seconds. The PBX closes a socket after 60 s of silence; a reply comes at once.
HEARTBEAT: Final = 30
REPLY_TIMEOUT: Final = 10
SHORTEST_WAIT: Final = 0.001  # aiohttp takes 0 for no limit.
FIRST_PAUSE: Final = 1
LONGEST_PAUSE: Final = 5 * 60
STABLE: Final = 60  # A socket that lasted so long worked.
# For what somebody has to change: a gateway without WebSocket, a permission.
PAUSE_FOR_A_PERSON: Final = 60 * 60


@dataclass(frozen=True, slots=True)
class Connected:
    """Events are received from now on; what happened before is not."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """No events are received until further notice."""

    error: YeastarError


@dataclass(frozen=True, slots=True)
class VoicemailLeft:
    """A caller left a message; `uid` is the ID of the call record, empty if unknown.

    `number` is what was called, which need not be the box.
    """

    number: str = field(repr=False)
    uid: str


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """The presence of an extension changed.

    What a custom presence is called, the event need not say.
    """

    number: str


@dataclass(frozen=True, slots=True)
class ExtensionChanged:
    """An extension was created, changed or deleted."""

    number: str


type PbxEvent = VoicemailLeft | PresenceChanged | ExtensionChanged
type StreamEvent = PbxEvent | Connected | Disconnected


async def listen(session: PbxSession) -> AsyncGenerator[StreamEvent]:
    """Yield the events of the PBX, and reconnect for as long as the caller listens.

    Connected follows each subscription, Disconnected the end of each that worked and
    the first failure. The pauses between attempts grow, and last as long as the PBX
    wants to be left alone. Raise InvalidCredentials if only a new sign-in helps, and
    Interrupted when the client is closed.
    """
    clock = asyncio.get_running_loop().time
    pause: float = FIRST_PAUSE
    is_new, has_worked = True, False
    connected_at: float | None = None
    while True:
        try:
            async with aclosing(_subscription(session)) as events:
                async for event in events:
                    if isinstance(event, Connected):
                        connected_at = clock()
                    yield event
        except InvalidCredentials, Interrupted:
            raise
        except YeastarError as err:
            _LOGGER.debug("subscribe: %s", err)
            has_worked = has_worked or connected_at is not None
            if connected_at is not None or is_new:
                yield Disconnected(err)
            if connected_at is not None and clock() - connected_at >= STABLE:
                pause = FIRST_PAUSE
            is_new, connected_at = False, None
            longest = LONGEST_PAUSE
            if _needs_a_person(err):
                longest = PAUSE_FOR_A_PERSON
                if not has_worked:
                    pause = longest
            await asyncio.sleep(_seconds_until_retry(err, pause))
            pause = min(pause * 2, longest)


def _seconds_until_retry(err: YeastarError, pause: float) -> float:
    """Return how long to wait; `pause` is the longest that the attempts so far ask."""
    if isinstance(err, SignInPaused):
        return err.retry_at - time.time() + _jitter(FIRST_PAUSE)
    # The clients of a PBX that restarts do not all come back at the same time.
    return pause / 2 + _jitter(pause / 2)


def _needs_a_person(err: YeastarError) -> bool:
    """Return whether somebody has to change the PBX or what is in front of it."""
    if isinstance(err, TokenRefused):
        return not err.expired
    return isinstance(err, AccessDenied | NotSupported | Redirected)


def _jitter(longest: float) -> float:
    return random.uniform(0, longest)  # noqa: S311 - it protects nothing


async def _subscription(
    session: PbxSession,
) -> AsyncGenerator[PbxEvent | Connected]:
    """Yield the events of one socket; raise a YeastarError when it ends."""
    clock = asyncio.get_running_loop().time
    async with session.web_socket(SUBSCRIBE) as socket:
        await socket.send_json({"topic_list": list(TOPICS)})
        sent_at = clock()
        waits_for_reply, is_subscribed = True, False
        while True:
            # Events are no reason to say nothing: the PBX counts what it hears.
            limit = REPLY_TIMEOUT if waits_for_reply else HEARTBEAT
            try:
                frame = await socket.receive(
                    timeout=max(sent_at + limit - clock(), SHORTEST_WAIT)
                )
            except TimeoutError:
                if waits_for_reply:
                    raise CannotConnect(ConnectionFailure.TIMEOUT) from None
                # As text: a list of topics would replace the subscription.
                await socket.send_str("heartbeat")
                sent_at = clock()
                waits_for_reply = True
                continue
            if frame.type is not aiohttp.WSMsgType.TEXT:
                raise CannotConnect(ConnectionFailure.CONNECTION_LOST)
            waits_for_reply = False
            try:
                event = _read_frame(frame.data)
            except InvalidResponse as err:
                # An event that is not understood says nothing of the next one.
                session.mismatches.note(SUBSCRIBE.path, err, frame.data.encode())
                continue
            if isinstance(event, Connected):
                # A heartbeat may be answered in the same way.
                if is_subscribed:
                    continue
                is_subscribed = True
            if event:
                yield event


def _read_frame(data: str) -> PbxEvent | Connected | None:
    """Return the event of a frame, or None; raise what an error in it means.

    Raise InvalidResponse for an event that is not understood.
    """
    frame = _read_text(unescaped(data))  # The reply to a heartbeat is plain text.
    if frame is None:
        return None
    errcode = whole_number(frame.get("errcode"))
    if errcode:
        raise answer_error(errcode, frame, SUBSCRIBE)
    if errcode == 0:
        return Connected()
    message = frame.get("msg")
    if isinstance(message, str):
        message = _read_text(message)
    kind = whole_number(frame.get("type"))
    if kind not in TOPICS:
        return None
    if not isinstance(message, dict):
        raise InvalidResponse(f"an event {kind} without a message")
    return _read_event(kind, message)


def unescaped(data: str) -> str:
    """Return a frame with an object in place of a `msg` that is not escaped.

    It takes no longer for a frame that is made to be slow to read.
    """
    begin = _UNESCAPED.search(data)
    message = begin and _TO_ITS_END.match(data, begin.end())
    if not (begin and message):
        return data
    rest = data[message.end() :].lstrip().removeprefix('"')
    return f"{data[: begin.end() - 1]}{message[0]}{rest}"


def _read_text(data: str) -> JsonObject | None:
    """Return the JSON object of a text, which may be cut off within a name."""
    return read_object(storable(data).encode())


def _read_event(kind: int, message: JsonObject) -> PbxEvent | None:
    match kind:
        case 30012 if text(message.get("status")).upper() == "VOICEMAIL":
            called = text(message.get("call_to"))
            if match := _NAME_AND_NUMBER.fullmatch(called):
                called = match[1]
            return VoicemailLeft(called, text(message.get("uid")))
        case 30009 if number := text(message.get("extension")):
            return PresenceChanged(number)
        case 30022 if number := text(message.get("ext_number")):
            return ExtensionChanged(number)
        case 30009 | 30022:
            raise InvalidResponse(f"an event {kind} without a number")
    return None
