"""Ask for the messages of many boxes, with bounded answers and few requests."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Final

from .http.endpoint import Endpoint
from .lists import PAGE_SIZE
from .session import PbxSession, gather_limited
from .values import JsonObject, objects, read_list, text, whole_number

# What is asked for with one request: so many messages take about a megabyte, and so
# many numbers about two kilobytes of a URL.
MESSAGES_AT_ONCE: Final = 4000
BOXES_AT_ONCE: Final = 200

_QUERY: Final = Endpoint("vm/query", names=("number",), limit=16 * 1024 * 1024)

type Rows = dict[str, list[JsonObject]]
type Request = tuple[Sequence[str], int]


@dataclass(slots=True)
class BoxQuery[Message]:
    """One query for the messages of boxes.

    `read` makes messages of rows. `sizes` says how many messages the boxes had when
    they were last asked for, and is kept up to date. Afterwards, `longer` are the boxes
    that have more messages than a page.
    """

    session: PbxSession
    read: Callable[[Rows], Awaitable[Mapping[str, list[Message]]]]
    sizes: dict[str, int]
    found: dict[str, list[Message]] = field(default_factory=dict)
    longer: list[str] = field(default_factory=list)

    async def run(self, numbers: Iterable[str]) -> None:
        """Ask for boxes."""
        await gather_limited(self._ask, self._requests(dict.fromkeys(numbers)))
        # The sizes of these were not known.
        longer, self.longer = self.longer, []
        await gather_limited(self._ask, self._requests(longer))

    def _requests(self, numbers: Iterable[str]) -> Iterator[Request]:
        """Yield the boxes of each request, and how many messages of each to ask for."""
        numbers = list(numbers)
        new = [each for each in numbers if each not in self.sizes]
        for boxes in batched(new, BOXES_AT_ONCE, strict=False):
            yield boxes, min(MESSAGES_AT_ONCE // len(boxes), PAGE_SIZE)
        together: list[str] = []
        expected = 0
        for number in numbers:
            if (size := self.sizes.get(number)) is None:
                continue
            if together and (
                expected + size > MESSAGES_AT_ONCE or len(together) == BOXES_AT_ONCE
            ):
                yield together, PAGE_SIZE
                together, expected = [], 0
            together.append(number)
            expected += size
        if together:
            yield together, PAGE_SIZE

    async def _ask(self, request: Request) -> None:
        """Send a request."""
        numbers, size = request
        answer = await self.session.ask(
            _QUERY,
            {"number": ",".join(numbers), "page": "1", "page_size": str(size)},
        )
        with self.session.mismatches.noted(_QUERY.path, answer):
            rows = self._rows(answer, set(numbers), size)
        self.found |= await self.read(rows)

    def _rows(self, answer: JsonObject, numbers: set[str], page_size: int) -> Rows:
        """Return the rows in an answer, of the boxes that it has in whole."""
        rows: Rows = {}
        for box in objects(read_list(answer, "voicemail_list")):
            if (number := text(box.get("number"))) not in numbers:
                continue
            listed = read_list(box, "data")
            total = whole_number(box.get("total_number")) or 0
            size = len(listed)
            self.sizes[number] = max(total, size)
            if size == total or page_size > size > total:
                rows[number] = list(objects(listed))
            else:
                self.longer.append(number)
        return rows
