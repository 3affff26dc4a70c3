"""A Yeastar P-Series PBX: one method for each endpoint that is used."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from math import ceil
import time
from typing import Final

import aiohttp

from .api import Api, Pause
from .certificate import Certificate
from .errors import NoAudio, NotFound, TokenRefused
from .models import (
    Extension,
    Greeting,
    JsonObject,
    PbxInfo,
    PlayLink,
    SignIn,
    number_order,
    whole_number,
)
from .tokens import Tokens
from .urls import query_string, resource_url

PAGE_SIZE: Final = 500
MAX_PAGES: Final = 1000
REQUESTS_AT_ONCE: Final = 4
MAX_AUDIO: Final = 32 * 1024 * 1024  # bytes; an upload may have 8 MB


@dataclass(frozen=True, slots=True)
class _Page[Row]:
    """A page of a list: its rows, how many it had, and how many there are in all."""

    rows: list[Row]
    size: int
    total: int


class YeastarClient:
    """A PBX, signed in to.

    Every method raises a YeastarError: CannotConnect, CertificateNotTrusted,
    CertificateChanged, Redirected or InvalidResponse where the PBX does not answer as
    one; InvalidCredentials or SignInPaused where it takes no sign-in; AccessDenied,
    NotSupported, NotFound or PbxFault where it answers with an error.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        *,
        fingerprint: str | None,
        sign_in: SignIn,
        on_change: Callable[[SignIn], None],
        pause: Pause,
    ) -> None:
        """Prepare a client; nothing is sent yet.

        `base_url` as `normalize_base_url` returns it. `fingerprint` pins the server's
        certificate (SHA-256, 64 hex digits); None trusts what an authority vouches for.
        `on_change` is called with each new SignIn, to be kept. `pause` is shared by all
        clients of one PBX.
        """
        self._api = Api(session, base_url, fingerprint, pause)
        self._tokens = Tokens(self._api, sign_in, on_change)
        self._denied: str | None = None

    @property
    def base_url(self) -> str:
        """Return the base URL."""
        return self._api.base_url

    @property
    def sign_in(self) -> SignIn:
        """Return the sign-in as it stands now."""
        return self._tokens.sign_in

    async def get_information(self) -> PbxInfo:
        """Return who the PBX is (vendor page "Query PBX Information")."""
        return PbxInfo.from_answer(await self._get("system/information"))

    async def list_extensions(self) -> list[Extension]:
        """Return all extensions by number (vendor page "Query Extension List").

        A request for each 500 of them, four at a time.
        """
        return await self._extensions("extension/list", {})

    async def search_extensions(self, search: str) -> list[Extension]:
        """Return the extensions whose number, name or mail address contains a text.

        By number; vendor page "Search Specific Extensions". Nothing is in all of them.
        """
        if not search:
            return await self.list_extensions()
        return await self._extensions("extension/search", {"search_value": search})

    async def count_extensions(self) -> int:
        """Return how many extensions there are, as the same page tells."""
        answer = await self._get("extension/list", {"page": "1", "page_size": "1"})
        return whole_number(answer.get("total_number")) or 0

    async def get_extension(self, number: str) -> Extension | None:
        """Return the extension with exactly this number, or None."""
        for extension in await self.search_extensions(number):
            if extension.number == number:
                return extension
        return None

    async def list_greetings(self, extension: str) -> list[Greeting]:
        """Return an extension's greetings: none where there is no such extension.

        Vendor page "Query Extension Voicemail Greeting List".
        """
        return await self._rows(
            "extension_vm_greeting/list",
            "greeting_list",
            {"extension": extension},
            lambda row: Greeting.from_row(row, extension),
        )

    async def search_greetings(self, search: str) -> list[Greeting]:
        """Return the greetings of all extensions whose file name contains a text.

        The PBX cannot search for them: a request for each extension, four at a time.
        """
        numbers = (extension.number for extension in await self.list_extensions())
        return [
            greeting
            for greetings in await _a_few_at_a_time(self.list_greetings, numbers)
            for greeting in greetings
            if greeting.is_named(search)
        ]

    async def get_play_link(self, extension: str, file: str) -> PlayLink:
        """Return where a greeting's audio is for the next half hour.

        `file` is the full file name. Vendor page "Play an Extension Voicemail
        Greeting".
        """
        now = time.time()
        answer = await self._get(
            "extension_vm_greeting/play", {"extension": extension, "file": file}
        )
        url = resource_url(self.base_url, answer.get("play_resource_url"))
        return PlayLink(url, file, now + PlayLink.LIFETIME)

    async def download(self, link: PlayLink) -> bytes:
        """Return the audio of a greeting, at most 32 MB, as the PBX stores it.

        Raise NoAudio where the link leads to none, AudioTooLarge where to more.
        """
        answer = await self._api.download(link.url, MAX_AUDIO)
        if not _is_audio(answer.status, answer.body):
            # A play URL is documented to need no token, its twin for downloads to
            # need one, and neither what is answered otherwise.
            query = query_string({"access_token": await self._tokens.get()})
            url = f"{link.url}{'&' if '?' in link.url else '?'}{query}"
            answer = await self._api.download(url, MAX_AUDIO)
            if not _is_audio(answer.status, answer.body):
                raise NoAudio
        return answer.body

    async def fetch_certificate(self) -> Certificate:
        """Return the certificate that the server of an https base URL shows now.

        Trusted or not; nothing is sent to it. Raise CannotConnect where there is none.
        """
        return await self._api.fetch_certificate()

    async def is_certificate_trusted(self) -> bool:
        """Return whether an authority vouches for the server of an https base URL.

        Nothing secret is sent to it. Raise CannotConnect where there is none.
        """
        return await self._api.is_certificate_trusted()

    async def revoke(self) -> None:
        """Revoke the access token (vendor page "Revoke Access Token")."""
        await self._tokens.revoke()

    async def close(self) -> None:
        """Leave nothing running, and ask for no token any more."""
        await self._tokens.close()

    async def _get(
        self, endpoint: str, parameters: Mapping[str, str] | None = None
    ) -> JsonObject:
        """Ask an endpoint; an access token that it refuses is renewed once."""
        token = await self._tokens.get()
        query = {"access_token": token, **(parameters or {})}
        try:
            return await self._api.call("GET", endpoint, query=query)
        except TokenRefused as err:
            if not err.expired and token == self._denied:
                raise
            query["access_token"] = await self._tokens.replace(token)
        try:
            return await self._api.call("GET", endpoint, query=query)
        except TokenRefused:
            # It is not the token's age: renewing at each call would not help.
            self._denied = query["access_token"]
            raise

    async def _extensions(
        self, endpoint: str, parameters: Mapping[str, str]
    ) -> list[Extension]:
        order = {"sort_by": "number", "order_by": "asc"}
        extensions = await self._rows(
            endpoint, "data", {**parameters, **order}, Extension.from_row
        )
        return sorted(extensions, key=lambda extension: number_order(extension.number))

    async def _rows[Row](
        self,
        endpoint: str,
        key: str,
        parameters: Mapping[str, str],
        parse: Callable[[JsonObject], Row | None],
    ) -> list[Row]:
        """Return the rows of a paged list, the later pages a few at a time.

        It is not documented whether an empty list is null, missing or an error. A PBX
        may give fewer rows a page than it is asked for. Rows of which `parse` makes
        None are left out.
        """

        async def read(page: int) -> _Page[Row]:
            paging = {"page": str(page), "page_size": str(PAGE_SIZE)}
            answer = await self._get(endpoint, {**parameters, **paging})
            rows = answer.get(key)
            found = rows if isinstance(rows, list) else []
            # Parsed at once: the raw rows of a large PBX are many times larger.
            parsed = (parse(row) for row in found if isinstance(row, dict))
            return _Page(
                [row for row in parsed if row],
                len(found),
                whole_number(answer.get("total_number")) or 0,
            )

        try:
            first = await read(1)
        except NotFound:
            return []
        if not first.size:
            return []
        pages = min(ceil(first.total / first.size), MAX_PAGES)
        later = await _a_few_at_a_time(read, range(2, pages + 1))
        # A PBX that ignores `page` answers the same rows again.
        others = (page.rows for page in later if page.rows[:1] != first.rows[:1])
        return [*first.rows, *chain.from_iterable(others)]


async def _a_few_at_a_time[Argument, Result](
    ask: Callable[[Argument], Awaitable[Result]], arguments: Iterable[Argument]
) -> list[Result]:
    """Return what is answered for each argument; raise the first error."""
    polite = asyncio.Semaphore(REQUESTS_AT_ONCE)

    async def ask_politely(argument: Argument) -> Result:
        async with polite:
            return await ask(argument)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(ask_politely(each)) for each in arguments]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]


def _is_audio(status: int, body: bytes) -> bool:
    """Return whether an answer can be audio rather than JSON or a page.

    Errors come with HTTP 200, too. What audio it is, decoding it will tell.
    """
    start = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return status == 200 and start not in (b"", b"{", b"[", b"<")
