"""Requests with an access token that is renewed, and lists page by page."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from math import ceil
from typing import Final

from .errors import NotFound, TokenRefused
from .http import PbxHttp
from .tokens import TokenManager
from .values import JsonObject, whole_number

PAGE_SIZE: Final = 500
MAX_PAGES: Final = 1000
REQUESTS_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class _Page[Row]:
    """A page of a list: its rows, how many it had, and how many there are in all."""

    rows: list[Row]
    size: int
    total: int


class PbxSession:
    """Requests to a PBX that need an access token."""

    def __init__(self, http: PbxHttp, tokens: TokenManager) -> None:
        """Initialize the session."""
        self._http = http
        self._tokens = tokens
        self._denied: set[str] = set()

    @property
    def base_url(self) -> str:
        """Return the base URL of the PBX."""
        return self._http.base_url

    async def access_token(self) -> str:
        """Return an access token that is valid for another minute."""
        return await self._tokens.get()

    async def get(
        self,
        endpoint: str,
        parameters: Mapping[str, str] | None = None,
        names: Collection[str] = (),
    ) -> JsonObject:
        """Send a GET request; an access token that is refused is renewed once.

        `names` and errors as in `PbxHttp.call`.
        """
        token = await self._tokens.get()
        query = {"access_token": token, **(parameters or {})}
        try:
            answer = await self._http.call("GET", endpoint, query=query, names=names)
        except TokenRefused as err:
            if not err.expired and endpoint in self._denied:
                raise
            query["access_token"] = await self._tokens.renew_after_refusal(token)
        else:
            self._denied.discard(endpoint)
            return answer
        try:
            return await self._http.call("GET", endpoint, query=query, names=names)
        except TokenRefused:
            # It is not the token's age: renewing for each call would not help.
            self._denied.add(endpoint)
            raise

    async def download(self, url: str, limit: int) -> tuple[int, bytes]:
        """Fetch a URL of the PBX; see `PbxHttp.download`."""
        return await self._http.download(url, limit)

    async def list_rows[Row](
        self,
        endpoint: str,
        key: str,
        parameters: Mapping[str, str],
        parse: Callable[[JsonObject], Row | None],
        names: Collection[str] = (),
    ) -> list[Row]:
        """Return the rows of a paged list, the later pages a few at a time.

        It is not documented whether an empty list is null, missing or an error. A PBX
        may give fewer rows a page than it is asked for. Rows of which `parse` makes
        None are left out.
        """

        async def read(page: int) -> _Page[Row]:
            paging = {"page": str(page), "page_size": str(PAGE_SIZE)}
            try:
                answer = await self.get(endpoint, {**parameters, **paging}, names)
            except NotFound:
                return _Page([], 0, 0)
            rows = answer.get(key)
            found = rows if isinstance(rows, list) else []
            # Parsed at once: the raw rows of a large PBX are many times larger.
            parsed = (parse(row) for row in found if isinstance(row, dict))
            return _Page(
                [row for row in parsed if row],
                len(found),
                whole_number(answer.get("total_number")) or 0,
            )

        first = await read(1)
        if not first.size:
            return []
        pages = min(ceil(first.total / first.size), MAX_PAGES)
        later = await gather_limited(read, range(2, pages + 1))
        # A PBX that ignores `page` answers the same rows again.
        others = (page.rows for page in later if page.rows[:1] != first.rows[:1])
        return [*first.rows, *chain.from_iterable(others)]


async def gather_limited[Argument, Result](
    ask: Callable[[Argument], Awaitable[Result]], arguments: Iterable[Argument]
) -> list[Result]:
    """Return the answer for each argument, a few at a time; raise the first error."""
    semaphore = asyncio.Semaphore(REQUESTS_AT_ONCE)

    async def limited(argument: Argument) -> Result:
        async with semaphore:
            return await ask(argument)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(limited(each)) for each in arguments]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]
