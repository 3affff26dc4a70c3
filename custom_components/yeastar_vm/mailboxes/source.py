"""Ask the PBX for messages, also of boxes that it says nothing of."""

from collections.abc import Iterable
from enum import Enum, auto
import logging

from ..pbx import CannotConnect, InternalFault, Message, NotFound, YeastarClient
from .boxes import BoxCoordinator

_LOGGER = logging.getLogger(__name__)

type Answers = dict[str, list[Message] | None]
"""Messages by the number of the box; None if the PBX refuses to list them."""


class _Said(Enum):
    """What the PBX said last of the messages of a box."""

    LISTED = auto()
    NOTHING = auto()
    REFUSED = auto()


class MessageSource:
    """Ask for the messages of boxes. What the answer leaves out may be empty, or gone.

    The PBX may refuse to list all boxes because one of them does not exist, or because
    one has no messages, or none at the moment.
    """

    def __init__(self, client: YeastarClient, boxes: BoxCoordinator) -> None:
        self._client = client
        self._boxes = boxes
        self._said: dict[str, _Said] = {}
        # Whether an error was not about boxes that are gone.
        self._is_faulty = False

    def forget(self, number: str) -> None:
        """Forget a mailbox that is removed."""
        self._said.pop(number, None)

    async def query(self, numbers: list[str]) -> Answers:
        """Return the messages of those boxes that exist; raise a YeastarError."""
        present = self._present(numbers)
        alone = [n for n in present if self._said.get(n) is _Said.REFUSED]
        together = [n for n in present if n not in alone]
        answers: Answers = {}
        if together:
            answers = await self._query_together(together)
        for number in alone:
            answers |= await self._query_parts([[number]])
        return {n: answers[n] for n in self._present(answers)}

    async def _query_together(self, numbers: list[str]) -> Answers:
        try:
            return await self._list(numbers)
        except NotFound:
            existing = await self._check(numbers)
            if existing == numbers:
                return await self._find_refused(numbers)
        except InternalFault:
            if self._is_faulty:
                raise
            existing = await self._check(numbers)
            self._is_faulty = existing == numbers
            if self._is_faulty:
                raise
        return await self._query_together(existing) if existing else {}

    async def _find_refused(self, numbers: list[str]) -> Answers:
        """Return the messages of boxes that exist, of which the PBX refuses some."""
        if len(numbers) == 1:
            self._said[numbers[0]] = _Said.REFUSED
            return {numbers[0]: None}
        half = len(numbers) // 2
        return await self._query_parts([numbers[:half], numbers[half:]])

    async def _query_parts(self, parts: list[list[str]]) -> Answers:
        answers: Answers = {}
        for numbers in parts:
            try:
                answers |= await self._list(numbers)
            except NotFound:
                answers |= await self._find_refused(numbers)
        return answers

    async def _list(self, numbers: list[str]) -> Answers:
        """Return what the PBX lists, and that the boxes are empty that it leaves out.

        It may leave out a box because it does not exist: that is found out the first
        time. If the PBX does not answer that, the others are known all the same.
        """
        listed = await self._client.messages.query(numbers)
        self._is_faulty = False
        left_out = [number for number in numbers if number not in listed]
        unknown: list[str] = []
        if unclear := [number for number in left_out if self._may_be_gone(number)]:
            try:
                await self._check(unclear)
            except CannotConnect as err:
                _LOGGER.debug("Which boxes exist is not known: %s", err)
                unknown = unclear
        self._said |= dict.fromkeys(left_out, _Said.NOTHING)
        self._said |= dict.fromkeys(listed, _Said.LISTED)
        return {n: listed.get(n, []) for n in numbers if n not in unknown}

    def _may_be_gone(self, number: str) -> bool:
        said = self._said.get(number)
        return said is _Said.LISTED or (said is None and number not in self._boxes.data)

    async def _check(self, numbers: list[str]) -> list[str]:
        """Return those boxes that exist, as far as the PBX tells."""
        await self._boxes.questions.wait_or_ask(numbers)
        return self._present(numbers)

    def _present(self, numbers: Iterable[str]) -> list[str]:
        return [number for number in numbers if not self._boxes.absence(number)]
