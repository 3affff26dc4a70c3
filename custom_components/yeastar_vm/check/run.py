"""Ask a PBX what the product asks of it, without changing anything.

Each question is asked once, by an application that may be refused: the check ends at
the first sign of a block, and no token is renewed because of a refusal.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

from ..pbx import (
    BoxKind,
    CannotConnect,
    ConnectionFailure,
    Greeting,
    InvalidLink,
    InvalidResponse,
    NoAudio,
    NotSupported,
    RawAnswer,
    SignInPaused,
    YeastarClient,
    YeastarError,
)
from ..pbx.contents import is_audio
from ..pbx.raw import read_success
from ..pbx.values import JsonObject, text, whole_number
from .events import Listener
from .findings import Exchange, Finding, Findings, Frame, Outcome, Subject, outcome_of

ENDPOINTS: Final = frozenset(
    {
        "extension/list",
        "extension/query",
        "extension/search",
        "extension_vm_greeting/list",
        "extension_vm_greeting/play",
        "system/information",
        "vm/download",
        "vm/get",
        "vm/query",
        "vm_greeting/list",
        "vm_group/list",
    }
)
"""All that is asked: nothing among it changes something, or lets a phone ring."""

# Seconds.
LONGEST: Final = 45  # A setup that is running may take ten before that.
LONGEST_QUESTION: Final = 10
LISTEN: Final = 10
START_OF_AUDIO: Final = 256  # bytes

_PAGE: Final = {"page": "1", "page_size": "20"}
_BY_NUMBER: Final = {**_PAGE, "sort_by": "number", "order_by": "asc"}


class _Stopped(Exception):
    """The PBX does not want to be asked further."""


class PbxCheck:
    """One check of a PBX.

    `mailbox` is the number of one whose messages may be asked for, or empty. `on_found`
    is called with each finding. `listen` is how long to wait for events.
    """

    def __init__(
        self,
        client: YeastarClient,
        mailbox: str,
        *,
        on_found: Callable[[Finding], None] = lambda _: None,
        listen: float | None = None,
    ) -> None:
        self._client = client
        self._mailbox = mailbox
        self._on_found = on_found
        self._seconds = LISTEN if listen is None else listen
        self._findings: dict[Subject, Finding] = {}
        self._exchanges: list[Exchange] = []
        self._frames: list[Frame] = []

    async def run(self) -> Findings:
        """Ask everything, in less than a minute."""
        left_out = Outcome.NOTHING_TO_ASK
        try:
            with self._client.raw.watched(self._saw):
                async with asyncio.timeout(LONGEST):
                    try:
                        await self._ask_all()
                    except* _Stopped:
                        left_out = Outcome.STOPPED
        except TimeoutError:
            left_out = Outcome.NO_TIME
        for subject in Subject:
            if subject not in self._findings:
                self._found(subject, left_out)
        return Findings(
            tuple(self._findings[subject] for subject in Subject),
            tuple(self._exchanges),
            tuple(self._frames),
            (self._client.base_url.host, self._mailbox),
        )

    async def _ask_all(self) -> None:
        await self._sign_in()
        if await self._ask(Subject.INFORMATION, "system/information"):
            self._found(Subject.INFORMATION, Outcome.WORKS)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._ask_extensions())
            group.create_task(self._ask_groups())
            group.create_task(self._ask_messages())
            group.create_task(self._listen())

    def _saw(self, endpoint: str, answer: RawAnswer) -> None:
        """Note the answer to a sign-in, if there was one, or to a refused handshake."""
        self._exchanges.append(Exchange(endpoint, {}, answer))

    async def _sign_in(self) -> None:
        try:
            await _in_time(self._client.raw.sign_in())
        except YeastarError as err:
            self._found(Subject.SIGN_IN, outcome_of(err), err)
            raise _Stopped from None
        self._found(Subject.SIGN_IN, Outcome.WORKS)

    async def _ask_extensions(self) -> None:
        rows = await self._ask_rows(
            Subject.EXTENSIONS, "extension/list", _BY_NUMBER, "data"
        )
        number, identifier = self._mailbox, ""
        if rows:
            numbers = [text(row.get("number")) for row in rows]
            if number not in numbers:  # There may be none, or a group.
                number = numbers[0]
            identifier = text(rows[0].get("id"))
        async with asyncio.TaskGroup() as group:
            if number:
                group.create_task(
                    self._ask_rows(
                        Subject.SEARCH,
                        "extension/search",
                        {"search_value": number, **_BY_NUMBER},
                        "data",
                    )
                )
                group.create_task(self._ask_greetings(number))
            if identifier:
                group.create_task(
                    self._ask_rows(
                        Subject.PRESENCES,
                        "extension/query",
                        {"ids": identifier},
                        "data",
                    )
                )

    async def _ask_greetings(self, number: str) -> None:
        rows = await self._ask_rows(
            Subject.GREETINGS,
            "extension_vm_greeting/list",
            {"extension": number, **_PAGE},
            "greeting_list",
        )
        found = (Greeting.from_row(row, number, BoxKind.EXTENSION) for row in rows)
        if greeting := next(filter(None, found), None):
            await self._ask_audio(
                (Subject.GREETING_LINK, Subject.GREETING_AUDIO),
                "extension_vm_greeting/play",
                {"extension": number, "file": greeting.file},
                "play_resource_url",
            )

    async def _ask_groups(self) -> None:
        rows = await self._ask_rows(
            Subject.GROUPS, "vm_group/list", _BY_NUMBER, "vm_group_list"
        )
        numbers = (text(row.get("number")) for row in rows)
        if number := next(filter(None, numbers), None):
            await self._ask_rows(
                Subject.GROUP_GREETINGS,
                "vm_greeting/list",
                {"extension": number, **_PAGE},
                "greeting_list",
            )

    async def _ask_messages(self) -> None:
        if not self._mailbox:
            for subject in (Subject.MESSAGES, Subject.MESSAGES_OF_ONE):
                self._found(subject, Outcome.NO_MAILBOX)
            return
        parameters = {"number": self._mailbox, **_PAGE}
        await self._ask_rows(Subject.MESSAGES, "vm/query", parameters, "voicemail_list")
        rows = await self._ask_rows(
            Subject.MESSAGES_OF_ONE, "vm/get", parameters, "data"
        )
        # It is not known whether a PBX marks what is downloaded as read.
        read = (row for row in rows if whole_number(row.get("is_read")) == 1)
        identifiers = (text(row.get("msg_id")) for row in read)
        if message_id := next(filter(None, identifiers), None):
            await self._ask_audio(
                (Subject.MESSAGE_LINK, Subject.MESSAGE_AUDIO),
                "vm/download",
                {"msg_id": message_id},
                "download_resource_url",
            )

    async def _ask_audio(
        self,
        subjects: tuple[Subject, Subject],
        endpoint: str,
        parameters: Mapping[str, str],
        key: str,
    ) -> None:
        """Ask for a link, and for the first bytes of what it leads to."""
        of_link, of_audio = subjects
        answer = await self._ask(of_link, endpoint, parameters)
        if answer is None:
            return
        try:
            link = self._client.base_url.resource(answer.get(key))
        except InvalidLink as err:
            self._conclude(of_link, err)
            return
        self._found(of_link, Outcome.WORKS)
        needs_token = of_audio is Subject.MESSAGE_AUDIO
        request = self._client.raw.start_of(
            link, START_OF_AUDIO, needs_token=needs_token
        )
        try:
            raw = await self._fetch(of_audio, {}, request)
            if not is_audio(raw.status, raw.body or b""):
                raise _why_no_audio(raw)
        except YeastarError as err:
            self._conclude(of_audio, err)
        else:
            self._found(of_audio, Outcome.WORKS)

    async def _listen(self) -> None:
        listener = Listener(self._client.raw, LONGEST_QUESTION)
        self._frames = listener.frames
        try:
            await listener.listen(
                self._seconds, lambda: self._found(Subject.EVENTS, Outcome.WORKS)
            )
        except NotSupported as err:
            self._found(Subject.EVENTS, Outcome.NO_WEB_SOCKET, err)
        except YeastarError as err:
            self._conclude(Subject.EVENTS, err)

    async def _ask_rows(
        self, subject: Subject, endpoint: str, parameters: Mapping[str, str], key: str
    ) -> list[JsonObject]:
        """Ask for a list; a success may have none."""
        answer = await self._ask(subject, endpoint, parameters)
        if answer is None:
            return []
        rows = answer.get(key)
        if not isinstance(rows, list | None):
            self._conclude(subject, InvalidResponse("no list in the answer"))
            return []
        found = [row for row in rows or [] if isinstance(row, dict)]
        self._found(subject, Outcome.WORKS if found else Outcome.EMPTY)
        return found

    async def _ask(
        self,
        subject: Subject,
        endpoint: str,
        parameters: Mapping[str, str] = MappingProxyType({}),
    ) -> JsonObject | None:
        """Send a request; return a success, or None after what else was found."""
        assert endpoint in ENDPOINTS
        request = self._client.raw.get(endpoint, parameters)
        try:
            raw = await self._fetch(endpoint, parameters, request)
            return read_success(raw.body or b"", raw.status)
        except YeastarError as err:
            self._conclude(subject, err)
            return None

    async def _fetch(
        self, name: str, parameters: Mapping[str, str], request: Awaitable[RawAnswer]
    ) -> RawAnswer:
        """Wait for an answer, and note it."""
        try:
            raw = await _in_time(request)
        except YeastarError as err:
            self._exchanges.append(Exchange(name, parameters, None, err.key))
            raise
        self._exchanges.append(Exchange(name, parameters, raw))
        return raw

    def _conclude(self, subject: Subject, error: YeastarError) -> None:
        """Note what an error says of a subject; stop if the PBX wants no more."""
        outcome = outcome_of(error)
        self._found(subject, outcome, error)
        if outcome is Outcome.REFUSED:
            raise _Stopped

    def _found(
        self, subject: Subject, outcome: Outcome, error: YeastarError | None = None
    ) -> None:
        finding = self._findings[subject] = Finding(subject, outcome, error)
        self._on_found(finding)


def _why_no_audio(answer: RawAnswer) -> YeastarError:
    """Return the error of an answer that is not audio; the PBX may want no more."""
    try:
        read_success(answer.body or b"", answer.status)
    except SignInPaused as err:
        return err
    except YeastarError:
        pass
    return NoAudio()


async def _in_time[Answer](request: Awaitable[Answer]) -> Answer:
    """Wait for an answer, for as long as a question may take."""
    try:
        async with asyncio.timeout(LONGEST_QUESTION):
            return await request
    except TimeoutError:
        raise CannotConnect(ConnectionFailure.TIMEOUT) from None
