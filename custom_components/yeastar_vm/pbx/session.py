"""Requests with an access token that is renewed, and lists page by page."""

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
)
from contextlib import asynccontextmanager
from dataclasses import dataclass
import logging
from math import ceil
from typing import Final

import aiohttp

from .errors import (
    AccessDenied,
    GatewayRefused,
    Interrupted,
    InvalidCredentials,
    NotFound,
    NotSupported,
    SignInPaused,
    TokenRefused,
    Unauthorized,
    YeastarError,
)
from .http.api import MAX_ANSWER, PbxHttp
from .http.transport import Body
from .http.urls import BaseUrl
from .tokens import TokenManager
from .values import JsonObject, whole_number

_LOGGER = logging.getLogger(__name__)

PAGE_SIZE: Final = 500
MAX_PAGES: Final = 1000
# The order of lists.
BY_NUMBER: Final = {"sort_by": "number", "order_by": "asc"}
REQUESTS_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Page[Row]:
    """A page of a list: its rows, how many it had, and how many there are in all."""

    rows: list[Row]
    size: int
    total: int | None

    @property
    def is_all(self) -> bool:
        """Return whether the first page is the whole list, as the PBX says."""
        return self.size == self.total


class PbxSession:
    """Requests to a PBX that need an access token."""

    def __init__(self, http: PbxHttp, tokens: TokenManager) -> None:
        self._http = http
        self._tokens = tokens
        self._denied: set[str] = set()
        # The last access token that the PBX accepted for something.
        self._accepted: str | None = None

    @property
    def base_url(self) -> BaseUrl:
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
        limit: int = MAX_ANSWER,
    ) -> JsonObject:
        """Send a GET request; an access token that is refused is renewed once.

        `names`, `limit` and errors as in `PbxHttp.call`.
        """

        async def send(token: str) -> JsonObject:
            return await self._http.call(
                "GET",
                endpoint,
                query={"access_token": token, **(parameters or {})},
                names=names,
                limit=limit,
            )

        return await self._with_token(endpoint, send)

    async def post(
        self, endpoint: str, body: Body, names: Collection[str] = ()
    ) -> JsonObject:
        """Send a POST request, as `get` does."""

        async def send(token: str) -> JsonObject:
            return await self._http.call(
                "POST",
                endpoint,
                query={"access_token": token},
                body=body,
                names=names,
            )

        return await self._with_token(endpoint, send)

    @asynccontextmanager
    async def web_socket(
        self, endpoint: str
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Open a WebSocket; a token that it refuses is renewed for the next one.

        Raise TokenRefused that says `expired` if another token may help.
        """
        token = await self._tokens.get()
        try:
            async with self._http.web_socket(
                endpoint, {"access_token": token}
            ) as socket:
                yield socket
        except TokenRefused as err:
            if not err.expired and endpoint in self._denied:
                raise
            await self._tokens.renew_after_refusal(token, expired=err.expired)
            if not err.expired:
                # It may not be the token's age: once is enough.
                self._denied.add(endpoint)
            raise TokenRefused(expired=True) from None
        except NotSupported:
            await self._check_token(endpoint, token)
            raise
        else:
            self._denied.discard(endpoint)

    async def _check_token(self, endpoint: str, token: str) -> None:
        """Find out whether a WebSocket was refused because of the token.

        The PBX may say so in an answer, which only a request can read.
        """
        try:
            await self.get(endpoint)
        except AccessDenied, Interrupted, InvalidCredentials, SignInPaused:
            raise
        except YeastarError as err:
            _LOGGER.debug("%s is no WebSocket: %s", endpoint, err)
        if await self._tokens.get() != token:
            raise TokenRefused(expired=True)

    async def _with_token(
        self, endpoint: str, send: Callable[[str], Awaitable[JsonObject]]
    ) -> JsonObject:
        """Send a request; renew the token and send it again if that is refused."""
        token = await self._tokens.get()
        try:
            answer = await send(token)
        except TokenRefused as err:
            if endpoint in self._denied and (
                not err.expired or token == self._accepted
            ):
                raise _final_refusal(err) from None
            token = await self._tokens.renew_after_refusal(token, expired=err.expired)
        else:
            self._denied.discard(endpoint)
            self._accepted = token
            return answer
        try:
            return await send(token)
        except TokenRefused as err:
            # It is not the token's age: renewing for each call would not help.
            self._denied.add(endpoint)
            raise _final_refusal(err) from None

    async def download(self, url: str, limit: int) -> tuple[int, bytes]:
        """Fetch a URL of the PBX; see `PbxHttp.download`."""
        return await self._http.download(url, limit)

    async def read_start(self, url: str, size: int) -> tuple[int, bytes]:
        """Fetch the first bytes of a URL; see `PbxHttp.read_start`."""
        return await self._http.read_start(url, size)

    async def read_page[Row](
        self,
        endpoint: str,
        key: str,
        parameters: Mapping[str, str],
        parse: Callable[[JsonObject], Row | None],
        names: Collection[str] = (),
        *,
        number: int = 1,
    ) -> Page[Row]:
        """Return a page of a list.

        Rows of which `parse` makes None are left out. It is not documented whether an
        empty list is null, missing or an error.
        """
        paging = {"page": str(number), "page_size": str(PAGE_SIZE)}
        try:
            answer = await self.get(endpoint, {**parameters, **paging}, names)
        except NotFound:
            return Page([], 0, None)
        rows = answer.get(key)
        found = rows if isinstance(rows, list) else []
        # Parsed at once: the raw rows of a large PBX are many times larger.
        parsed = (parse(row) for row in found if isinstance(row, dict))
        return Page(
            [row for row in parsed if row],
            len(found),
            whole_number(answer.get("total_number")),
        )

    async def list_rows[Row](
        self,
        endpoint: str,
        key: str,
        parameters: Mapping[str, str],
        parse: Callable[[JsonObject], Row | None],
        names: Collection[str] = (),
        *,
        first: Page[Row] | None = None,
        is_enough: Callable[[list[Row]], bool] = lambda _: False,
    ) -> list[Row]:
        """Return the rows of all pages of a list, or of so many that it `is_enough`.

        `first` is the first page, if it is known.

        A PBX may give fewer rows a page than it is asked for, and `total_number` may be
        wrong: pages are read until one is empty, shorter than the first, or the same as
        the one before. Only a total that agrees with the rows saves the last request.
        """

        async def read(number: int) -> Page[Row]:
            return await self.read_page(
                endpoint, key, parameters, parse, names, number=number
            )

        first = last = first or await read(1)
        rows, size = first.rows, first.size
        number = 1
        while (
            last.size == first.size
            and size not in (0, first.total)
            and not is_enough(rows)
        ):
            # As many at once as the total promises; one if it cannot be right.
            promised = ceil(((first.total or 0) - size) / first.size)
            count = min(max(promised, 1), REQUESTS_AT_ONCE, MAX_PAGES - number)
            if count == 0:
                break
            numbers = range(number + 1, number + 1 + count)
            for page in await gather_limited(read, numbers):
                if page.rows[:1] == last.rows[:1]:
                    return rows  # A PBX that ignores `page` answers the same again.
                rows, size, last = [*rows, *page.rows], size + page.size, page
                if page.size < first.size:
                    break
            number += count
        return rows


def _final_refusal(err: TokenRefused) -> YeastarError:
    """Return the error if a new token does not help."""
    return GatewayRefused(401) if isinstance(err, Unauthorized) else err


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
