"""What the PBX says of the mailboxes: which exist, their messages and presences."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
import logging
from typing import Final

from ..pbx import BoxKind, Message, NotFound, PbxClock, YeastarClient
from .mailbox import Absence, Mailbox
from .presences import FEW, NOT_TOLD, PresenceSource

_LOGGER = logging.getLogger(__name__)

CHECK_INTERVAL: Final = 60 * 60  # seconds between two looks for boxes that were missing


class MailboxSource:
    """Ask the PBX about the mailboxes; a box that does not exist is left out.

    Such a box is looked for again once an hour, and when `check_again` is called.
    """

    def __init__(
        self,
        client: YeastarClient,
        name: str,
        clock: PbxClock,
        mailboxes: Mapping[str, Mailbox],
        *,
        on_missing: Callable[[Mailbox, Absence], None],
        on_found: Callable[[Mailbox], None],
    ) -> None:
        """Initialize the source; `name` is that of the PBX in the log.

        `on_missing` is called with a mailbox that has no messages on the PBX, and why;
        `on_found` when it has them again.
        """
        self._client = client
        self._clock = clock
        self._mailboxes = mailboxes
        self._presences = PresenceSource(client, name, mailboxes)
        self._on_missing = on_missing
        self._on_found = on_found
        self._gone = set[str]()
        # Groups whose messages are copied to their members: such a box has none.
        self._broadcasting = set[str]()
        self._group_names: dict[str, str] = {}
        # Boxes that exist, though the PBX says nothing of them: they have no messages.
        self._silent = set[str]()
        self._check_at = 0.0

    def name_of(self, mailbox: Mailbox) -> str | None:
        """Return the name of a box, or None if the PBX did not tell it."""
        if mailbox.box.kind is BoxKind.GROUP:
            return self._group_names.get(mailbox.number)
        return self._presences.names.get(mailbox.number)

    def check_again(self, changed: Iterable[str]) -> None:
        """Look for boxes that were missing, and at those that changed.

        Both with the next request.
        """
        self._check_at = 0
        self._presences.forget_ids(changed)

    async def query_messages(self, numbers: Iterable[str]) -> dict[str, list[Message]]:
        """Return the messages of some mailboxes, in one request if all are known."""
        await self._look_for_missing()
        wanted = self._present(numbers)
        silent = [each for each in wanted if each in self._silent]
        others = [each for each in wanted if each not in self._silent]
        found: dict[str, list[Message]] = {}
        if others:
            found = await self._query_others(others)
        if silent:
            found |= await self._query_silent(silent)
            self._silent -= found.keys()
        await self._note_missing([each for each in others if each not in found])
        return {each: found.get(each, []) for each in wanted if self.exists(each)}

    async def query_presences(
        self, numbers: Iterable[str], *, one_request: bool = False
    ) -> dict[str, str]:
        """Return the presences of those mailboxes that are an extension.

        As far as the PBX tells them. With `one_request`, it is asked once for many.
        """
        extensions = self._present(numbers, BoxKind.EXTENSION)
        presences, missing = await self._presences.query(
            extensions, one_request=one_request
        )
        await self._note_missing(missing)
        return presences

    async def set_presence(self, number: str, presence: str) -> None:
        """Set the presence of an extension; raise NotFound if it does not exist."""
        await self._presences.set(number, presence)

    async def check_groups(self) -> None:
        """Find out whether a group was deleted, or has no more messages of its own.

        The PBX may answer a request for its messages as if there were none.
        """
        numbers = self._present(self._mailboxes, BoxKind.GROUP)
        if not numbers:
            return
        groups = await self._groups()
        if groups is not None:
            await self._note_missing([each for each in numbers if each not in groups])

    async def _query_others(self, numbers: list[str]) -> dict[str, list[Message]]:
        """Return the messages of boxes of which the PBX said something."""
        try:
            return await self._client.messages.query(numbers, self._clock)
        except NotFound:
            # It refuses all because of one of them.
            existing = await self._existing(numbers)
            return await self._query_silent(existing) if existing else {}

    async def _query_silent(self, numbers: list[str]) -> dict[str, list[Message]]:
        """Return the messages of boxes that exist, of which some may have none."""
        try:
            return await self._client.messages.query(numbers, self._clock)
        except NotFound:
            # Which one has none, the PBX does not say.
            found: dict[str, list[Message]] = {}
            for number in numbers if len(numbers) > 1 else ():
                with suppress(NotFound):
                    found |= await self._client.messages.query([number], self._clock)
            return found

    async def _existing(self, numbers: Collection[str]) -> list[str]:
        """Return those numbers that are a box, or may be: the PBX may not tell."""
        try:
            existing = await self._extensions(numbers)
        except NOT_TOLD as err:
            _LOGGER.debug("The extensions are not known: %s", err)
            return list(numbers)
        if existing.issuperset(numbers):
            return list(numbers)
        groups = await self._groups()
        if groups is None:
            groups = {
                each
                for each in numbers
                if self._mailboxes[each].box.kind is BoxKind.GROUP
            }
        return [each for each in numbers if each in existing or each in groups]

    async def _extensions(self, numbers: Collection[str]) -> set[str]:
        """Return those numbers that are an extension, or all extensions."""
        if len(numbers) > FEW:
            found = {each.number for each in await self._client.extensions.all()}
            if not found:
                raise NotFound  # A PBX has extensions: these are not told.
            return found
        return {each for each in numbers if await self._client.extensions.get(each)}

    async def _groups(self) -> set[str] | None:
        """Return the numbers of all groups that have messages.

        It is None if the PBX does not tell the groups.
        """
        try:
            groups = await self._client.groups.find()
        except NOT_TOLD as err:
            _LOGGER.debug("The groups are not known: %s", err)
            return None
        if groups is None:
            return None
        self._group_names = {each.number: each.name for each in groups if each.name}
        self._broadcasting = {each.number for each in groups if not each.has_messages}
        return {each.number for each in groups} - self._broadcasting

    async def _note_missing(self, numbers: list[str]) -> None:
        """Find out whether boxes exist that the PBX did not name."""
        if not numbers:
            return
        existing = set(await self._existing(numbers))
        self._check_later()
        for number in numbers:
            if number in existing:
                self._silent.add(number)
            else:
                self._silent.discard(number)
                self._gone.add(number)
                self._tell_missing(number)

    def _tell_missing(self, number: str) -> None:
        is_copied = number in self._broadcasting
        absence = Absence.BROADCAST if is_copied else Absence.GONE
        self._on_missing(self._mailboxes[number], absence)

    async def _look_for_missing(self) -> None:
        if not (self._gone or self._silent) or _now() < self._check_at:
            return
        self._check_later()
        existing = await self._existing(self._gone) if self._gone else []
        for number in list(self._gone):
            if number in existing:
                self._gone.discard(number)
                self._on_found(self._mailboxes[number])
            else:
                self._tell_missing(number)
        await self._note_missing(list(self._silent))

    def _check_later(self) -> None:
        self._check_at = _now() + CHECK_INTERVAL

    def _present(
        self, numbers: Iterable[str], kind: BoxKind | None = None
    ) -> list[str]:
        """Return those mailboxes that the PBX is asked for, of one kind or of both."""
        return [
            each
            for each in numbers
            if self.exists(each) and kind in (None, self._mailboxes[each].box.kind)
        ]

    def exists(self, number: str) -> bool:
        """Return whether the box of a mailbox exists, as far as is known."""
        return number not in self._gone


def _now() -> float:
    return asyncio.get_running_loop().time()
