"""Lists of the API, page by page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

from .errors import NotFound
from .http.endpoint import Endpoint
from .session import REQUESTS_AT_ONCE, PbxSession, gather_limited
from .values import JsonObject, objects, read_list, whole_number

PAGE_SIZE: Final = 500
MAX_PAGES: Final = 1000
# The order of lists.
BY_NUMBER: Final = {"sort_by": "number", "order_by": "asc"}

type Parse[Row] = Callable[[JsonObject], Row | None]


@dataclass(frozen=True, slots=True)
class Page[Row]:
    """A page of a list: its rows, how many it had, and how many there are in all.

    `head` is its first row as the PBX wrote it.
    """

    rows: list[Row]
    size: int
    total: int | None
    head: object


@dataclass(frozen=True, slots=True)
class List[Row]:
    """A list: its endpoint, where its rows stand in an answer, and how one is read.

    Rows of which `parse` makes None are left out.
    """

    endpoint: Endpoint
    key: str
    parse: Parse[Row]

    async def page(
        self,
        session: PbxSession,
        parameters: Mapping[str, str],
        number: int = 1,
        size: int = PAGE_SIZE,
    ) -> Page[Row]:
        """Return a page. What the PBX does not find now has no rows."""
        paging = {"page": str(number), "page_size": str(size)}
        try:
            answer = await session.ask(self.endpoint, {**parameters, **paging})
        except NotFound:
            return Page([], 0, None, None)
        with session.mismatches.noted(self.endpoint.path, answer):
            found = read_list(answer, self.key)
        # Parsed at once: the raw rows of a large PBX are many times larger.
        parsed = (self.parse(row) for row in objects(found))
        return Page(
            [row for row in parsed if row],
            len(found),
            whole_number(answer.get("total_number")),
            found[0] if found else None,
        )

    async def rows(
        self,
        session: PbxSession,
        parameters: Mapping[str, str],
        is_enough: Callable[[list[Row]], bool] = lambda _: False,
    ) -> list[Row]:
        """Return the rows of all pages, or of so many that it `is_enough`.

        The PBX may give fewer rows than it is asked for: no more are asked for then.
        The total decides, unless it is missing or too small: then a page that is
        shorter than the first is the last one. An empty page is in any case, and one
        that is the same as before.
        """
        first = await self.page(session, parameters)
        rows, size, last, number = [*first.rows], first.size, first, 1

        async def read(number: int) -> Page[Row]:
            return await self.page(session, parameters, number, first.size)

        while 0 < size != first.total and number < MAX_PAGES and not is_enough(rows):
            # As many at once as the total promises; one if it cannot be right.
            promised = ceil(((first.total or 0) - size) / first.size)
            count = min(max(promised, 1), REQUESTS_AT_ONCE, MAX_PAGES - number)
            numbers = range(number + 1, number + 1 + count)
            for page in await gather_limited(read, numbers):
                if page.size == 0 or page.head == last.head:
                    return rows
                rows, size, last = [*rows, *page.rows], size + page.size, page
                if page.size < first.size and size > (first.total or 0):
                    return rows
            number += count
        return rows
